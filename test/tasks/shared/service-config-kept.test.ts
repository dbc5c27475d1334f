import { spawnSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { KEPT } from '../../../src/tasks/shared/service-config-kept.js';

let root: string;
let etc: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kept-'));
  etc = join(root, 'etc');
  mkdirSync(etc);
});
afterEach(() => rmSync(root, { recursive: true }));

function run(script: string) {
  const env = { PATH: process.env['PATH'], trial: join(root, 'trial'), etc };
  return spawnSync('sh', ['-c', `umask 077; mkdir -p "$trial"\n${KEPT}\n${script}`], {
    env,
    encoding: 'utf8',
  });
}

test('a file comes back with its content and mode, and what was not there goes with its folders', () => {
  writeFileSync(join(etc, 'a b\\c'), 'old', { mode: 0o640 });
  const { status } = run(`keep "$etc/a b\\c"; keep "$etc/x/y/new"
    rm "$etc/a b\\c"; echo new >"$etc/a b\\c"; mkdir -p "$etc/x/y"; echo new >"$etc/x/y/new"; put_back`);
  expect(status).toBe(0);
  expect(readFileSync(join(etc, 'a b\\c'), 'utf8')).toBe('old');
  expect(lstatSync(join(etc, 'a b\\c')).mode & 0o777).toBe(0o640);
  expect(() => lstatSync(join(etc, 'x'))).toThrow(/ENOENT/);
});

test.each(['there', 'nowhere'])('a link that leads to %s comes back as a link', (target) => {
  writeFileSync(join(etc, 'there'), 'there');
  symlinkSync(target, join(etc, 'link'));
  expect(run('keep "$etc/link"; rm "$etc/link"; put_back').status).toBe(0);
  expect(readlinkSync(join(etc, 'link'))).toBe(target);
  expect(readFileSync(join(etc, 'there'), 'utf8')).toBe('there');
});

/** A disk that has no room for another file. */
const FULL = `cp() { for last do :; done; case $last in *.back) : >"$last"; return 1 ;; esac; command cp "$@"; }`;

test('on a full disk the new file gives its room to the old one', () => {
  writeFileSync(join(etc, 'a'), 'old');
  expect(run(`keep "$etc/a"; echo new >"$etc/a"\n${FULL}\nput_back`).status).toBe(0);
  expect(readFileSync(join(etc, 'a'), 'utf8')).toBe('old');
  expect(() => lstatSync(join(etc, '.homelab.back'))).toThrow(/ENOENT/);
});

test('what cannot be put back is told, and is kept; the rest comes back', () => {
  for (const name of ['a', 'b', 'c']) writeFileSync(join(etc, name), 'old');
  const { status } = run(`for one in a b c; do keep "$etc/$one"; echo new >"$etc/$one"; done
    cp() { case "$*" in *"$etc/b"*) return 1 ;; esac; command cp "$@"; }\nput_back`);
  expect(status).toBe(1);
  expect(readFileSync(join(etc, 'a'), 'utf8') + readFileSync(join(etc, 'c'), 'utf8')).toBe('oldold');
  expect(readFileSync(join(root, 'trial/was', etc, 'b'), 'utf8')).toBe('old');
});
