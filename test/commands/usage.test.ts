import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { homelab, requireBuild } from './homelab-program.js';

let cwd: string;

beforeAll(async () => {
  await requireBuild();
  cwd = makeProject({
    'inventory/hosts.yml': 'groups: { dns: {} }\nhosts: { dns1: { groups: [dns] }, nas: {} }\n',
    'playbooks/site.yml': '- { name: P, hosts: all, tasks: [{ package: { names: [vim] }, tags: base }] }\n',
  });
}, 60_000);
afterAll(removeProjects);

describe('a mistake on the command line ends with 64 and says what to do', () => {
  test.each<readonly [words: readonly string[], said: readonly string[]]>([
    [['validte'], ['there is no command "validte"', 'Did you mean validate?']],
    [
      ['inventory', 'lst'],
      ['there is no command "inventory lst"', 'Did you mean inventory list'],
    ],
    [
      ['validate', '--bogus'],
      ['Nonexistent flag: --bogus', 'USAGE'],
    ],
    [['plan', '--concurrency', 'many'], ['Expected an integer but received: many']],
    [['plan', '--json', '--json-events'], ['--json=true cannot also be provided when using --json-events']],
    [['provision'], ['no host is named', 'homelab provision all']],
    [
      ['provision', '--plan', 'nowhere.plan.json'],
      ['the plan nowhere.plan.json cannot be read (ENOENT)', 'plan --out'],
    ],
    [['inventory', 'show'], ['Missing 1 required arg']],
    [['validate', 'dns1'], ['there is no command "validate dns1"']],
    [
      ['run', 'dns1'],
      ['error: there is no command to run', 'homelab run all -- uptime'],
    ],
    [
      ['plan', 'dns2'],
      ['error: "dns2" matches no host and no group', 'hint: Did you mean dns or dns1?'],
    ],
    [
      ['provision', '--yes', 'dsn1'],
      ['error: "dsn1" matches no host and no group', 'hint: Did you mean dns1'],
    ],
    [
      ['facts', 'web-*'],
      ['error: "web-*" matches no host and no group', 'hint: `homelab inventory list`'],
    ],
    [
      ['trust', 'nsa'],
      ['error: "nsa" matches no host and no group', 'hint: Did you mean nas'],
    ],
    [['adopt'], ['Missing 1 required arg']],
    [
      ['adopt', '192.0.2.1'],
      ['error: the new host 192.0.2.1 has no name', 'hint: Give it one: --name pi3'],
    ],
    [
      ['adopt', 'dns1', '--user', 'pi'],
      ['error: "dns1" is in the inventory already, with user unsaid and not pi', 'Leave out --user'],
    ],
    [
      ['adopt', 'pi.lan', '--via', 'nsa'],
      ['error: --via nsa is no host of the inventory', 'hint: Did you mean nas'],
    ],
    [
      ['adopt', 'pi@pi.lan'],
      ['error: "pi@pi.lan" is no host of the inventory, and no address: the account belongs under', '--user'],
    ],
    [['adopt', 'dns-*'], ['error: "dns-*" matches no host and no group']],
    [
      ['adopt', 'nas', '--key', 'inventory/hosts.yml'],
      ['error: inventory/hosts.yml is no file of public keys', 'hint: Name a .pub file.'],
    ],
    [
      ['adopt', 'nas', '--key', 'nowhere.pub'],
      ['error: cannot read nowhere.pub (ENOENT)', '--key ~/.ssh/id_ed25519.pub'],
    ],
    [['adopt', 'nas', '--port', '0'], ['Expected an integer greater than or equal to 1']],
    [['run', 'nsa', '--', 'true'], ['error: "nsa" matches no host and no group']],
    [['ssh', 'nsa'], ['error: "nsa" matches no host and no group']],
    [
      ['ssh', 'all'],
      ['error: "all" is more than one host', 'hint: Name one.'],
    ],
    [['inventory', 'list', 'nsa'], ['error: "nsa" matches no host and no group']],
    [['inventory', 'show', 'nsa'], ['error: "nsa" matches no host and no group']],
    [['plan', 'dns', '!dns1'], ['error: no host is left of "dns, !dns1"']],
    [['plan', 'dns['], ['error: the host pattern "dns[" cannot be used: a [ has no ] behind it']],
    [
      ['plan', '--set', 'port'],
      ['error: --set port: it has no name and value', 'hint: Write --set name=value.'],
    ],
    [['plan', '--set', 'my-port=1'], ['error: --set my-port: "my-port" cannot be the name of a variable']],
    [['plan', '--set', 'list=[1'], ['error: --set list: ']],
    [
      ['plan', '--tags', 'bsae'],
      ['error: no item has the tag "bsae"', 'hint: Did you mean base?'],
    ],
    [
      ['tasks', 'fiel'],
      ['error: there is no task kind "fiel"', 'hint: Did you mean file?'],
    ],
    [
      ['roles', 'tmie'],
      ['error: there is no role "tmie"', 'hint: Did you mean time?'],
    ],
    [
      ['schedule', 'drift'],
      ['Exactly one of the following must be provided: --every, --remove, --status', 'See more help'],
    ],
    [
      ['schedule', 'drift', '--every', 'daily', '--remove'],
      ['--every cannot also be provided when using --remove'],
    ],
    [
      ['schedule', 'drift', '--every', '7m'],
      ['error: --every 7m divides neither an hour nor a day evenly', 'hint: Write 6m or 10m.'],
    ],
    [
      ['schedule', 'drift', 'nsa', '--every', 'daily'],
      ['error: "nsa" matches no host and no group', 'hint: Did you mean nas'],
    ],
    [
      ['schedule', 'drift', '--every', 'daily', '--html', 'nowhere/x.html'],
      ['error: nowhere/x.html cannot be written: there is no folder', 'hint: Make the folder first'],
    ],
    [
      ['schedule', 'drift', '--every', 'daily', '--notify'],
      ['error: --notify has nobody to tell', 'notify: [{ ntfy:'],
    ],
  ])('%j', async (words, said) => {
    const { code, stdout, stderr } = await homelab(words, { cwd });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    // oclif breaks its lines at 80 columns and puts a mark before each.
    const text = stderr.replaceAll(/\s+(?:›\s+)?/g, ' ');
    for (const part of said) expect(text).toContain(part.replaceAll(/\s+/g, ' '));
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('--json tells it as a document', async () => {
    const { code, stdout, stderr } = await homelab(['plan', 'dsn1', '--json'], { cwd });
    expect({ code, stderr }).toEqual({ code: 64, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 64, error: { code: 'usage/unknown-host' } });
  });
});

describe('what the program says of itself', () => {
  test.each(['--version', '-v'])('%s', async (flag) => {
    const { code, stdout, stderr } = await homelab([flag], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^homelab\/\d+\.\d+\.\d+\S* \S+ node-v\d+\.\S+\n$/);
  });

  test('--help names every command, once', async () => {
    const { code, stdout } = await homelab(['--help'], { cwd });
    expect(code).toBe(0);
    const listed = [...stdout.matchAll(/^ {2}([a-z]+) {2,}[A-Z]/gm)].map(([, name]) => name);
    expect(listed).toHaveLength(new Set(listed).size);
    expect(new Set(listed)).toEqual(
      new Set([
        'adopt',
        'drift',
        'facts',
        'harden',
        'upgrade',
        'history',
        'init',
        'inventory',
        'lab',
        'plan',
        'provision',
        'roles',
        'run',
        'schedule',
        'schema',
        'secret',
        'ssh',
        'tasks',
        'trust',
        'unlock',
        'validate',
      ]),
    );
  });

  test.each(['plan', 'provision', 'validate', 'inventory show', 'lab up', 'tasks'])(
    '%s --help',
    async (command) => {
      const { code, stdout } = await homelab([...command.split(' '), '--help'], { cwd });
      expect(code).toBe(0);
      expect(stdout).toContain(`$ homelab ${command}`);
    },
  );
});

test('outside of a project: where to begin', async () => {
  const empty = makeProject({});
  const { code, stdout, stderr } = await homelab(['validate'], { cwd: empty });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe(
    'error: this folder is not in a homelab project\n  hint: Make one with `homelab init`, or name its folder with -C DIR.\n',
  );
});
