import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-block';
const MEGABYTE = 'a line of a long block\n'.repeat(43_000);
const ODD = String.raw`-e  'a' "b" \n \\1 $& $(id) ${'`'}id${'`'} * ?[x] !! %s ~ ünï ☂ # `;
const marked = (id: string, content: string): string =>
  `# BEGIN homelab ${id}\n${content}# END homelab ${id}\n`;

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir ${FOLDER}; id carol >/dev/null 2>&1 || useradd --system carol`,
  tearDown: `rm -rf ${FOLDER}; userdel carol`,
  rows: [
    {
      name: 'between lines of somebody else',
      given: `printf 'a\\nz' >${FOLDER}/between; chown carol:carol ${FOLDER}/between; chmod 0640 ${FOLDER}/between`,
      params: { path: `${FOLDER}/between`, id: 'one', content: '10.0.0.1 n1\n10.0.0.2 n2', before: '^z' },
      holds: {
        shell: `cat ${FOLDER}/between; stat -c ' %a %U %G' ${FOLDER}/between`,
        prints: `a\n${marked('one', '10.0.0.1 n1\n10.0.0.2 n2\n')}z 640 carol carol\n`,
      },
      damages: [
        { by: `sed -i s/n1/n3/ ${FOLDER}/between; chmod 0640 ${FOLDER}/between`, fields: ['block'] },
        { by: `printf 'a\\nz' >${FOLDER}/between`, fields: ['block'] },
      ],
      undo: {
        params: { path: `${FOLDER}/between`, id: 'one', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/between`, prints: 'a\nz' },
      },
    },
    {
      name: 'of its own file, with comments of its own',
      params: {
        path: `${FOLDER}/created`,
        id: 'a notice',
        content: '<p>Closed</p>\n',
        comment: '<!-- -->',
        create: true,
      },
      holds: {
        shell: `cat ${FOLDER}/created; stat -c %a ${FOLDER}/created`,
        prints: '<!-- BEGIN homelab a notice -->\n<p>Closed</p>\n<!-- END homelab a notice -->\n644\n',
      },
      damages: [{ by: `rm ${FOLDER}/created`, fields: ['block', 'state'] }],
      undo: {
        params: { path: `${FOLDER}/created`, id: 'a notice', comment: '<!-- -->', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/created`, prints: '' },
      },
    },
    {
      name: 'after an anchor in a file of Windows, checked and kept',
      given: `printf 'a\\r\\nz\\r\\n' >${FOLDER}/windows`,
      params: {
        path: `${FOLDER}/windows`,
        id: 'one',
        content: 'b\n',
        after: '^a$',
        validate: ['grep', '-q', '^b', '{{candidate}}'],
        backup: true,
      },
      holds: {
        shell: `cat ${FOLDER}/windows; cat ${FOLDER}/windows.homelab-*`,
        prints: `a\r\n${marked('one', 'b\n').replaceAll('\n', '\r\n')}z\r\na\r\nz\r\n`,
      },
      damages: [
        {
          by: `rm ${FOLDER}/windows.homelab-*; printf 'a\\r\\nz\\r\\n' >${FOLDER}/windows`,
          fields: ['block'],
        },
      ],
      undo: {
        params: { path: `${FOLDER}/windows`, id: 'one', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/windows`, prints: 'a\r\nz\r\n' },
      },
    },
  ],
  oddValues: [
    { name: 'quotes, globs, expansions and unicode', id: `-n '☂' * $(id)`, content: `${ODD}\n\n\t\n` },
    { name: 'nothing', id: 'nothing', content: '' },
    { name: 'a megabyte', id: 'megabyte', content: MEGABYTE },
  ].map(({ name, id, content }, index) => ({
    name,
    params: { path: `${FOLDER}/odd-${index}`, id, content, create: true },
    holds: { shell: `cat ${FOLDER}/odd-${index}`, prints: marked(id, content) },
  })),
  interruption: {
    from: `printf 'old\\n' >${FOLDER}/interrupted; chmod 0600 ${FOLDER}/interrupted`,
    params: { path: `${FOLDER}/interrupted`, id: 'long', content: MEGABYTE },
    observe: [`sha256sum <${FOLDER}/interrupted; stat -c %a ${FOLDER}/interrupted`],
  },
};

export default contract;
