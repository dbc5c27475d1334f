import { afterAll, describe, expect, test } from '@jest/globals';
import { Secret } from '../../src/core/secret.js';
import role from '../../src/roles/compose-app/role.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { ARCHITECTURES, SYSTEMS } from './fact-presets.js';
import { roleItems, rolePorts, type Asking } from './role-items.js';

afterAll(removeProjects);

const COMPOSE = 'services: {}\n';

/** What the kind `compose` is told where the folder `apps/wiki` holds these files. */
function told(files: Readonly<Record<string, string>>, params: object = {}, asking: Asking = {}) {
  const entries = Object.entries(files).map(([name, text]) => [`apps/wiki/${name}`, text]);
  const project = makeProject({ ...Object.fromEntries(entries), 'apps/other/compose.yml': 'other: {}\n' });
  return roleItems(role, { name: 'wiki', ...params }, { ...asking, project }).params('wiki');
}

test.each(SYSTEMS.flatMap((system) => ARCHITECTURES.map((arch) => [system, arch] as const)))(
  'is the same on %s, %s',
  (system, arch) => {
    expect(told({ 'compose.yml': COMPOSE }, {}, { system, facts: { arch } })).toEqual({
      path: '/srv/wiki',
      project: 'wiki',
      content: COMPOSE,
      files: [],
      state: 'running',
      pull: 'missing',
      jobs: [],
    });
  },
);

test.each(['compose.yaml', 'docker-compose.yml', 'docker-compose.yaml', 'compose.yml.hbs'])(
  'the compose file %s',
  (name) => {
    expect(told({ [name]: COMPOSE })).toMatchObject({ content: COMPOSE, files: [] });
  },
);

test('files are copied, templates are rendered, each where it is in the folder', () => {
  const files = {
    'compose.yml.hbs': 'services: {} # {{env.PORT}} {{title}}\n',
    'conf/site.conf.hbs': 'title {{title}}\n',
    'conf/plain': '{{title}}\n',
    'bin/run.sh': '#!/bin/sh\n',
  };
  const params = {
    env: { PORT: 8080, NAME: 'it is' },
    vars: { title: 'House' },
    modes: { 'bin/run.sh': '0755' },
    path: '/opt/w',
    jobs: ['job'],
  };
  expect(told(files, params)).toEqual({
    path: '/opt/w',
    project: 'wiki',
    content: 'services: {} # 8080 House\n',
    files: [
      { path: 'bin/run.sh', content: '#!/bin/sh\n', mode: '0755' },
      { path: 'conf/plain', content: '{{title}}\n' },
      { path: 'conf/site.conf', content: 'title House\n' },
      { path: '.env', content: "PORT=8080\nNAME='it is'\n", mode: '0600' },
    ],
    state: 'running',
    pull: 'missing',
    jobs: ['job'],
  });
});

test('a secret stays one, in a template and in the .env', () => {
  const secret = new Secret('canary');
  const { files, content } = told(
    { 'compose.yml': COMPOSE, 'key.hbs': '{{env.KEY}}' },
    { env: { KEY: secret } },
  );
  expect(files).toEqual([
    { path: 'key', content: expect.any(Secret) },
    { path: '.env', content: expect.any(Secret), mode: '0600' },
  ]);
  expect((files as { content: Secret }[]).map((file) => file.content.reveal())).toEqual([
    'canary',
    'KEY=canary\n',
  ]);
  expect(content).toBe(COMPOSE);
});

test('a folder of another name', () => {
  expect(told({}, { folder: 'apps/other/' })).toMatchObject({ content: 'other: {}\n' });
});

test('stopped, and absent: then no folder is needed', () => {
  expect(told({ 'compose.yml': COMPOSE }, { state: 'stopped' })).toMatchObject({ state: 'stopped' });
  expect(told({}, { state: 'absent' })).toEqual({ path: '/srv/wiki', project: 'wiki', state: 'absent' });
});

describe('refuses', () => {
  test.each<readonly [string, Readonly<Record<string, string>>, object, string]>([
    ['a folder that is not there', {}, {}, 'playbook/missing-file'],
    ['no compose file', { 'a.yml': '' }, {}, 'role/no-compose-file'],
    ['two of them', { 'compose.yml': '', 'docker-compose.yml': '' }, {}, 'role/two-files'],
    ['a file and its template', { 'compose.yml': '', a: '', 'a.hbs': '' }, {}, 'role/two-files'],
    ['a .env beside `env`', { 'compose.yml': '', '.env': '' }, { env: { A: 1 } }, 'role/two-files'],
    [
      'what Compose would not read',
      { 'compose.yml': '', 'compose.override.yaml': '' },
      {},
      'role/override-file',
    ],
    [
      'rights of no file',
      { 'compose.yml': '', 'a.hbs': '' },
      { modes: { 'a.hbs': '0755' } },
      'role/unknown-file',
    ],
    ['a value that no .env holds', { 'compose.yml': '' }, { env: { A: `'"` } }, 'render/bad-env'],
  ])('%s', (_name, files, params, code) => {
    expect(() => told(files, params)).toThrow(expect.objectContaining({ code, hint: expect.any(String) }));
  });

  test('a name that a template does not know, at its line', () => {
    const wrong = { 'compose.yml.hbs': 'a: 1\nb: {{titel}}\n' };
    const source = expect.objectContaining({ file: 'apps/wiki/compose.yml.hbs', line: 2 });
    expect(() => told(wrong, { vars: { title: 'x' } })).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ source })] }),
    );
  });

  test.each<readonly [string, object]>([
    ['a name in capitals', { name: 'Wiki' }],
    ['a name that is an option', { name: '-x' }],
    ['two lines in a value', { env: { A: 'a\nB=1' } }],
    ['two lines in a secret', { env: { A: new Secret('a\nB=1') } }],
    ['a variable that is none', { env: { 'A B': 'x' } }],
    ['the root', { path: '/' }],
    ['a folder of the system', { path: '/etc' }],
    ['a port that is none', { host_ports: ['tcp/70000'] }],
    ['another protocol', { host_ports: ['icmp/1'] }],
    ['vars that hide env', { vars: { env: {} } }],
  ])('%s', (_name, params) => {
    expect(role.params.safeParse({ name: 'wiki', ...params }).success).toBe(false);
  });
});

test('ports: what listens on the host itself, while it runs', () => {
  const params = { name: 'dns', host_ports: ['udp/53', 'tcp/53'] };
  expect(rolePorts(role, params)).toEqual([
    { protocol: 'udp', port: 53, what: 'dns' },
    { protocol: 'tcp', port: 53, what: 'dns' },
  ]);
  expect(rolePorts(role, { ...params, state: 'stopped' })).toEqual([]);
  expect(rolePorts(role, { name: 'dns' })).toEqual([]);
});
