import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { RemoteShell } from '../../../src/core/shell.js';
import { hostJobs } from '../../../src/rolling/job/host-jobs.js';
import type { JobState } from '../../../src/rolling/job/upgrade-job.js';
import { localShell, SHELLS } from '../../transport/local-shell.js';

let root: string;
const open: RemoteShell[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'homelab-jobs-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((shell) => shell.close()));
  rmSync(root, { recursive: true, force: true });
});

const folder = (id: string) => join(root, 'state/jobs', id);

/** A shell of this machine for which the test's folder is the machine's, without systemd. */
function shellHere(argv: readonly string[]): RemoteShell {
  const shell = localShell(argv);
  open.push(shell);
  const here = (script: string) =>
    script
      .replaceAll('/var/lib/homelab', `${root}/state`)
      .replaceAll('/run/systemd/system', `${root}/none`)
      // The whole machine's disks are not what is tested.
      .replaceAll(' || sync', ' || :');
  return {
    roundTrips: 0,
    read: () => Promise.reject(new Error('nothing is read')),
    run: (sections, options) =>
      shell.run(
        sections.map(({ script }) => ({ script: here(script) })),
        options,
      ),
    close: () => shell.close(),
  };
}

const job = (script: string, limitSeconds = 60) => ({ id: 'r1.m1', script, limitSeconds });

/** Whether a process runs; one that only waits for its parent does not. */
function isThere(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Looks until it is over. */
async function awaitEnd(shell: RemoteShell, id = 'r1.m1'): Promise<JobState> {
  for (;;) {
    const state = await hostJobs.look(shell, id);
    if (state.is !== 'running') return state;
    await delay(20);
  }
}

describe.each(SHELLS.map((argv) => [argv.join(' '), argv] as const))('%s', (_name, argv) => {
  test('a job tells its code and what it printed, and is forgotten', async () => {
    const shell = shellHere(argv);
    expect(await hostJobs.look(shell, 'r1.m1')).toEqual({ is: 'unknown' });
    await hostJobs.start(shell, job(`echo "it's $((1 + 1))"; echo 'to stderr' >&2; umask; exit 7`));
    expect(await awaitEnd(shell)).toEqual({ is: 'ended', code: 7, output: "it's 2\nto stderr\n0022" });
    await hostJobs.forget(shell, 'r1.m1');
    expect(await hostJobs.look(shell, 'r1.m1')).toEqual({ is: 'unknown' });
  });

  test('of one id it runs once, however often it is started', async () => {
    const shells = [1, 2, 3, 4].map(() => shellHere(argv));
    const work = job(`echo x >>${root}/count; sleep 0.2`);
    await Promise.all(shells.map((shell) => hostJobs.start(shell, work)));
    await awaitEnd(shells[0] as RemoteShell);
    await hostJobs.start(shells[1] as RemoteShell, work);
    expect(await awaitEnd(shells[0] as RemoteShell)).toMatchObject({ is: 'ended', code: 0 });
    expect(readFileSync(join(root, 'count'), 'utf8')).toBe('x\n');
  });

  test('it goes on where the shell that started it has ended', async () => {
    const first = shellHere(argv);
    await hostJobs.start(first, job(`until [ -e ${root}/go ]; do sleep 0.05; done; echo done`));
    await first.close();
    const second = shellHere(argv);
    expect(await hostJobs.look(second, 'r1.m1')).toEqual({ is: 'running' });
    await expect(hostJobs.forget(second, 'r1.m1')).rejects.toMatchObject({ code: 'rolling/job-running' });
    writeFileSync(join(root, 'go'), '');
    expect(await awaitEnd(second)).toEqual({ is: 'ended', code: 0, output: 'done' });
  });

  test('what takes too long is ended, with what it started', async () => {
    const shell = shellHere(argv);
    const left = `sh -c 'echo $$ >${root}/pid; exec sleep 1000' &`;
    await hostJobs.start(shell, job(`echo begun; ${left} wait; echo never`, 1));
    expect(await awaitEnd(shell)).toMatchObject({
      is: 'ended',
      code: 124,
      output: expect.stringMatching(/^begun(?!.*never)/s),
    });
    const pid = Number(readFileSync(join(root, 'pid'), 'utf8'));
    expect(isThere(pid)).toBe(false);
  });

  test('one that was killed is lost, once nothing of it is left', async () => {
    const shell = shellHere(argv);
    await hostJobs.start(shell, job(`until [ -e ${root}/go ]; do sleep 0.05; done`));
    const [, pid = ''] = readFileSync(join(folder('r1.m1'), 'owner'), 'utf8').split(' ');
    process.kill(Number(pid), 'SIGKILL');
    expect(await hostJobs.look(shell, 'r1.m1')).toEqual({ is: 'running' });
    writeFileSync(join(root, 'go'), '');
    expect(await awaitEnd(shell)).toEqual({ is: 'lost' });
    await hostJobs.forget(shell, 'r1.m1');
  });

  test.each([
    ['another boot', '11111111-2222-3333-4444-555555555555 PID START'],
    ['another process of the same number', 'BOOT PID 1'],
    ['nothing', ''],
  ])('one of %s is lost', async (_what, owner) => {
    const shell = shellHere(argv);
    mkdirSync(folder('r1.m1'), { recursive: true });
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const start = readFileSync('/proc/self/stat', 'utf8').replace(/.*\) /s, '').split(' ')[19] ?? '';
    const line = owner.replace('BOOT', boot).replace('PID', `${process.pid}`).replace('START', start);
    writeFileSync(join(folder('r1.m1'), 'owner'), `${line}\n`);
    expect(await hostJobs.look(shell, 'r1.m1')).toEqual({ is: 'lost' });
  });

  test('signals to who looks after it do not cut it off, and it may be ended by them', async () => {
    const shell = shellHere(argv);
    const script = `until [ -e ${root}/go ]; do sleep 0.05; done; sh -c 'kill -TERM $$'; echo "$?"`;
    await hostJobs.start(shell, job(script));
    const [, pid = ''] = readFileSync(join(folder('r1.m1'), 'owner'), 'utf8').split(' ');
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT']) process.kill(Number(pid), signal);
    writeFileSync(join(root, 'go'), '');
    const state = await awaitEnd(shell);
    expect(state).toMatchObject({ is: 'ended', code: 0, output: expect.stringContaining('143') });
  });
});

describe('what is kept', () => {
  const argv = ['dash'];

  test('of endless output beginning and end', async () => {
    const shell = shellHere(argv);
    await hostJobs.start(shell, job('head -c 20000000 /dev/zero | tr "\\0" x; echo; echo the end'));
    const state = await awaitEnd(shell);
    expect(state).toMatchObject({ is: 'ended', output: expect.stringMatching(/x\nthe end$/) });
    const kept = readdirSync(folder('r1.m1')).reduce(
      (sum, name) => sum + (name === 'pipe' ? 0 : readFileSync(join(folder('r1.m1'), name)).length),
      0,
    );
    expect(kept).toBeLessThan(9_000_000);
  });

  test('a daemon that holds the output does not hold the job', async () => {
    const shell = shellHere(argv);
    await hostJobs.start(shell, job(`setsid sleep 30 & echo $! >${root}/daemon; echo left`));
    expect(await awaitEnd(shell)).toEqual({ is: 'ended', code: 0, output: 'left' });
    process.kill(Number(readFileSync(join(root, 'daemon'), 'utf8')));
    // What reads the output ends with it.
    while (!existsSync(join(folder('r1.m1'), 'read'))) await delay(20);
  });

  test('control characters do not come through', async () => {
    const shell = shellHere(argv);
    await hostJobs.start(shell, job(String.raw`printf 'a\033[31mb\007\r\nc\n'`));
    expect(await awaitEnd(shell)).toMatchObject({ output: 'ab\nc' });
  });

  test('five older jobs, and whatever runs', async () => {
    const shell = shellHere(argv);
    await hostJobs.start(shell, { ...job(`until [ -e ${root}/go ]; do sleep 0.05; done`), id: 'running' });
    for (let index = 0; index < 7; index++) {
      const id = `old-${index}`;
      await hostJobs.start(shell, { ...job('true'), id });
      await awaitEnd(shell, id);
    }
    await hostJobs.start(shell, { ...job('true'), id: 'newest' });
    const names = readdirSync(join(root, 'state/jobs')).toSorted();
    expect(names).toContain('running');
    expect(names).toContain('newest');
    expect(names.filter((name) => name.startsWith('old-')).length).toBeLessThanOrEqual(5);
    expect(names).not.toContain('old-0');
    writeFileSync(join(root, 'go'), '');
    await awaitEnd(shell, 'running');
    await awaitEnd(shell, 'newest');
  });

  test.each(['', '../x', 'a b', '-x', 'a/b', '.x'])('%p is no id', async (id) => {
    await expect(hostJobs.start(shellHere(argv), { ...job('true'), id })).rejects.toThrow('cannot be called');
  });
});
