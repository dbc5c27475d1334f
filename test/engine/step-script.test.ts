import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Secret } from '../../src/core/secret.js';
import { runStep, type WriteStep } from '../../src/core/step.js';
import { describeStep, toSection } from '../../src/engine/step-script.js';

const SHELLS: readonly (readonly [string, ...string[]])[] = [['dash'], ['bash'], ['busybox', 'sh']];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'step-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (rest: Partial<WriteStep> & { path: string }): WriteStep => ({
  do: 'write',
  body: 'new\n',
  mode: '0640',
  owner: String(userInfo().uid),
  group: String(userInfo().gid),
  ...rest,
});

function run(shell: readonly [string, ...string[]], step: Parameters<typeof toSection>[0]) {
  const [program, ...args] = shell;
  return spawnSync(program, args, { input: `( ${toSection(step).script}\n)\n`, encoding: 'utf8' });
}

describe.each(SHELLS.map((shell) => ({ shell })))('$shell', ({ shell }) => {
  test.each([
    ['plain'],
    ['with space'],
    ["quo'te"],
    ['-leading'],
    ['glob*?[x]'],
    ['ünïcode'],
    ['back\\slash'],
    ['$(touch pwned)'],
  ])('writes the file %j with its mode', (name) => {
    const path = join(folder, name);
    expect(run(shell, write({ path }))).toMatchObject({ status: 0, stderr: '' });
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(statSync(path).mode & 0o7777).toBe(0o640);
    expect(readdirSync(folder)).toEqual([name]);
  });

  test('a body of a megabyte with every byte arrives as it is', () => {
    const body = Buffer.from(Array.from({ length: 1 << 20 }, (_, index) => (index * 31) % 256));
    const path = join(folder, 'big');
    expect(run(shell, write({ path, body })).status).toBe(0);
    expect(readFileSync(path).equals(body)).toBe(true);
  });

  test('a candidate that does not pass leaves the old file and nothing else', () => {
    const path = join(folder, 'checked');
    writeFileSync(path, 'old\n');
    const result = run(shell, write({ path, validate: ['grep', '-q', 'good', '{{candidate}}'] }));
    expect(result.status).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('old\n');
    expect(readdirSync(folder)).toEqual(['checked']);
    expect(
      run(shell, write({ path, body: 'good\n', validate: ['grep', '-q', 'good', '{{candidate}}'] })).status,
    ).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('good\n');
  });

  test('a symlink and a folder are refused and named', () => {
    const link = join(folder, 'link');
    symlinkSync('/etc/hostname', link);
    const result = run(shell, write({ path: link }));
    expect(result.status).toBe(44);
    expect(result.stderr).toContain(`${link} is not a regular file`);
    expect(readlinkSync(link)).toBe('/etc/hostname');
    const inner = join(folder, 'inner');
    mkdirSync(inner);
    expect(run(shell, write({ path: inner })).status).toBe(44);
  });

  test('backup keeps the replaced file', () => {
    const path = join(folder, 'kept');
    writeFileSync(path, 'old\n');
    chmodSync(path, 0o600);
    expect(run(shell, write({ path, backup: true })).status).toBe(0);
    const copy = readdirSync(folder).find((name) => name.startsWith('kept.homelab-')) ?? '';
    expect(readFileSync(join(folder, copy), 'utf8')).toBe('old\n');
    expect(statSync(join(folder, copy)).mode & 0o777).toBe(0o600);
    for (const text of ['second', 'third'])
      expect(run(shell, write({ path, backup: true, body: text })).status).toBe(0);
    // In the same second or not: none takes another's place, and they sort by time.
    const copies = readdirSync(folder).filter((name) => name.startsWith('kept.homelab-'));
    const texts = copies.toSorted().map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(texts).toEqual(['old\n', 'new\n', 'second']);
  });

  test('no owner and no group: those of the account that writes', () => {
    const path = join(folder, 'own');
    expect(run(shell, write({ path, owner: '', group: '' })).status).toBe(0);
    expect(statSync(path).uid).toBe(userInfo().uid);
    expect(run(shell, write({ path, group: '' })).status).toBe(0);
  });

  test('a missing folder fails and makes nothing', () => {
    const path = join(folder, 'missing', 'file');
    expect(run(shell, write({ path }))).toMatchObject({
      status: 1,
      stderr: `there is no directory ${join(folder, 'missing')}: make it with a directory item before this one\n`,
    });
    expect(existsSync(join(folder, 'missing'))).toBe(false);
  });

  test('environment, folder and standard input reach the program', () => {
    const step = runStep(['sh', '-c', 'printf "%s|%s|" "$PWD" "$X"; cat'], {
      cwd: folder,
      env: { X: "a'b $(c)" },
      stdin: new Secret('in\0put'),
    });
    expect(run(shell, step).stdout).toBe(`${folder}|a'b $(c)|in\0put`);
  });
});

test('a step is described without its body', () => {
  expect(describeStep(write({ path: '/etc/x', body: new Secret('hunter2') }))).toBe('write /etc/x');
  expect(describeStep(runStep(['sh', '-s', '--', 'dns nas.lan', '60s'], { stdin: 'x' }))).toBe(
    'dns nas.lan 60s',
  );
  expect(describeStep(runStep(['chpasswd', '-e'], { stdin: new Secret('hunter2') }))).toBe('chpasswd -e');
});
