import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { homelab, requireBuild, type Surroundings } from './homelab-program.js';

const GOOD = {
  'inventory/hosts.yml':
    'vars: { domain: lan }\ngroups: { dns: {} }\nhosts:\n  gate: { address: 10.0.0.1 }\n' +
    '  dns1: { address: 10.0.1.1, via: gate, groups: [dns] }\n',
  'playbooks/site.yml':
    "- name: P\n  hosts: all\n  tasks:\n    - file: { path: /etc/x, content: '{{vars.domain}}' }\n",
  'templates/a.hbs': 'a\n',
};

const BAD = {
  ...GOOD,
  'playbooks/site.yml':
    "- name: P\n  hosts: all\n  tasks:\n    - fiel: { path: /etc/x }\n    - file: { path: /etc/x, content: '{{vars.domian}}' }\n",
};

beforeAll(requireBuild, 60_000);
afterAll(removeProjects);

describe('init', () => {
  test('--yes makes a project that is valid', async () => {
    const cwd = makeProject({});
    const made = await homelab(['init', '--yes', 'new'], { cwd });
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/^created {2}homelab\.yml\n(?:created {2}\S+\n)*Next: cd new, /);
    const valid = await homelab(['validate'], { cwd: join(cwd, 'new') });
    expect(valid).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/^Valid: 2 hosts/) as unknown,
    });
  });

  test('leaves what is there as it is', async () => {
    const cwd = makeProject({ 'inventory/hosts.yml': 'hosts: { mine: {} }\n' });
    const { code, stdout } = await homelab(['init', '--yes', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kept: ['inventory/hosts.yml'] });
    expect(readFileSync(join(cwd, 'inventory/hosts.yml'), 'utf8')).toBe('hosts: { mine: {} }\n');
  });

  test('without a terminal it does nothing unasked', async () => {
    const cwd = makeProject({});
    const { code, stdout, stderr } = await homelab(['init'], { cwd });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toBe('error: there is no terminal to ask\n  hint: Give --yes.\n');
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('validate', () => {
  test('a playbook that is not there is a mistake where it is named', async () => {
    const cwd = makeProject({
      'homelab.yml': 'playbooks: [playbooks/site.yml, playbooks/gone.yml]\n',
      'inventory/hosts.yml': 'hosts: { a: { address: 10.0.0.1 } }\n',
      'playbooks/site.yml': '- { name: P, hosts: all }\n',
    });
    for (const command of ['validate', 'plan']) {
      const { code, stderr } = await homelab([command], { cwd });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^homelab\.yml:1:33: cannot read playbooks\/gone\.yml \(ENOENT\)\n/);
    }
  });

  test('prints every mistake with its place, its line and a caret', async () => {
    const { code, stdout, stderr } = await homelab(['validate'], { cwd: makeProject(BAD) });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      [
        'playbooks/site.yml:4:7: unknown kind or key "fiel"',
        '    4 |     - fiel: { path: /etc/x }',
        '      |       ^',
        '  hint: Did you mean file?',
        'playbooks/site.yml:5:41: "vars.domian" is not defined',
        "    5 |     - file: { path: /etc/x, content: '{{vars.domian}}' }",
        '      |                                         ^',
        '  hint: Did you mean vars.domain?',
        '2 problems found',
        '',
      ].join('\n'),
    );
  });

  test('tells all files at once, in their order', async () => {
    const files = {
      ...BAD,
      'homelab.yml': 'concurency: 3\n',
      'inventory/hosts.yml': GOOD['inventory/hosts.yml'].replace('via: gate', 'via: gaet'),
      'templates/a.hbs': 'is {{vars.domian}}\n',
      'playbooks/site.yml': `${BAD['playbooks/site.yml']}    - template: { path: a, template: a.hbs }\n`,
    };
    const { code, stdout, stderr } = await homelab(['validate'], { cwd: makeProject(files) });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      [
        'homelab.yml:1:1: unknown key "concurency"',
        '    1 | concurency: 3',
        '      | ^',
        '  hint: Did you mean concurrency?',
        'inventory/hosts.yml:5:35: "dns1" names a jump host "gaet" that the inventory does not have',
        '    5 |   dns1: { address: 10.0.1.1, via: gaet, groups: [dns] }',
        '      |                                   ^',
        '  hint: Did you mean gate?',
        'playbooks/site.yml:4:7: unknown kind or key "fiel"',
        '    4 |     - fiel: { path: /etc/x }',
        '      |       ^',
        '  hint: Did you mean file?',
        'playbooks/site.yml:5:41: "vars.domian" is not defined',
        "    5 |     - file: { path: /etc/x, content: '{{vars.domian}}' }",
        '      |                                         ^',
        '  hint: Did you mean vars.domain?',
        'playbooks/site.yml:6:25: path: has to be an absolute path',
        '    6 |     - template: { path: a, template: a.hbs }',
        '      |                         ^',
        '5 problems found',
        '',
      ].join('\n'),
    );
  });

  test('--json is one document and nothing else', async () => {
    const { code, stdout, stderr } = await homelab(['validate', '--json'], { cwd: makeProject(BAD) });
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 1,
      error: {
        code: 'playbook/unknown-key',
        message: '2 problems found',
        errors: [
          { code: 'playbook/unknown-key', source: { file: 'playbooks/site.yml', line: 4, column: 7 } },
          { code: 'render/undefined-variable', source: { file: 'playbooks/site.yml', line: 5, column: 41 } },
        ],
      },
    });
  });

  test('a line of a private key is not shown', async () => {
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----';
    const files = { ...GOOD, 'playbooks/site.yml': `- name: P\n  hosts: all\n  key: '${key}'\n` };
    const { code, stderr } = await homelab(['validate'], { cwd: makeProject(files) });
    expect(code).toBe(1);
    expect(stderr).toContain('playbooks/site.yml:3:3: unknown key "key"');
    expect(stderr).not.toContain('PRIVATE');
  });

  test('a valid project, and the answer for a script', async () => {
    const cwd = makeProject(GOOD);
    expect(await homelab(['validate'], { cwd })).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await homelab(['validate', '--json'], { cwd });
    expect(JSON.parse(stdout)).toEqual({
      command: 'validate',
      version: 1,
      exitCode: 0,
      hosts: 2,
      plays: 1,
      roles: 0,
      items: 1,
    });
    expect(await homelab(['validate', '--quiet'], { cwd })).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('from the sources, without a build', async () => {
    const cwd = makeProject(BAD);
    const [built, sources] = await Promise.all([
      homelab(['validate'], { cwd }),
      homelab(['validate'], { cwd, bin: 'bin/dev.js' }),
    ]);
    expect(sources).toEqual(built);
  }, 30_000);
});

describe('where the project is', () => {
  const valid = { code: 0, stderr: '' };
  test.each<readonly [name: string, words: readonly string[], below: string]>([
    ['the folder itself', ['validate'], '.'],
    ['a folder of it', ['validate'], 'templates'],
    ['-C', ['validate', '-C', '..'], 'inventory'],
    ['-C from elsewhere', ['validate', '--project', 'project'], '..'],
  ])('%s', async (_name, words, below) => {
    const files = Object.entries(GOOD).map(([path, text]) => [`project/${path}`, text] as const);
    const cwd = join(makeProject(Object.fromEntries(files)), 'project', below);
    expect(await homelab(words, { cwd })).toMatchObject(valid);
  });

  test('-C with a folder that is none', async () => {
    const { code, stderr } = await homelab(['validate', '-C', 'templates'], { cwd: makeProject(GOOD) });
    expect(code).toBe(1);
    expect(stderr).toContain('error: templates holds neither homelab.yml nor a folder inventory');
  });
});

const ESCAPE = '\x1b';

/** Everything that a command says in a project with mistakes. */
async function said(words: readonly string[], env: Surroundings['env'] = {}): Promise<string> {
  const { stdout, stderr } = await homelab(words, { cwd: makeProject(BAD), env });
  return stdout + stderr;
}

describe('colour', () => {
  const colored = { FORCE_COLOR: '1' };

  test.each(['validate', 'tasks'])('%s: only where it is wanted', async (command) => {
    expect(await said([command], colored)).toContain(ESCAPE);
    expect(await said([command, '--no-color'], colored)).not.toContain(ESCAPE);
    expect(await said([command], { ...colored, NO_COLOR: '1' })).not.toContain(ESCAPE);
    expect(await said([command])).not.toContain(ESCAPE);
  });

  test('never in JSON', async () => {
    expect(await said(['tasks', '--json'], colored)).not.toContain(ESCAPE);
  });
});

describe('inventory', () => {
  test('list', async () => {
    const cwd = makeProject(GOOD);
    const { code, stdout, stderr } = await homelab(['inventory', 'list'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const rows = stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2).join(' '));
    expect(rows).toEqual(['HOST ADDRESS', 'gate 10.0.0.1', 'dns1 10.0.1.1', '']);
    const chosen = await homelab(['inventory', 'list', 'dns', '--json'], { cwd });
    expect(JSON.parse(chosen.stdout)).toMatchObject({ hosts: [{ name: 'dns1' }] });
  });

  test('show tells where every value comes from', async () => {
    const cwd = makeProject(GOOD);
    const { code, stdout } = await homelab(['inventory', 'show', 'dns1', '--set', 'port=53'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^address +10\.0\.1\.1 +inventory\/hosts\.yml:5 +host dns1$/m);
    expect(stdout).toMatch(/^domain +lan +inventory\/hosts\.yml:1 +vars$/m);
    expect(stdout).toMatch(/^port +53 +(?:- +)?--set/m);
    const json = await homelab(['inventory', 'show', 'dns1', '--json'], { cwd });
    expect(JSON.parse(json.stdout)).toMatchObject({ hosts: [{ name: 'dns1' }] });
  });

  test('graph', async () => {
    const cwd = makeProject(GOOD);
    const { code, stdout } = await homelab(['inventory', 'graph'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/dns[^]*dns1/);
    expect(JSON.parse((await homelab(['inventory', 'graph', '--json'], { cwd })).stdout)).toEqual({
      groups: [{ name: 'dns', hosts: ['dns1'] }],
      routes: [
        { host: 'gate', via: [] },
        { host: 'dns1', via: ['gate'] },
      ],
    });
  });
});

describe('tasks', () => {
  const kinds = readdirSync(new URL('../../src/tasks/', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name.replace(/\.ts$/, ''))
    .toSorted();

  test('lists every kind', async () => {
    const { code, stdout } = await homelab(['tasks'], { cwd: makeProject({}) });
    expect(code).toBe(0);
    expect([...stdout.matchAll(/^([a-z_]+) {2,}[A-Z]/gm)].map(([, kind]) => kind)).toEqual(kinds);
  });

  test.each(kinds)('%s has parameters and examples', async (kind) => {
    const cwd = makeProject({});
    const { code, stdout, stderr } = await homelab(['tasks', kind], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith(`${kind}  `)).toBe(true);
    expect(stdout).toContain(`\n  - ${kind}: {`);
  });

  test('--json has the same for a program', async () => {
    const { stdout } = await homelab(['tasks', '--json'], { cwd: makeProject({}) });
    const document = JSON.parse(stdout) as { readonly kinds: readonly { readonly kind: string }[] };
    expect(document.kinds.map(({ kind }) => kind)).toEqual(kinds);
  });
});

describe('roles', () => {
  const names = readdirSync(new URL('../../src/roles/', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'shared')
    .map((entry) => entry.name)
    .toSorted();

  test('lists every role', async () => {
    const { code, stdout } = await homelab(['roles'], { cwd: makeProject({}) });
    expect(code).toBe(0);
    const [, ...listed] = [...stdout.matchAll(/^([a-z0-9-]+) {2,}\S/gm)].map(([, name]) => name);
    expect(listed).toEqual(names);
  });

  test.each(names)('%s has parameters and examples', async (name) => {
    const cwd = makeProject({});
    const { code, stdout, stderr } = await homelab(['roles', name], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.startsWith(`${name}  `)).toBe(true);
    expect(stdout).toContain(`\n  - { role: "${name}"`);
  });

  test('--json has the same for a program', async () => {
    const { stdout } = await homelab(['roles', '--json'], { cwd: makeProject({}) });
    const document = JSON.parse(stdout) as { readonly roles: readonly { readonly role: string }[] };
    expect(document.roles.map(({ role }) => role)).toEqual(names);
  });

  test('a playbook that is not chosen is read for what its roles listen on', async () => {
    const cwd = makeProject({
      'inventory/hosts.yml': 'hosts: { a: {} }\n',
      'playbooks/site.yml': '- { name: P, hosts: all, roles: [{ role: time, alow: [10.0.0.0/8] }] }\n',
      'other.yml': '- { name: Q, hosts: all, roles: [time] }\n',
      'plain.yml': '- { name: Q, hosts: all, tasks: [{ package: { names: [vim] } }] }\n',
    });
    const { code, stderr } = await homelab(['validate', '-p', 'other.yml'], { cwd });
    expect({ code, stderr }).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('unknown key "alow"'),
    });
    const plain = await homelab(['validate', '-p', 'plain.yml'], { cwd });
    expect(plain.stdout).toBe('Valid: 1 host, 1 play, 1 item.\n');
  });
});
