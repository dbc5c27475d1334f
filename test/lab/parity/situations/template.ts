import type { ModuleSituations, Situation } from '../situation.js';

const FOLDER = '/srv/parity-template';

interface Row {
  readonly name: string;
  readonly file: string;
  readonly jinja: string;
  readonly handlebars: string;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly given?: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

const ROWS: readonly Row[] = [
  {
    name: 'values',
    file: 'values',
    jinja: 'port = {{ port }}\nname = {{ name }}\n',
    handlebars: 'port = {{port}}\nname = {{name}}\n',
    vars: { port: 8080, name: 'wiki <&> "x"' },
  },
  {
    name: 'a loop and a condition',
    file: 'loop',
    jinja:
      '{% for peer in peers %}\nserver {{ peer }}\n{% endfor %}\n{% if tls %}\ntls on\n{% endif %}\nend\n',
    handlebars: '{{#each peers}}\nserver {{this}}\n{{/each}}\n{{#if tls}}\ntls on\n{{/if}}\nend\n',
    vars: { peers: ['a', 'b c', 'd'], tls: true },
  },
  {
    name: 'no final newline, with mode and owner',
    file: 'no-newline',
    jinja: 'key={{ key }}',
    handlebars: 'key={{key}}',
    vars: { key: 'naïve ☂' },
    more: { mode: '0640', owner: 'daemon', group: 'adm' },
  },
  {
    name: 'in sync already',
    file: 'in-sync',
    jinja: 'a {{ a }}\n',
    handlebars: 'a {{a}}\n',
    vars: { a: 1 },
    given: `echo 'a 1' >${FOLDER}/in-sync; chmod 0600 ${FOLDER}/in-sync`,
  },
  {
    name: 'changed by hand',
    file: 'by-hand',
    jinja: 'a {{ a }}\n',
    handlebars: 'a {{a}}\n',
    vars: { a: 1 },
    given: `printf 'a 1\\nby hand\\n' >${FOLDER}/by-hand; chmod 0600 ${FOLDER}/by-hand`,
  },
  {
    name: 'a variable that is not defined',
    file: 'undefined',
    jinja: 'a {{ vars_of_nobody | default("none") }}\n',
    handlebars: 'a {{default vars_of_nobody "none"}}\n',
    vars: {},
  },
];

function situation({ name, file, vars, given, more }: Row): Situation {
  const path = `${FOLDER}/${file}`;
  return {
    name,
    ...(given === undefined ? {} : { given }),
    ansible: { template: { src: `templates/${file}.j2`, dest: path, ...more }, vars },
    homelab: { template: { path, template: `${file}.hbs`, vars, ...more } },
    look: `show ${path}`,
  };
}

const module: ModuleSituations = {
  given: `mkdir ${FOLDER}`,
  files: Object.fromEntries(
    ROWS.flatMap(({ file, jinja, handlebars }) => [
      [`templates/${file}.j2`, jinja],
      [`templates/${file}.hbs`, handlebars],
    ]),
  ),
  situations: ROWS.map(situation),
};

export default module;
