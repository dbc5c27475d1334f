import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runningVersionKey, runningVersions } from '../../src/probes/running-versions.js';
import { HOSTILE_WORDS } from '../hostile-words.js';
import { parseText, runScript, SHELLS, type HostShell } from './shells.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'running-')));
const at = (path: string): string => join(folder, path);
/** Two real programs with versions of their own, as if one were an older release of the other. */
const OLD = '/usr/bin/sleep';
const NEW = '/usr/bin/grep';
const versionOf = (program: string): string =>
  /\d+(?:\.\d+)+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[0] ?? 'none';

const running: ChildProcess[] = [];

/** Starts a copy of a program that stays; its number. */
function start(path: string): number {
  copyFileSync(OLD, path);
  const child = spawn(path, ['600'], { stdio: 'ignore' });
  running.push(child);
  return child.pid ?? 0;
}

/** As a package manager replaces a program: another file under the same name. */
function replace(path: string, by: string): void {
  copyFileSync(by, `${path}.new`);
  renameSync(`${path}.new`, path);
}

beforeAll(() => {
  for (const path of ['bin', 'openrc/options/supervised', 'openrc/daemons/forked', 'openrc/daemons/empty'])
    mkdirSync(at(path), { recursive: true });
  const pids = {
    current: start(at('current')),
    updated: start(at('updated')),
    rebuilt: start(at('rebuilt')),
    gone: start(at('gone')),
    copied: start(at('copied')),
  };
  copyFileSync(at('copied'), at('copy'));
  symlinkSync(at('current'), at('link'));
  replace(at('updated'), NEW);
  replace(at('rebuilt'), OLD);
  rmSync(at('gone'));
  // Stands in for systemd's own; it knows no unit `stopped`.
  const cases = Object.entries(pids).map(([name, pid]) => `${name}.service) echo ${pid} ;;`);
  writeFileSync(
    at('bin/systemctl'),
    `#!/bin/sh\n[ "$1 $2 $3 $4 $5" = 'show -p MainPID --value --' ] || exit 70\ncase $6 in\n${cases.join('\n')}\n*) echo 0 ;;\nesac\n`,
    { mode: 0o755 },
  );
  writeFileSync(at('openrc/options/supervised/child_pid'), `${pids.updated}\n`);
  writeFileSync(at('forked.pid'), `${pids.updated}\n`);
  writeFileSync(at('openrc/daemons/forked/001'), `exec=/x\nargv_0=/x\npidfile=${at('forked.pid')}\n`);
  writeFileSync(at('openrc/daemons/empty/001'), 'exec=/x\nargv_0=/x\npidfile=\n');
});

afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const key = (service: string, program: string, init: 'systemd' | 'openrc' = 'systemd'): string =>
  runningVersionKey({ init, service, version: [program, '--version'] });

function ask({ argv, path }: HostShell, keys: readonly string[]) {
  const script = runningVersions.script(keys).replaceAll('/run/openrc', at('openrc'));
  return runningVersions.parse(runScript({ argv, path: `${at('bin')}:${path}` }, script), keys);
}

describe.each(SHELLS)('running-versions in %s', (_name, shell) => {
  test.each<[string, string, string, object]>([
    ['the installed file runs', 'current.service', 'current', { is: 'current' }],
    ['through a link', 'current.service', 'link', { is: 'current' }],
    [
      'another release is installed',
      'updated.service',
      'updated',
      { is: 'replaced', running: versionOf(OLD), installed: versionOf(NEW) },
    ],
    [
      'the same release was installed again',
      'rebuilt.service',
      'rebuilt',
      { is: 'replaced', running: versionOf(OLD), installed: versionOf(OLD) },
    ],
    ['the program is gone', 'gone.service', 'gone', { is: 'missing' }],
    [
      'the same program from elsewhere',
      'copied.service',
      'copy',
      { is: 'other', running: versionOf(OLD), installed: versionOf(OLD) },
    ],
    ['nothing runs', 'stopped.service', 'current', { is: 'none' }],
  ])('%s', (_what, service, program, expected) => {
    expect(ask(shell, [key(service, at(program))])[0]).toMatchObject(expected);
  });

  test('tells which file runs where that is another one', () => {
    expect(ask(shell, [key('updated.service', NEW)])[0]).toMatchObject({
      is: 'other',
      running: versionOf(OLD),
      installed: versionOf(NEW),
      path: at('updated'),
    });
  });

  test.each(['supervised', 'forked'])('of OpenRC: %s', (service) => {
    const [seen, none] = ask(shell, [
      key(service, at('updated'), 'openrc'),
      key('empty', at('updated'), 'openrc'),
    ]);
    expect(seen).toMatchObject({ is: 'replaced', running: versionOf(OLD), installed: versionOf(NEW) });
    expect(none).toMatchObject({ is: 'none' });
  });

  test('words are words', () => {
    const keys = HOSTILE_WORDS.filter((word) => !word.includes('\0')).map((word) => key(word, word));
    expect(new Set(ask(shell, keys).map(({ is }) => is))).toEqual(new Set(['none']));
  });
});

test.each(['0 gone 1.0 1.0 /x', 'x current 1.0 1.0 /x', '0 replaced 1.0; 1.0 /x', '0 none'])(
  '%j is no answer',
  (line) => {
    expect(parseText(runningVersions, `${line}\n`, ['a'])).toEqual([
      { is: 'none', running: '', installed: '', path: '' },
    ]);
  },
);
