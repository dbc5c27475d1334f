import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { CheckJob } from '../../../src/drift/schedule/check-job.js';
import { CronScheduler } from '../../../src/drift/schedule/cron-scheduler.js';
import { parseEvery } from '../../../src/drift/schedule/every.js';
import type { RunProgram } from '../../../src/drift/schedule/run-program.js';
import { jobOf } from './job.js';

const { name } = jobOf();
const OTHER = 'MAILTO=ada\n0 1 * * * true\n';
let folder: string;
/** Undefined: the account has none. */
let crontab: string | undefined;
let isClosed: boolean;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cron-scheduler-')), 'schedule');
  crontab = undefined;
  isClosed = false;
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

/** crontab(1). */
const run: RunProgram = ([program, word], stdin) => {
  expect(program).toBe('crontab');
  const answer = (code: number, stdout: string, stderr: string) => Promise.resolve({ code, stdout, stderr });
  if (isClosed) return answer(1, '', 'You (ada) are not allowed to use this program (crontab)\n');
  if (word === '-l' && crontab === undefined) return answer(1, '', 'no crontab for root\n');
  if (word === '-l') return answer(0, crontab ?? '', '');
  crontab = word === '-r' ? undefined : stdin;
  return answer(0, '', '');
};
const scheduler = (): CronScheduler => new CronScheduler({ folder, run });
const install = (rest: Partial<CheckJob> = {}) => scheduler().install(jobOf(rest));
const script = (): string => join(folder, `${name}.sh`);

test.each([
  ['no crontab', undefined],
  ['a crontab of others', OTHER],
])('%s takes an entry and is as before once it is removed', async (_what, before) => {
  crontab = before;
  expect(await install()).toBe('new');
  expect(crontab?.startsWith(before ?? `# BEGIN ${name}\n`)).toBe(true);
  expect(crontab).toContain(`\n0 0 * * * /bin/sh ${script()}\n`);
  expect(statSync(script()).mode & 0o777).toBe(0o700);
  expect(await install()).toBe('unchanged');
  expect(await install({ every: parseEvery('6h') })).toBe('replaced');
  expect(crontab?.match(/\/bin\/sh/g)).toHaveLength(1);
  writeFileSync(join(folder, `${name}.last`), '1795335600 2\n');
  expect(await scheduler().remove(name)).toBe(true);
  expect(crontab).toBe(before);
  expect(existsSync(folder)).toBe(false);
  expect(await scheduler().remove(name)).toBe(false);
});

test('what cron cannot say is refused with what it can', async () => {
  await expect(install({ every: parseEvery('*:*:0/10') })).rejects.toMatchObject({
    code: 'usage/every',
    hint: expect.stringContaining('five fields') as unknown,
  });
  expect({ crontab, isThere: existsSync(folder) }).toEqual({ crontab: undefined, isThere: false });
});

test('lines of that name that somebody else wrote are left alone', async () => {
  const mine = `# BEGIN ${name}\n0 0 * * * mine\n# END ${name}\n`;
  crontab = mine;
  await expect(install()).rejects.toMatchObject({ code: 'schedule/foreign-file' });
  await expect(scheduler().remove(name)).rejects.toMatchObject({ code: 'schedule/foreign-file' });
  expect(await scheduler().status(name)).toBeUndefined();
  expect(crontab).toBe(mine);
});

test('an account that may have none', async () => {
  isClosed = true;
  await expect(install()).rejects.toMatchObject({
    code: 'schedule/crontab',
    message: expect.stringContaining('not allowed') as unknown,
  });
  expect(existsSync(script())).toBe(false);
});

test.each([
  ['', null],
  ['nonsense', null],
  ['1795335600 2', null],
  ['1795335600 2\n', { at: '2026-11-22T08:20:00.000Z', isRunning: false, exitCode: 2, failure: null }],
])('status after %j', async (said, last) => {
  expect(await scheduler().status(name)).toBeUndefined();
  await install({ every: parseEvery('30 3 * * *') });
  writeFileSync(join(folder, `${name}.last`), said);
  const status = await scheduler().status(name);
  expect(status).toMatchObject({ project: '/srv/house', every: '30 3 * * *', last, isActive: true });
  const next = new Date(status?.next ?? '');
  expect([next.getHours(), next.getMinutes(), next > new Date()]).toEqual([3, 30, true]);
  expect(readFileSync(script(), 'utf8')).toContain('drift -C /srv/house --plain');
});
