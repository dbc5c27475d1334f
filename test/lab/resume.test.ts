import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { rebootMachine } from '../../src/lab/machine-control.js';
import { documentOf, hostOf, type RunDocument } from './harness/run-document.js';
import type { RunningProgram } from './harness/running-program.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { leftoversOn } from './harness/snapshot.js';
import { waitUntil, waitUntilNone } from './harness/wait-until.js';

const FOLDER = '/srv/resume';
/** Behind the jump host, and beside it. */
const HOST = 'nas';
const OTHER = 'pi';

/** A file whose restart is owed, then a step that is held, or refused, as long as a file is there. */
const PLAY = {
  name: 'Web',
  hosts: 'all',
  tasks: [
    { name: 'Site', file: { path: `${FOLDER}/site`, content: 'one\n' }, on_change: ['restart web'] },
    {
      name: 'Long work',
      command: {
        shell: `touch ${FOLDER}/begun; while [ -e ${FOLDER}/hold ]; do sleep 0.05; done; [ ! -e ${FOLDER}/refuse ]`,
        unless: `[ -e ${FOLDER}/last ]`,
      },
    },
    { name: 'Last', file: { path: `${FOLDER}/last`, content: 'last\n' } },
  ],
  actions: { 'restart web': { command: { shell: `echo restarted >>${FOLDER}/log`, always: true } } },
};

let lab: TestLab;
let project: string;

beforeAll(async () => {
  lab = await sharedLab();
  project = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([PLAY]),
  });
}, LAB_TIMEOUT_MS);

beforeEach(async () => {
  for (const host of [HOST, OTHER])
    await lab.shell(host, `rm -rf /var/lib/homelab ${FOLDER}; mkdir ${FOLDER}; touch ${FOLDER}/log`);
});

const run = async (...args: string[]): Promise<{ code: number; document: RunDocument }> => {
  const result = await lab.homelab([...args, '--json'], { cwd: project });
  return { code: result.code, document: documentOf(result) };
};
const provision = (...hosts: string[]) => run('provision', ...hosts, '--yes');
const tasksOf = (document: RunDocument, host = HOST): string[] =>
  hostOf(document, host).tasks.map(({ name, status }) => `${name} ${status}`);
const logOf = (host = HOST): Promise<string> => lab.shell(host, `cat ${FOLDER}/log`);
const release = (host = HOST): Promise<string> => lab.shell(host, `rm ${FOLDER}/hold`);

/** A run that is in the middle of the long step. */
async function startHeld(): Promise<RunningProgram> {
  await lab.shell(HOST, `touch ${FOLDER}/hold`);
  const held = lab.startHomelab(['provision', HOST, '--yes', '--json'], { cwd: project });
  await held.reaches('is at work', async () => {
    const { code } = await lab.onMachine(HOST, ['test', '-e', `${FOLDER}/begun`]);
    return code === 0;
  });
  return held;
}

async function kill(held: RunningProgram): Promise<void> {
  held.kill('SIGKILL');
  await held.ended();
}

const waitForNobody = () => waitUntilNone(`nobody works on ${HOST}`, () => leftoversOn(lab, HOST));

describe('an owed restart', () => {
  const expectOneRestart = async (): Promise<void> => {
    const planned = await run('plan', HOST);
    expect(planned.code).toBe(2);
    const owed = hostOf(planned.document, HOST).tasks.find(({ name }) => name === 'restart web');
    expect(owed).toMatchObject({
      status: 'pending',
      reason: expect.stringMatching(/^owed since run 20\d{6}T/),
    });
    expect(await logOf()).toBe('');
    const next = await provision(HOST);
    expect(next.code).toBe(0);
    expect(tasksOf(next.document)).toContain('restart web changed');
    expect(await logOf()).toBe('restarted\n');
    const last = await provision(HOST);
    expect({ code: last.code, log: await logOf() }).toEqual({ code: 0, log: 'restarted\n' });
    expect(tasksOf(last.document)).toEqual(['Site ok', 'Long work ok', 'Last ok']);
    expect((await run('plan', HOST)).code).toBe(0);
  };

  test('is done by the next run after a failure, once', async () => {
    await lab.shell(HOST, `touch ${FOLDER}/refuse`);
    const failed = await provision(HOST);
    expect(failed.code).toBe(1);
    expect(hostOf(failed.document, HOST).error?.hint).toContain(
      'Owed, and done by the next run: restart web.',
    );
    const again = await provision(HOST);
    expect(again.code).toBe(1);
    expect(tasksOf(again.document)).toEqual([
      'Site ok',
      'Long work failed',
      'Last skipped',
      'restart web skipped',
    ]);
    await lab.shell(HOST, `rm ${FOLDER}/refuse`);
    await expectOneRestart();
  });

  test('is done by the next run after the controller was killed, once', async () => {
    await kill(await startHeld());
    await release();
    await waitForNobody();
    const { document } = await run('plan', HOST);
    expect(hostOf(document, HOST).notes).toEqual([
      expect.stringMatching(/^run 20\S+ \(root@\S+\) was cut off here$/),
    ]);
    await expectOneRestart();
  });

  test('history tells what was known of a run that was cut off, and what the others changed', async () => {
    await kill(await startHeld());
    await release();
    await waitForNobody();
    await provision(HOST);
    const history = async (...args: string[]): Promise<{ runs: Record<string, unknown>[] }> => {
      const { stdout } = await lab.homelab(['history', ...args, '--json'], { cwd: project });
      return JSON.parse(stdout) as { runs: Record<string, unknown>[] };
    };
    const [last, before] = (await history('--limit', '2')).runs;
    expect(last).toMatchObject({ outcome: 'done', changed: 3, hosts: [{ host: HOST, status: 'changed' }] });
    expect(before).toMatchObject({ outcome: 'cut off', hosts: [{ host: HOST, status: null }] });
    const { runs } = await history('last');
    expect(runs).toMatchObject([
      {
        hosts: [
          {
            tasks: [
              { name: 'Long work', status: 'changed' },
              { name: 'Last', status: 'changed', subject: `${FOLDER}/last` },
              { name: 'restart web', status: 'changed' },
            ],
          },
        ],
      },
    ]);
    const { stdout } = await lab.homelab(['history', 'last'], { cwd: project });
    expect(stdout).toMatch(
      /^run 20\S+ {2}provision by root@\S+, 20\S+ \S+, done after \S+ s\nnas {2}changed\n/,
    );
    expect(stdout).toContain('      +last\n');
  });

  test('is done though nothing else is left to do', async () => {
    await kill(await startHeld());
    await release();
    await waitForNobody();
    await lab.shell(HOST, `printf 'last\\n' >${FOLDER}/last; chmod 644 ${FOLDER}/last`);
    const { code, document } = await provision(HOST);
    expect(code).toBe(0);
    expect(tasksOf(document)).toEqual(['Site ok', 'Long work ok', 'Last ok', 'restart web changed']);
    expect(await logOf()).toBe('restarted\n');
  });

  test('of another playbook is told, and kept for it', async () => {
    await lab.shell(HOST, `touch ${FOLDER}/refuse`);
    await provision(HOST);
    const other = lab.project({
      'inventory/hosts.yml': lab.hostsFile(),
      'playbooks/site.yml': JSON.stringify([
        { name: 'Else', hosts: 'all', tasks: [{ file: { path: `${FOLDER}/else`, content: '' } }] },
      ]),
    });
    const planned = documentOf(await lab.homelab(['plan', HOST, '--json'], { cwd: other }));
    expect(hostOf(planned, HOST).notes).toEqual([
      expect.stringMatching(/^still owes "restart web" since run \S+: run the playbook that has it$/),
    ]);
    expect((await lab.homelab(['provision', HOST, '--yes'], { cwd: other })).code).toBe(0);
    await lab.shell(HOST, `rm ${FOLDER}/refuse`);
    expect((await provision(HOST)).code).toBe(0);
    expect(await logOf()).toBe('restarted\n');
  });
});

describe('two runs on one host', () => {
  test('the second is refused with owner, run and age; other hosts are applied; reading goes on', async () => {
    const held = await startHeld();
    const second = await provision(HOST, OTHER);
    expect(second.code).toBe(1);
    expect(hostOf(second.document, HOST)).toMatchObject({
      status: 'failed',
      error: {
        code: 'engine/locked',
        message: expect.stringMatching(
          /^nas is being applied to by another run \(root@\S+, run 20\S+, for \d+ s\), and runs something there/,
        ),
        hint: 'Wait for it. Where it is known to be dead: homelab unlock nas',
      },
    });
    expect(tasksOf(second.document, OTHER)).toContain('Last changed');
    const { code, document } = await run('plan', HOST);
    expect(code).toBe(2);
    expect(hostOf(document, HOST).notes).toEqual([expect.stringContaining('is being applied to')]);
    expect((await lab.homelab(['run', HOST, '--', 'true'], { cwd: project })).code).toBe(0);
    await release();
    expect(await held.ended()).toBe(0);
    expect(tasksOf(documentOf(held))).toEqual([
      'Site changed',
      'Long work changed',
      'Last changed',
      'restart web changed',
    ]);
    const after = await provision(HOST);
    expect(after.code).toBe(0);
  });

  test('a killed run that still works on the host is not disturbed; then its lock is nobody’s', async () => {
    await kill(await startHeld());
    const during = await provision(HOST);
    expect(hostOf(during.document, HOST).error).toMatchObject({ code: 'engine/locked' });
    await release();
    await waitForNobody();
    expect((await provision(HOST)).code).toBe(0);
  });

  test('a killed run whose shell idles on, because nobody told the host, loses its lock', async () => {
    const held = await startHeld();
    // It hears nothing of the end of the connection.
    await lab.shell(HOST, "pkill -STOP -f '^sshd: admin@notty'");
    await kill(held);
    await release();
    // Its shell has come to the end of what it was sent, and waits for more.
    await waitUntil('the step has ended', async () => {
      const { code } = await lab.onMachine(HOST, ['pgrep', '-f', `${FOLDER}/hold`]);
      return code === 1;
    });
    expect(await leftoversOn(lab, HOST)).toContainEqual(expect.stringContaining('/bin/sh'));
    const { code, document } = await provision(HOST);
    expect(hostOf(document, HOST).error).toBeNull();
    expect(code).toBe(0);
    await lab.shell(HOST, "pkill -CONT -f '^sshd: admin@notty'");
    await waitForNobody();
  });

  test('a lock of the boot before is nobody’s, and a restart that the boot has done is not owed', async () => {
    const unit = lab.project({
      'inventory/hosts.yml': lab.hostsFile(),
      'playbooks/site.yml': JSON.stringify([
        { ...PLAY, actions: { 'restart web': { service: { name: 'cron', restart: true } } } },
      ]),
    });
    await lab.shell(HOST, `touch ${FOLDER}/hold`);
    const held = lab.startHomelab(['provision', HOST, '--yes', '--json'], { cwd: unit });
    await held.reaches('is at work', async () => {
      const { code } = await lab.onMachine(HOST, ['test', '-e', `${FOLDER}/begun`]);
      return code === 0;
    });
    await rebootMachine(lab.id, HOST);
    expect(await held.ended()).toBe(1);
    expect(await lab.shell(HOST, 'cat /var/lib/homelab/lock.*')).not.toContain('free');
    await release();
    const planned = documentOf(await lab.homelab(['plan', HOST, '--json'], { cwd: unit }));
    expect(hostOf(planned, HOST).tasks.map(({ name }) => name)).not.toContain('restart web');
    const { code, stdout } = await lab.homelab(['provision', HOST, '--yes', '--json'], { cwd: unit });
    expect({ code, said: stdout }).toMatchObject({ code: 0 });
  });

  test('an account without root keeps its own', async () => {
    const rootless = lab.project({
      'inventory/hosts.yml': lab.hostsFile({ defaults: { user: 'admin', become: 'none' } }),
      'playbooks/site.yml': JSON.stringify([
        { name: 'Home', hosts: 'all', tasks: [{ file: { path: '/home/admin/own', content: 'own\n' } }] },
      ]),
    });
    expect((await lab.homelab(['provision', HOST, '--yes'], { cwd: rootless })).code).toBe(0);
    const kept = await lab.shell(
      HOST,
      'cd /home/admin; stat -c "%a %U" .local/state/homelab; ls .local/state/homelab; ls /var/lib/homelab 2>/dev/null; rm -r own .local',
    );
    expect(kept).toBe('700 admin\njournal\nlock.1\n');
  });

  test('unlock asks about a run that lives, and stops it before its next step', async () => {
    const held = await startHeld();
    const asked = await lab.homelab(['unlock', HOST], { cwd: project });
    expect(asked.code).toBe(64);
    expect(asked.stderr).toContain('whether to take the lock from a run that still lives: nas (root@');
    const freed = await lab.homelab(['unlock', HOST, OTHER, '--yes', '--json'], { cwd: project });
    expect(freed.code).toBe(0);
    expect(JSON.parse(freed.stdout)).toMatchObject({
      command: 'unlock',
      hosts: [
        { host: OTHER, wasLocked: false, isFreed: false },
        { host: HOST, wasLocked: true, isFreed: true, isAlive: true, by: expect.stringContaining('root@') },
      ],
    });
    await release();
    expect(await held.ended()).toBe(1);
    expect(hostOf(documentOf(held), HOST).error).toMatchObject({ code: 'engine/lock-lost' });
    expect((await lab.onMachine(HOST, ['test', '-e', `${FOLDER}/last`])).code).toBe(1);
  });
});
