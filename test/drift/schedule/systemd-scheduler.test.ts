import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { CheckJob } from '../../../src/drift/schedule/check-job.js';
import { parseEvery } from '../../../src/drift/schedule/every.js';
import { runProgram, type Ended, type RunProgram } from '../../../src/drift/schedule/run-program.js';
import { SystemdScheduler } from '../../../src/drift/schedule/systemd-scheduler.js';
import { jobOf } from './job.js';

const DONE: Ended = { code: 0, stdout: '', stderr: '' };
const { name } = jobOf();
let folder: string;
/** What systemctl was asked, and what it does not do. */
let asked: string[];
let refused: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'systemd-scheduler-'));
  asked = [];
  refused = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const run: RunProgram = async (argv) => {
  if (argv[0] === 'systemd-analyze') return runProgram(argv);
  expect(argv.slice(0, 3)).toEqual(['systemctl', '--no-pager', '--no-ask-password']);
  const words = argv.slice(3).join(' ').replaceAll(name, 'NAME');
  asked.push(words);
  return refused.some((word) => words.startsWith(word)) ? { ...DONE, code: 1, stderr: 'no bus\n' } : DONE;
};
const scheduler = (): SystemdScheduler => new SystemdScheduler({ isSystem: true, folder, run });
const install = (rest: Partial<CheckJob> = {}) => scheduler().install(jobOf(rest));
const weekly = { every: parseEvery('weekly') };
const texts = (): string[] => readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
const foreign = { code: 'schedule/foreign-file' };

describe('scheduling', () => {
  test('writes both units and starts the timer', async () => {
    expect(await install()).toBe('new');
    expect(readdirSync(folder).toSorted()).toEqual([`${name}.service`, `${name}.timer`]);
    expect(asked).toEqual(['daemon-reload', 'enable --quiet NAME.timer', 'restart NAME.timer']);
  });

  test('the same again leaves everything alone', async () => {
    await install();
    asked = [];
    expect(await install()).toBe('unchanged');
    expect(asked).toEqual(['is-enabled NAME.timer', 'is-active NAME.timer']);
  });

  test('the same again starts a timer that somebody has stopped', async () => {
    await install();
    refused = ['is-active'];
    expect(await install()).toBe('replaced');
    expect(asked.at(-1)).toBe('restart NAME.timer');
  });

  test('another one replaces it', async () => {
    await install();
    expect(await install(weekly)).toBe('replaced');
    expect(texts().join('')).toContain('OnCalendar=weekly');
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test.each([
    ['foo', 'usage/every'],
    ['0 3 * * *', 'usage/every'],
  ])('%s is refused before anything is written', async (written, code) => {
    await expect(install({ every: parseEvery(written) })).rejects.toMatchObject({ code });
    expect({ files: readdirSync(folder), asked }).toEqual({ files: [], asked: [] });
  });

  test.each(['daemon-reload', 'enable', 'restart'])(
    'what systemd refuses at %s leaves nothing',
    async (word) => {
      refused = [word];
      await expect(install()).rejects.toMatchObject({
        code: 'schedule/systemd',
        message: expect.stringContaining('no bus') as unknown,
      });
      expect(readdirSync(folder)).toEqual([]);
      expect(asked).toContain('disable --quiet --now NAME.timer');
    },
  );

  test('what systemd refuses leaves the schedule that was there', async () => {
    await install();
    const before = texts();
    refused = ['enable'];
    await expect(install(weekly)).rejects.toMatchObject({ code: 'schedule/systemd' });
    expect(texts()).toEqual(before);
    expect(asked.slice(-2)).toEqual(['daemon-reload', 'restart NAME.timer']);
  });
});

describe.each(['service', 'timer'])('a %s of that name that somebody else wrote', (type) => {
  beforeEach(() => writeFileSync(join(folder, `${name}.${type}`), '# mine\n'));

  test.each([
    ['replaced', () => install()],
    ['removed', () => scheduler().remove(name)],
  ])('is never %s', async (_what, work) => {
    await expect(work()).rejects.toMatchObject(foreign);
    expect({ texts: texts(), asked }).toEqual({ texts: ['# mine\n'], asked: [] });
  });
});

describe('removing', () => {
  test('takes what was written, the stamp of the timer too, and nothing else', async () => {
    await install();
    writeFileSync(join(folder, 'other.timer'), '');
    asked = [];
    expect(await scheduler().remove(name)).toBe(true);
    expect(readdirSync(folder)).toEqual(['other.timer']);
    expect(asked).toEqual([
      'disable --quiet --now NAME.timer',
      'stop NAME.service',
      'clean --what=state NAME.timer',
      'daemon-reload',
      'reset-failed NAME.service NAME.timer',
    ]);
  });

  test('what is left where somebody has taken the timer away goes as well', async () => {
    await install();
    rmSync(join(folder, `${name}.timer`));
    refused = ['disable'];
    expect(await scheduler().remove(name)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('nothing is there', async () => {
    expect(await scheduler().remove(name)).toBe(false);
    expect(asked).toEqual([]);
  });

  test('what cannot be stopped stays', async () => {
    await install();
    refused = ['disable'];
    await expect(scheduler().remove(name)).rejects.toMatchObject({ code: 'schedule/systemd' });
    expect(existsSync(join(folder, `${name}.timer`))).toBe(true);
  });
});

test('status tells what is scheduled', async () => {
  expect(await scheduler().status(name)).toBeUndefined();
  await install();
  expect(await scheduler().status(name)).toEqual({
    project: '/srv/house',
    every: 'daily',
    words: ['drift', '--notify', 'web-*'],
    isActive: false,
    last: null,
    next: null,
    output: `journalctl -u ${name}.service`,
  });
});
