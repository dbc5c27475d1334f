import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-line';
const MEGABYTE = 'a line of a long file\n'.repeat(40_000);
const ODD = String.raw`-e  'a' "b" \n \\1 $& $(id) ${'`'}id${'`'} * ?[x] !! %s ~ ünï ☂ # `;

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir ${FOLDER}; id carol >/dev/null 2>&1 || useradd --system carol`,
  tearDown: `rm -rf ${FOLDER}; userdel carol`,
  rows: [
    {
      name: 'a line in place of the last one that matches, in a file of somebody else',
      given: `printf 'a=1\\nx=1\\nx=3\\nz' >${FOLDER}/match; chown carol:carol ${FOLDER}/match; chmod 0640 ${FOLDER}/match`,
      params: { path: `${FOLDER}/match`, line: 'x=2', match: '^x=' },
      holds: {
        shell: `cat ${FOLDER}/match; stat -c '%a %U %G' ${FOLDER}/match`,
        prints: 'a=1\nx=1\nx=2\nz640 carol carol\n',
      },
      damages: [
        { by: `sed -i 's/^x=2$/x=4/' ${FOLDER}/match; chmod 0640 ${FOLDER}/match`, fields: ['line'] },
      ],
      undo: {
        params: { path: `${FOLDER}/match`, match: '^x=', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/match`, prints: 'a=1\nz' },
      },
    },
    {
      name: 'a line of its own file',
      params: { path: `${FOLDER}/created`, line: 'vm.swappiness = 10', create: true },
      holds: {
        shell: `cat ${FOLDER}/created; stat -c %a ${FOLDER}/created`,
        prints: 'vm.swappiness = 10\n644\n',
      },
      damages: [
        { by: `printf 'vm.swappiness = 10' >${FOLDER}/created`, fields: ['line'] },
        { by: `rm ${FOLDER}/created`, fields: ['line', 'state'] },
      ],
      undo: {
        params: { path: `${FOLDER}/created`, line: 'vm.swappiness = 10', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/created`, prints: '' },
      },
    },
    {
      name: 'after an anchor in a file of Windows, checked and kept',
      given: `printf 'a\\r\\nz\\r\\n' >${FOLDER}/windows`,
      params: {
        path: `${FOLDER}/windows`,
        line: 'b',
        after: '^a$',
        validate: ['grep', '-q', '^b', '{{candidate}}'],
        backup: true,
      },
      holds: {
        shell: `cat ${FOLDER}/windows; cat ${FOLDER}/windows.homelab-*`,
        prints: 'a\r\nb\r\nz\r\na\r\nz\r\n',
      },
      damages: [
        {
          by: `rm ${FOLDER}/windows.homelab-*; printf 'a\\r\\nz\\r\\n' >${FOLDER}/windows`,
          fields: ['line'],
        },
      ],
      undo: {
        params: { path: `${FOLDER}/windows`, line: 'b', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/windows`, prints: 'a\r\nz\r\n' },
      },
    },
    {
      name: 'before an anchor, without a final newline',
      given: `printf 'a\\nz' >${FOLDER}/before`,
      params: { path: `${FOLDER}/before`, line: 'b', before: '^z' },
      holds: { shell: `cat ${FOLDER}/before`, prints: 'a\nb\nz' },
      damages: [{ by: `printf 'a\\nz' >${FOLDER}/before`, fields: ['line'] }],
      undo: {
        params: { path: `${FOLDER}/before`, line: 'b', state: 'absent' },
        holds: { shell: `cat ${FOLDER}/before`, prints: 'a\nz' },
      },
    },
  ],
  oddValues: [
    { name: 'quotes, globs, expansions and unicode', path: `${FOLDER}/-odd '*'`, line: ODD, old: '' },
    {
      name: 'in place of a line, literally',
      path: `${FOLDER}/literal`,
      line: '$& $1 \\0 $$',
      old: 'old\n',
      match: '^old$',
    },
    { name: 'at the end of a megabyte', path: `${FOLDER}/megabyte`, line: 'the end', old: MEGABYTE },
  ].map(({ name, path, line, old, ...rest }) => ({
    name,
    given:
      old === MEGABYTE
        ? `yes 'a line of a long file' | head -n 40000 >${path}`
        : `printf '%s' '${old}' >'${path.replaceAll("'", "'\\''")}'`,
    params: { path, line, ...rest },
    holds: {
      shell: `cat '${path.replaceAll("'", "'\\''")}'`,
      prints: 'match' in rest ? `${line}\n` : `${old}${line}\n`,
    },
  })),
  interruption: {
    from: `{ yes 'a line of a long file' | head -n 40000; echo old; } >${FOLDER}/interrupted; chmod 0600 ${FOLDER}/interrupted`,
    params: { path: `${FOLDER}/interrupted`, line: 'new', match: '^old$' },
    observe: [`sha256sum <${FOLDER}/interrupted; stat -c %a ${FOLDER}/interrupted`],
  },
};

export default contract;
