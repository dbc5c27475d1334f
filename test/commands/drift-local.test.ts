import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { homelab, requireBuild, type Answer } from './homelab-program.js';

interface Document {
  readonly exitCode: number;
  readonly hosts: readonly {
    readonly status: string;
    readonly tasks: readonly {
      readonly name: string;
      readonly status: string;
      readonly drift?: { readonly cause: string; readonly since: string; readonly inSyncAt: string | null };
    }[];
  }[];
  readonly drift: { readonly hosts: readonly { readonly host: string; readonly state: string }[] };
}

const json = ({ stdout }: Answer): Document => JSON.parse(stdout) as Document;
const causes = (answer: Answer): string[] =>
  json(answer).hosts.flatMap(({ tasks }) =>
    tasks.flatMap(({ name, drift }) => (drift === undefined ? [] : [`${name}: ${drift.cause}`])),
  );

beforeAll(requireBuild, 60_000);
afterAll(removeProjects);

let cwd: string;
let motd: string;

/** A project for this machine alone, that writes below its own folder `target`, provisioned. */
beforeEach(async () => {
  cwd = makeProject({
    'homelab.yml': 'state: state\n',
    'inventory/hosts.yml': `hosts:
  here: { transport: local, become: none }
  laptop: { address: 127.0.0.1, port: 9, optional: true, host_key: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ' }
`,
    'playbooks/site.yml': `
- name: Files
  hosts: all
  tasks:
    - { name: Motd, file: { path: '{{vars.base}}/motd', content: '{{vars.greeting}}', mode: '0640' } }
    - { name: Lines, line: { path: '{{vars.base}}/lines', line: one, create: true } }
    - { name: Always, command: { argv: [sh, -c, ':'], always: true } }
`,
    'inventory/all.yml': 'vars: { greeting: hello, base: /nowhere }\n',
  });
  writeFileSync(
    join(cwd, 'inventory/all.yml'),
    `vars: { greeting: hello, base: ${JSON.stringify(join(cwd, 'target'))} }\n`,
  );
  motd = join(cwd, 'target', 'motd');
  mkdirSync(join(cwd, 'target'));
  expect((await homelab(['provision', 'here', '--yes'], { cwd })).code).toBe(0);
}, 60_000);

const drift = (...args: readonly string[]) =>
  homelab(['drift', '--json', '--ssh-config', 'none', ...args], { cwd });

describe('homelab drift', () => {
  test('nothing differs, and a laptop is off', async () => {
    const answer = await drift();
    expect(answer.code).toBe(0);
    expect(json(answer).drift.hosts).toMatchObject([
      { host: 'here', state: 'in-sync' },
      { host: 'laptop', state: 'off' },
    ]);
  });

  test('a file that was edited, an inventory that has moved on, and both', async () => {
    writeFileSync(motd, 'edited');
    const edited = await drift('here');
    expect(edited.code).toBe(2);
    expect(causes(edited)).toEqual(['Motd: host']);
    const since = json(edited).hosts[0]?.tasks[0]?.drift?.since;

    const moved = await drift('here', '--set', 'greeting=moved');
    expect(causes(moved)).toEqual(['Motd: both']);
    expect(json(moved).hosts[0]?.tasks[0]?.drift?.since).toBe(since);

    writeFileSync(motd, 'hello');
    chmodSync(motd, 0o600);
    rmSync(join(cwd, 'target', 'lines'));
    expect(causes(await drift('here', '--set', 'greeting=moved'))).toEqual(['Motd: both', 'Lines: host']);
    chmodSync(motd, 0o640);
    expect(causes(await drift('here', '--set', 'greeting=moved'))).toEqual([
      'Motd: inventory',
      'Lines: host',
    ]);
  });

  test('--fix puts right what it shows, and then there is none', async () => {
    writeFileSync(motd, 'edited');
    const asked = await homelab(['drift', 'here', '--fix', '--plain'], { cwd });
    expect(asked.code).toBe(64);
    expect(asked.stderr).toContain('give --yes');
    expect(readFileSync(motd, 'utf8')).toBe('edited');

    const fixed = await homelab(['drift', 'here', '--fix', '--yes', '--plain'], { cwd });
    expect(fixed).toMatchObject({ code: 0, stderr: '' });
    expect(fixed.stdout.match(/-edited/g)).toHaveLength(1);
    expect(fixed.stdout).toContain('changed on the host');
    expect(fixed.stdout).toMatch(/1 host: 1 changed\n$/);
    expect(readFileSync(motd, 'utf8')).toBe('hello');
    expect(json(await drift('here'))).toMatchObject({ exitCode: 0, hosts: [{ status: 'ok' }] });
  });

  test('a history that cannot be used is told, and the check goes on', async () => {
    rmSync(join(cwd, 'state', 'drift'), { recursive: true });
    writeFileSync(join(cwd, 'state', 'drift'), '');
    writeFileSync(motd, 'edited');
    const answer = await drift('here');
    expect(answer.code).toBe(2);
    expect(answer.stderr).toContain('warning: cannot use the history of drift');
    expect(causes(answer)).toEqual([]);
  });

  test('--yes alone asks for nothing', async () => {
    expect(await homelab(['drift', '--yes'], { cwd })).toMatchObject({ code: 64 });
  });
});

describe('files of a check', () => {
  const prom = (): string => readFileSync(join(cwd, 'homelab.prom'), 'utf8');
  const page = (): string => readFileSync(join(cwd, 'drift.html'), 'utf8');
  const files = ['--prometheus', 'homelab.prom', '--html', 'drift.html'];

  test('metrics and a page, of what is known by now', async () => {
    writeFileSync(motd, 'edited <b>');
    expect((await drift(...files)).code).toBe(2);
    expect(prom()).toContain('homelab_drift_items{host="here",role=""} 1\n');
    expect(prom()).toContain('homelab_drift_items_by_cause{host="here",cause="host"} 1\n');
    expect(prom()).toContain('homelab_check_success{host="here"} 1\n');
    expect(prom()).toMatch(/homelab_reboot_required\{host="here"\} [01]\n/);
    expect(prom()).not.toContain('host="laptop"');
    expect(page()).toContain('<span class="line removed">-edited &lt;b&gt;\n</span>');
    expect(page()).toContain('homelab drift --html');

    // Nobody looks at it now: what was known stays, with its time.
    const since = /homelab_drift_since_timestamp_seconds\{host="here"\} .*/.exec(prom())?.[0];
    const looked = /homelab_host_last_check_timestamp_seconds\{host="here"\} .*/.exec(prom())?.[0];
    expect((await drift('laptop', ...files)).code).toBe(0);
    expect(prom()).toContain('homelab_drift_items{host="here",role=""} 1\n');
    expect(prom()).toContain(`${since}\n`);
    expect(prom()).toContain(`${looked}\n`);
    expect(prom()).not.toContain(`homelab_last_check_timestamp_seconds ${looked?.split(' ')[1]}\n`);

    expect((await drift('here', '--fix', '--yes', ...files)).code).toBe(0);
    expect(prom()).toContain('homelab_drift_items{host="here",role=""} 0\n');
    expect(prom()).not.toContain('homelab_drift_since');
    expect(page()).toContain('<title>The host is as its inventory says</title>');
  });

  test.each([
    ['--prometheus', 'homelab.txt', 64, 'usage/not-prom'],
    ['--prometheus', 'no/homelab.prom', 1, 'file/unwritable'],
    ['--html', 'no/drift.html', 1, 'file/unwritable'],
  ])('%s %s is refused before anything is done', async (flag, file, code, error) => {
    const answer = await drift(flag, file);
    expect([answer.code, answer.stdout]).toEqual([code, expect.stringContaining(`"code": "${error}"`)]);
    expect((await drift('here')).code).toBe(0);
  });
});
