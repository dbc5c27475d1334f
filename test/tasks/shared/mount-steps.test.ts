import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toShell } from '../../../src/core/command.js';
import type { Step } from '../../../src/core/step.js';
import { mountSource, remount, unmountPath, VALIDATE_FSTAB } from '../../../src/tasks/shared/mount-steps.js';
import { SHELLS, type HostShell } from '../../probes/shells.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mount-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Programs of our own, each the body of a shell script that may append what it was told to `$LOG`. */
function programs(bodies: Readonly<Record<string, string>>): string {
  const own = mkdtempSync(join(folder, 'bin-'));
  for (const [name, body] of Object.entries(bodies)) {
    writeFileSync(join(own, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(own, name), 0o755);
  }
  return own;
}

const LOG = `{ printf '%s' "\${0##*/}"; printf ' <%s>' "$@"; echo; } >>"$LOG"`;

/** Runs a step with these programs before the system's own; `log` is what they were told. */
function run(shell: HostShell, step: Step, bodies: Readonly<Record<string, string>>) {
  const own = programs(bodies);
  const log = join(own, 'log');
  const [program, ...rest] = shell.argv;
  const script = step.do === 'run' ? toShell(step.command) : '';
  const { status, stderr } = spawnSync(program, [...rest, '-c', script], {
    env: { PATH: `${own}:${shell.path}:/usr/sbin:/usr/bin:/sbin:/bin`, LOG: log, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  return { status, stderr: stderr.toString(), log: existsSync(log) ? readFileSync(log, 'utf8') : '' };
}

const order = (path: string, options: readonly string[] = ['ro', 'bind'], timeoutSeconds = 30) => ({
  path,
  source: "-it's a source",
  type: 'tmpfs',
  options,
  timeoutSeconds,
});

describe.each(SHELLS)('by %s', (_name, shell) => {
  test('the folder is made, and words arrive as they are', () => {
    const path = join(mkdtempSync(join(folder, 'new-')), 'a b/c');
    expect(run(shell, mountSource(order(path)), { mount: LOG })).toEqual({
      status: 0,
      stderr: '',
      log: `mount <-t> <tmpfs> <-o> <ro,bind> <--> <-it's a source> <${path}>\n`,
    });
    expect(existsSync(path)).toBe(true);
  });

  test('a mount that fails is told by its exit code', () => {
    const result = run(shell, mountSource(order(folder)), { mount: 'echo no such server >&2; exit 32' });
    expect(result).toMatchObject({ status: 32, stderr: 'no such server\n' });
  });

  test.each([
    { name: 'that were made for it go', meddle: '', stays: false },
    { name: 'in which somebody else wrote meanwhile stay', meddle: `: >"\${7%/b/c}/theirs"; `, stays: true },
  ])('of a mount that fails, folders $name', ({ meddle, stays }) => {
    const parent = mkdtempSync(join(folder, 'parent-'));
    const result = run(shell, mountSource(order(join(parent, 'a/b/c'))), { mount: `${meddle}exit 32` });
    expect(result).toMatchObject({ status: 32, stderr: '' });
    expect(existsSync(parent)).toBe(true);
    expect(existsSync(join(parent, 'a'))).toBe(stays);
    expect(existsSync(join(parent, 'a/b'))).toBe(false);
  });

  test('a server that never answers is given up', () => {
    const result = run(shell, mountSource(order(folder, ['ro'], 1)), { mount: 'exec sleep 600' });
    expect(result.status).toBe(124);
    expect(result.stderr).toContain(`mount ${folder}: no answer within 1 s`);
  });

  test('other options, where it is', () => {
    const { log, status } = run(shell, remount(order(folder)), { mount: LOG });
    expect(status).toBe(0);
    expect(log).toBe(`mount <-t> <tmpfs> <-o> <remount,bind,ro> <--> <-it's a source> <${folder}>\n`);
  });

  test('other options that need a new mount', () => {
    const refuse = `${LOG}\ncase $4 in remount*) exit 32 ;; esac`;
    const { log, status } = run(shell, remount(order(folder, ['vers=4'])), { mount: refuse });
    expect(status).toBe(0);
    expect(log.split('\n').map((line) => line.split(' ')[4])).toEqual([
      '<remount,vers=4>',
      '<vers=4>',
      undefined,
    ]);
  });

  test('what is not mounted is not unmounted', () => {
    expect(run(shell, unmountPath(folder, 30), { umount: LOG })).toEqual({ status: 0, stderr: '', log: '' });
  });

  // /proc is mounted on every machine; the program of our own keeps it so.
  test('what is in use stays, and that is an error', () => {
    const busy = `${LOG}\necho target is busy >&2; exit 32`;
    expect(run(shell, unmountPath('/proc', 30), { umount: busy })).toMatchObject({
      status: 32,
      stderr: 'target is busy\n',
      log: 'umount <--> </proc>\n',
    });
  });

  test('a server that never answers is left behind, not waited for', () => {
    const dead = `${LOG}\ncase $1 in -f) exit 1 ;; esac\nexec sleep 600`;
    const { log, status } = run(shell, unmountPath('/proc', 1), { umount: dead });
    expect(log).toBe('umount <--> </proc>\numount <-f> <-l> <--> </proc>\n');
    expect(status).toBe(1);
  });
});

describe('a new fstab', () => {
  const check = (path: string, candidate: string): number | null => {
    const own = join(mkdtempSync(join(folder, 'fstab-')), 'candidate');
    writeFileSync(own, candidate);
    const [, ...rest] = VALIDATE_FSTAB.map((word) => word.replace('{{candidate}}', own));
    return spawnSync('/bin/sh', rest, { env: { PATH: path, LC_ALL: 'C' }, stdio: 'ignore' }).status;
  };
  const SYSTEM = '/usr/bin:/bin';
  const having = (findmnt: string): string => `${programs({ findmnt })}:${SYSTEM}`;
  // One mistake for each line that says so; in the fstab of this computer none does.
  const COUNTING = `sed -n 's/^bad/[E] bad/p' "$3"; ! grep -q ^bad "$3"`;

  test.each<[string, () => string, string, number]>([
    ['without findmnt(8)', () => programs({}), 'nonsense', 0],
    ['by the real one, in order', () => SYSTEM, 'tmpfs /tmp tmpfs defaults 0 0\n', 0],
    ['by the real one, with a line that is none', () => SYSTEM, 'x\n', 1],
    ['with a new mistake', () => having(COUNTING), 'good\nbad\n', 1],
    ['without one', () => having(COUNTING), 'good\n', 0],
    ['with mistakes that were there before', () => having("echo '[E] old'; exit 1"), 'good\n', 0],
    ['that cannot be checked for a dead server', () => having('kill -9 $$'), 'bad\n', 0],
  ])('%s', (_name, path, candidate, status) => {
    expect(check(path(), candidate)).toBe(status);
  });
});
