import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-template';
const ODD = `  "a" 'b' <c> & \\ $(id) \`id\` %s ünï ☂ 日本\t{`;
const MEGABYTE = 'a line of a long value\n'.repeat(45_000);

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir ${FOLDER}; id carol >/dev/null 2>&1 || useradd --system carol`,
  tearDown: `rm -rf ${FOLDER}; userdel carol`,
  files: {
    'templates/list.hbs': '# {{title}}\n{{#each names}}\n- {{this}}\n{{/each}}\non {{host.name}}\n',
    'templates/value.hbs': '{{value}}',
  },
  rows: [
    {
      name: 'rendered with variables and the host, with access and a check',
      params: {
        path: `${FOLDER}/list`,
        template: 'list.hbs',
        vars: { title: `<b>'names' & "Söhne"</b>`, names: ['a', 'b c'] },
        mode: '0640',
        owner: 'carol',
        group: 'carol',
        validate: ['grep', '-q', 'names', '{{candidate}}'],
      },
      holds: {
        shell: `cat ${FOLDER}/list; stat -c '%a %U %G' ${FOLDER}/list`,
        prints: `# <b>'names' & "Söhne"</b>\n- a\n- b c\non proof\n640 carol carol\n`,
      },
      damages: [
        { by: `echo more >>${FOLDER}/list`, fields: ['content'] },
        {
          by: `chmod 0644 ${FOLDER}/list; chown root:root ${FOLDER}/list`,
          fields: ['group', 'mode', 'owner'],
        },
        { by: `rm ${FOLDER}/list`, fields: ['content', 'group', 'mode', 'owner', 'state'] },
      ],
      undo: {
        params: { path: `${FOLDER}/list`, state: 'absent' },
        holds: { shell: `ls -A ${FOLDER} | grep list || true`, prints: '' },
      },
    },
    {
      name: 'over a file that is there, kept beside it, not shown',
      given: `printf old >${FOLDER}/secret; chmod 0600 ${FOLDER}/secret`,
      params: {
        path: `${FOLDER}/secret`,
        template: 'value.hbs',
        vars: { value: 'new' },
        backup: true,
        sensitive: true,
      },
      holds: {
        shell: `cat ${FOLDER}/secret; stat -c %a ${FOLDER}/secret; cat ${FOLDER}/secret.homelab-*`,
        prints: 'new600\nold',
      },
      damages: [{ by: `rm ${FOLDER}/secret.homelab-*; printf old >${FOLDER}/secret`, fields: ['content'] }],
      undo: {
        params: { path: `${FOLDER}/secret`, state: 'absent' },
        holds: { shell: `test ! -e ${FOLDER}/secret`, prints: '' },
      },
    },
  ],
  oddValues: [
    { name: 'signs of every sort', value: ODD },
    { name: 'carriage returns', value: 'a\r\n\r\nb' },
    { name: 'a megabyte', value: MEGABYTE },
    // A value is rendered where the playbook gives it, and never again.
    {
      name: 'what looks like a template',
      value: '{{host.name}} {{#each x}}',
      written: '\\{{host.name}} \\{{#each x}}',
    },
  ].map(({ name, value, written = value }) => ({
    name,
    params: { path: `${FOLDER}/odd ${name}`, template: 'value.hbs', vars: { value: written } },
    holds: { shell: `cat '${FOLDER}/odd ${name}'`, prints: value },
  })),
  interruption: {
    from: `printf old >${FOLDER}/cut; chmod 0644 ${FOLDER}/cut`,
    params: { path: `${FOLDER}/cut`, template: 'value.hbs', vars: { value: MEGABYTE }, mode: '0600' },
    observe: [
      `sha256sum <${FOLDER}/cut; stat -c %a ${FOLDER}/cut`,
      `ls -A ${FOLDER} | grep "[.]homelab" || true`,
    ],
  },
};

export default contract;
