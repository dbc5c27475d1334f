import { beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toShell } from '../../../src/core/command.js';
import type { Check } from '../../../src/core/check.js';
import type { ReaderOutput } from '../../../src/core/reader.js';
import { describeCheck, limitOf, waitStep, type Wait } from '../../../src/tasks/shared/wait-script.js';
import { runScript, runScriptLater, SHELLS } from '../../probes/shells.js';

const textOf = (check: Check, rest: Partial<Wait> = {}): string =>
  toShell(waitStep({ check, timeoutSeconds: 20, intervalSeconds: 1, ...rest }).command);
const command = (...argv: string[]): Check => ({ kind: 'command', argv });

describe.each(SHELLS.slice(0, 3))('waiting by %s', (_name, shell) => {
  const folder = mkdtempSync(join(tmpdir(), 'wait-'));
  const asked = join(folder, 'asked');

  test('until it holds', () => {
    const script = `echo >>${asked}; [ "$(wc -l <${asked})" -ge 3 ]`;
    expect(runScript(shell, textOf(command('sh', '-c', script)))).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(runScript(shell, `wc -l <${asked}`).stdout.trim()).toBe('3');
    rmSync(folder, { recursive: true });
  });

  const vain: readonly (readonly [string, Check, string])[] = [
    ['a reason of its own', command('sh', '-c', 'echo first; echo not yet >&2; exit 3'), 'not yet'],
    ['a long reason', command('sh', '-c', 'printf "%0400d end of it" 0; exit 3'), 'end of it'],
    ['no reason', command('sh', '-c', 'exit 3'), 'exit code 3'],
    ['no answer', command('sleep', '98765'), 'no answer within 1 s'],
    ['a program that is not there', command('surely-no-program'), 'surely-no-program'],
    ['a path', { kind: 'path', path: '/surely/not' }, 'it is not there'],
    ['a port', { kind: 'tcp', host: '127.0.0.1', port: 1 }, 'refused'],
    ['a name', { kind: 'dns', name: 'surely.invalid', type: undefined, server: undefined }, 'no such name'],
  ];
  // Each waits as long as it may, all of them at once.
  const waits = new Map<string, Promise<ReaderOutput>>();
  beforeAll(() => {
    for (const [what, check] of vain)
      waits.set(what, runScriptLater(shell, textOf(check, { timeoutSeconds: 1 })));
  });
  test.each(vain)('in vain, with %s', async (what, _check, seen) => {
    const found = await waits.get(what);
    expect(found).toMatchObject({ code: 1, stdout: '' });
    expect(found?.stderr).toMatch(/^not ready after 1 s; last seen: .*\n$/);
    expect(found?.stderr.toLowerCase()).toContain(seen);
  });

  test('ends when what it serves goes away', async () => {
    const mark = mkdtempSync(join(tmpdir(), 'wait-'));
    const begun = join(mark, 'begun');
    const [program, ...args] = shell.argv;
    const text = textOf(command('sh', '-c', `echo $PPID >>${begun}; false`), { timeoutSeconds: 600 });
    writeFileSync(join(mark, 'script'), text);
    // Three deep, as below sshd: a keeper, the session, and the shell that waits.
    const keeper = spawn(
      'sh',
      ['-c', `sh -c '${[program, ...args].join(' ')} ${mark}/script; true' & echo $!; wait; sleep 0`],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        detached: true,
      },
    );
    const session = await new Promise<string>((resolve) =>
      keeper.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
    );
    while (!existsSync(begun)) await sleep(20);
    const waiters = () =>
      spawnSync('pgrep', ['-f', `${mark}/begun`])
        .stdout.toString()
        .trim();
    expect(waiters()).not.toBe('');
    spawnSync('kill', ['-KILL', session, String(keeper.pid)]);
    while (waiters() !== '') await sleep(50);
    rmSync(mark, { recursive: true });
  });
});

test.each<[Partial<Wait>, number]>([
  [{ timeoutSeconds: 60, intervalSeconds: 1 }, 5],
  [{ timeoutSeconds: 60, intervalSeconds: 20 }, 20],
  [{ timeoutSeconds: 3, intervalSeconds: 1 }, 3],
  [{ timeoutSeconds: 10, intervalSeconds: 30 }, 10],
])('%j: one attempt may take %i s', (rest, limit) => {
  expect(limitOf({ check: command('true'), timeoutSeconds: 1, intervalSeconds: 1, ...rest })).toBe(limit);
});

test.each<[Check, string]>([
  [{ kind: 'tcp', host: 'nas.lan', port: 22 }, 'tcp nas.lan:22'],
  [{ kind: 'tcp', host: '::1', port: 22 }, 'tcp [::1]:22'],
  [{ kind: 'http', url: 'http://x/', statuses: [], isInsecure: false }, 'http://x/'],
  [{ kind: 'dns', name: 'x', type: 'MX', server: '10.0.0.1' }, 'dns x MX @10.0.0.1'],
  [command('test', '-e', 'a b'), "test -e 'a b'"],
  [{ kind: 'path', path: '/x' }, 'path /x'],
])('%j is called %s', (check, text) => {
  expect(describeCheck(check)).toBe(text);
});
