import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { homelab, requireBuild, type Answer } from './homelab-program.js';

/** A project for this machine alone, that writes below its own folder `target`. */
function makeLocalProject(): string {
  const cwd = makeProject({
    'inventory/hosts.yml': 'hosts: { here: { transport: local, become: none } }\n',
    'playbooks/site.yml': `
- name: Files
  hosts: all
  tasks:
    - directory: { path: '{{vars.base}}', mode: '0750' }
    - name: Motd
      template: { path: '{{vars.base}}/motd', template: motd.hbs, mode: '0640' }
      on_change: [note]
    - line: { path: '{{vars.base}}/lines', line: one, create: true }
    - link: { path: '{{vars.base}}/link', target: motd }
    - { name: Other system, file: { path: /nowhere/x, content: x }, when: { os_family: none } }
  actions:
    note: { command: { argv: [sh, -c, 'echo noted >> "$0"', '{{vars.base}}/notes'], always: true } }
`,
    'templates/motd.hbs': 'Hello from {{host.name}}.\n',
  });
  writeFileSync(join(cwd, 'inventory/all.yml'), `vars: { base: ${JSON.stringify(join(cwd, 'target'))} }\n`);
  return cwd;
}

interface RunDocument {
  readonly exitCode: number;
  readonly hosts: readonly {
    readonly status: string;
    readonly tasks: readonly { readonly name: string; readonly status: string }[];
  }[];
}

const json = ({ stdout }: Answer): RunDocument => JSON.parse(stdout) as RunDocument;
const statuses = (answer: Answer) =>
  json(answer).hosts.flatMap(({ tasks }) => tasks.map(({ status }) => status));

beforeAll(requireBuild, 60_000);
afterAll(removeProjects);

describe('on this machine', () => {
  test('plan, provision, plan, a change by hand, plan', async () => {
    const cwd = makeLocalProject();
    const target = join(cwd, 'target');
    const planned = await homelab(['plan'], { cwd });
    expect(planned).toMatchObject({ code: 2, stderr: '' });
    expect(planned.stdout).toContain('+Hello from here.');
    expect(existsSync(target)).toBe(false);

    const applied = await homelab(['provision', 'here', '--yes', '--json'], { cwd });
    expect(applied.code).toBe(0);
    expect(statuses(applied)).toEqual(['changed', 'changed', 'changed', 'changed', 'skipped', 'changed']);
    expect(readFileSync(join(target, 'link'), 'utf8')).toBe('Hello from here.\n');
    expect(statSync(join(target, 'motd')).mode & 0o777).toBe(0o640);
    expect(readFileSync(join(target, 'notes'), 'utf8')).toBe('noted\n');

    const inSync = await homelab(['plan', '--json'], { cwd });
    expect(inSync.code).toBe(0);
    expect(statuses(inSync)).toEqual(['ok', 'ok', 'ok', 'ok', 'skipped']);

    writeFileSync(join(target, 'motd'), 'Something else.\n');
    const drifted = await homelab(['plan'], { cwd });
    expect(drifted.code).toBe(2);
    expect(drifted.stdout).toMatch(/-Something else\.\n +\+Hello from here\.\n/);
    expect(drifted.stdout).not.toContain('/lines');

    const repaired = await homelab(['provision', 'all', '--yes'], { cwd });
    expect(repaired.code).toBe(0);
    expect(readFileSync(join(target, 'notes'), 'utf8')).toBe('noted\nnoted\n');
    const again = await homelab(['provision', 'all', '--yes', '--json'], { cwd });
    expect(statuses(again)).toEqual(['ok', 'ok', 'ok', 'ok', 'skipped']);
    expect(readFileSync(join(target, 'notes'), 'utf8')).toBe('noted\nnoted\n');
  }, 30_000);

  test('an item that cannot be done and says `on_failure: continue` keeps the others from nothing', async () => {
    const cwd = makeLocalProject();
    const tasks = [
      { file: { path: join(cwd, 'playbooks'), content: 'x' }, on_failure: 'continue' },
      { file: { path: join(cwd, 'done'), content: 'done' } },
    ];
    writeFileSync(
      join(cwd, 'playbooks/site.yml'),
      JSON.stringify([{ name: 'One of two', hosts: 'all', tasks }]),
    );
    const applied = await homelab(['provision', 'here', '--yes', '--json'], { cwd });
    expect(applied.code).toBe(1);
    expect(statuses(applied)).toEqual(['failed', 'changed']);
    expect(readFileSync(join(cwd, 'done'), 'utf8')).toBe('done');
  });

  test('what a command prints is a value for later items, and never evaluated again', async () => {
    const cwd = makeLocalProject();
    const tasks = [
      {
        id: 'said',
        command: { argv: ['printf', "\\173\\173host.name\\175\\175 $(id) 'ü\\n"], always: true },
      },
      { id: 'hushed', command: { argv: ['true'], always: true }, when: { os_family: 'none' } },
      {
        file: { path: join(cwd, 'heard'), content: '{{results.said.stdout}} {{results.said.code}}' },
        on_change: ['note'],
      },
    ];
    const actions = {
      note: { command: { argv: ['touch', join(cwd, 'noted {{results.said.code}}')], always: true } },
    };
    const play = [{ name: 'Printing', hosts: 'all', tasks, actions }];
    writeFileSync(join(cwd, 'playbooks/site.yml'), JSON.stringify(play));
    const planned = await homelab(['plan', '--json'], { cwd });
    expect(planned.code).toBe(2);
    expect(statuses(planned)).toEqual(['pending', 'skipped', 'unknown', 'pending']);
    const applied = await homelab(['provision', 'here', '--yes', '--json'], { cwd });
    expect(applied.code).toBe(0);
    expect(statuses(applied)).toEqual(['changed', 'skipped', 'changed', 'changed']);
    expect(readFileSync(join(cwd, 'heard'), 'utf8')).toBe("{{host.name}} $(id) 'ü 0");
    expect(existsSync(join(cwd, 'noted 0'))).toBe(true);
  });

  test('an item made of what one prints that has nothing to do says so', async () => {
    const cwd = makeLocalProject();
    const tasks = [
      { id: 'said', command: { argv: ['echo', 'x'], creates: cwd } },
      { file: { path: join(cwd, 'heard'), content: '{{results.said.stdout}}' } },
    ];
    writeFileSync(join(cwd, 'playbooks/site.yml'), JSON.stringify([{ name: 'P', hosts: 'all', tasks }]));
    const planned = await homelab(['plan', '--json'], { cwd });
    expect(planned.code).toBe(1);
    expect(statuses(planned)).toEqual(['ok', 'failed']);
    expect(planned.stdout).toContain('engine/no-result');
  });

  test('without a terminal and without --yes nothing is changed', async () => {
    const cwd = makeLocalProject();
    const { code, stdout, stderr } = await homelab(['provision', 'here'], { cwd });
    expect(code).toBe(64);
    expect(stdout).toContain('+Hello from here.');
    expect(stderr).toContain('error: there is no terminal to ask whether to apply this');
    expect(existsSync(join(cwd, 'target'))).toBe(false);
  });

  test('a mistake in the playbook is told before anything is done', async () => {
    const cwd = makeLocalProject();
    writeFileSync(join(cwd, 'templates/motd.hbs'), 'Hello from {{host.nmae}}.\n');
    const { code, stdout, stderr } = await homelab(['provision', 'here', '--yes'], { cwd });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'templates/motd.hbs:1:14: "host.nmae" is not defined\n    1 | Hello from {{host.nmae}}.\n' +
        `      |${' '.repeat(14)}^\n  hint: Did you mean host.name?\n`,
    );
    expect(existsSync(join(cwd, 'target'))).toBe(false);
  });

  test('an item that fails ends with 1, and JSON still stands alone', async () => {
    const cwd = makeLocalProject();
    writeFileSync(join(cwd, 'target'), 'in the way');
    const answer = await homelab(['provision', 'here', '--yes', '--json'], { cwd });
    expect(answer.code).toBe(1);
    expect(json(answer)).toMatchObject({ exitCode: 1, hosts: [{ host: 'here', status: 'failed' }] });
    expect(readFileSync(join(cwd, 'target'), 'utf8')).toBe('in the way');
  });

  test('tags choose items', async () => {
    const cwd = makeLocalProject();
    writeFileSync(
      join(cwd, 'playbooks/tags.yml'),
      "- name: T\n  hosts: all\n  tasks:\n    - { directory: { path: '{{vars.base}}' }, tags: a }\n" +
        "    - { file: { path: '{{vars.base}}/b', content: b }, tags: b }\n",
    );
    const words = ['-p', 'playbooks/tags.yml', '--json'];
    const chosen = await homelab(['provision', 'all', '--yes', '--tags', 'a', ...words], { cwd });
    expect(statuses(chosen)).toEqual(['changed']);
    const rest = await homelab(['plan', '--skip-tags', 'a', ...words], { cwd });
    expect(statuses(rest)).toEqual(['pending']);
  });

  test('--set is stronger than the inventory', async () => {
    const cwd = makeLocalProject();
    const base = join(cwd, 'elsewhere');
    expect((await homelab(['provision', 'here', '--yes', '--set', `base=${base}`], { cwd })).code).toBe(0);
    expect(existsSync(join(base, 'motd'))).toBe(true);
    expect(existsSync(join(cwd, 'target'))).toBe(false);
  });

  test('run answers what a command printed, and fails as it does', async () => {
    const cwd = makeLocalProject();
    const said = await homelab(['run', 'here', '--', 'echo', 'a  b', '$HOME'], { cwd });
    expect(said).toEqual({ code: 0, stdout: 'here  a  b $HOME\n', stderr: '' });
    const failed = await homelab(['run', 'here', '--', 'sh', '-c', 'exit 3'], { cwd });
    expect(failed).toEqual({ code: 1, stdout: '', stderr: 'here  exit code 3\n' });
  });

  test('facts', async () => {
    const { code, stdout } = await homelab(['facts', 'all', '--json'], { cwd: makeLocalProject() });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 0,
      hosts: [{ host: 'here', facts: { cores: expect.any(Number) as unknown } }],
    });
  });
});
