import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { checkScript } from '../../../src/drift/schedule/check-script.js';
import { waitUntil } from '../../lab/harness/wait-until.js';
import { jobOf } from './job.js';

const root = mkdtempSync(join(tmpdir(), 'check-script-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;

/** The script of a check that is `body`, in sh. */
function prepare(body: string) {
  count += 1;
  const folder = join(root, `50% 'of' $it ${count}`);
  mkdirSync(folder);
  const at = (name: string): string => join(folder, name);
  writeFileSync(at('body'), body);
  const env = { HOME: folder, PATH: process.env['PATH'] ?? '', ODD: `a 'b' "c" $d` };
  const job = jobOf({ program: ['/bin/sh', at('body')], project: folder, env });
  const files = { script: at('script'), lock: at('lock'), log: at('log'), last: at('last') };
  writeFileSync(files.script, checkScript(job, files));
  return { folder, ...files };
}

const SHELLS = [['dash'], ['bash'], ['busybox', 'sh']];

describe.each(SHELLS)('%s', (shell = '', ...args) => {
  test.each([
    ['in sync', 0, 0, ''],
    ['drift is no failure', 2, 0, ''],
    ['a failure is mailed', 1, 1, 'said\n'],
    ['a mistake is mailed', 64, 64, 'said\n'],
  ])('%s', (_what, code, expected, mailed) => {
    const { script, log, last } = prepare(`echo said; exit ${code}`);
    const { status, stdout, stderr } = spawnSync(shell, [...args, script], { encoding: 'utf8', env: {} });
    expect({ status, stdout, stderr }).toEqual({ status: expected, stdout: mailed, stderr: '' });
    expect(readFileSync(log, 'utf8')).toBe('said\n');
    expect(readFileSync(last, 'utf8')).toMatch(new RegExp(`^\\d{10} ${code}\\n$`));
    expect(existsSync(`${last}.new`)).toBe(false);
  });

  test('words and environment arrive, and nothing is asked', () => {
    const { folder, script, log } = prepare(`printf '%s\\n' "$@" "$HOME" "$ODD" "$(pwd)"; cat`);
    spawnSync(shell, [...args, script], { env: {}, input: 'typed' });
    expect(readFileSync(log, 'utf8').split('\n')).toEqual([
      'drift',
      '-C',
      folder,
      '--plain',
      '--notify',
      'web-*',
      folder,
      `a 'b' "c" $d`,
      '/',
      '',
    ]);
  });

  test('one at a time', async () => {
    const { folder, script, last } = prepare(
      'echo x >>"$HOME/begun"; while [ ! -e "$HOME/go" ]; do sleep 0.05; done',
    );
    const begun = (): string => readFileSync(join(folder, 'begun'), 'utf8');
    const first = spawn(shell, [...args, script], { env: {}, stdio: 'ignore' });
    const ended = once(first, 'close');
    await waitUntil('the first one is at it', () => existsSync(join(folder, 'begun')));
    expect(spawnSync(shell, [...args, script], { env: {} }).status).toBe(0);
    expect(begun()).toBe('x\n');
    expect(existsSync(last)).toBe(false);
    writeFileSync(join(folder, 'go'), '');
    await ended;
    expect(spawnSync(shell, [...args, script], { env: {} }).status).toBe(0);
    expect(begun()).toBe('x\nx\n');
  });
});
