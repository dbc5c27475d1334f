import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackupRule } from '../../../src/core/rolling-settings.js';
import { backupProblem } from '../../../src/rolling/preflight/backup-problem.js';
import { SHELLS } from '../../probes/shells.js';
import { HereShell } from './here-shell.js';

const folder = mkdtempSync(join(tmpdir(), 'backup-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NOW = new Date('2026-11-22T12:00:00Z');
const HOUR = 3600;

/** A file that was changed so many hours ago. */
function file(name: string, hours: number): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, 'x');
  const at = NOW.getTime() / 1000 - hours * HOUR;
  utimesSync(path, at, at);
  return path;
}

const single = file('single', 30);
file("it's/a/new one", 5);
file("it's/a/old", 200);
file("it's/-c", 300);
const tree = join(folder, "it's");
const link = join(folder, 'link');
symlinkSync(tree, link);
const empty = join(folder, 'empty');
mkdirSync(join(empty, 'below'), { recursive: true });

const shells = SHELLS.slice(0, 3);

describe.each(shells)('a backup in a file or folder, by %s', (_shell, shell) => {
  test.each<readonly [string, string, number, string | undefined]>([
    ['a new file', single, 31, undefined],
    ['one that is too old', single, 26, `the last backup by ${single} is 30 hours old, and may be 26 hours`],
    ['the newest file of a folder counts', tree, 6, undefined],
    ['a link to one', link, 6, undefined],
    ['all are too old', tree, 4, `the last backup by ${tree} is 5 hours old, and may be 4 hours`],
    ['folders are no backup', empty, 26, `there is no backup: no file is in ${empty}`],
    ['nothing is there', '/surely/not', 26, 'there is no backup: /surely/not is not there'],
    [
      'of the future',
      file('future', -5),
      26,
      `the last backup by ${join(folder, 'future')} is of a time 5 hours ahead: a clock is wrong`,
    ],
    ['a clock that is a little ahead', file('soon', -0.5), 26, undefined],
  ])('%s', async (_name, path, hours, message) => {
    const rule: BackupRule = { maxAgeSeconds: hours * HOUR, at: { path } };
    expect((await backupProblem(new HereShell(shell), rule, NOW))?.message).toBe(message);
  });
});

describe('a command tells when', () => {
  const print = (text: string): readonly string[] => ['printf', '%s', text];
  const told = async (command: readonly string[], hours = 26): Promise<string | undefined> => {
    const rule: BackupRule = { maxAgeSeconds: hours * HOUR, at: { command } };
    const [, shell] = shells[0] ?? [];
    if (shell === undefined) throw new Error('no shell');
    return (await backupProblem(new HereShell(shell), rule, NOW))?.message;
  };

  test.each([
    ['seconds', String(NOW.getTime() / 1000 - HOUR)],
    ['with a fraction', `${NOW.getTime() / 1000 - HOUR}.123`],
    ['UTC', '2026-11-22T11:00:00Z'],
    ['a zone', '2026-11-22T12:00:00.123456789+01:00'],
    ['a zone without a colon', '2026-11-22 12:00:00+0100'],
    ['no zone', '2026-11-22T11:00'],
    ['a day', '2026-11-22'],
    ['in the last line', 'reading snapshots\nsnapshot 12ab\n2026-11-22T11:00:00Z\n\n'],
  ])('%s', async (_name, text) => {
    expect(await told(print(text))).toBeUndefined();
  });

  test.each<readonly [string, readonly string[], string]>([
    ['an old one', print('2026-11-19T12:00:00Z'), 'is 3 days old, and may be 26 hours'],
    [
      'one whose zone makes it old',
      print('2026-11-21T10:30:00+01:00'),
      'is 26 hours old, and may be 26 hours',
    ],
    ['nothing', ['true'], '`true` told no time'],
    ['no time', print('never'), 'told no time, but "never"'],
    ['no such day', print('2026-13-45'), 'told no time, but "2026-13-45"'],
    ['what a shell would run', print('$(date +%s)'), 'told no time, but "$(date +%s)"'],
    ['it fails', ['sh', '-c', 'echo no repository >&2; exit 3'], 'failed with exit code 3: no repository'],
    ['it is not there', ['surely-no-command'], 'failed with exit code 127'],
  ])('%s', async (_name, command, message) => {
    expect(await told(command)).toContain(message);
  });
});
