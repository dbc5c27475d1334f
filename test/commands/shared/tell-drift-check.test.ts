import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import {
  driftAudience,
  tellDriftCheck,
  tellDriftFailed,
} from '../../../src/commands/shared/tell-drift-check.js';
import { HomelabError } from '../../../src/core/errors.js';
import { forgetSecrets, redact } from '../../../src/core/redaction.js';
import type { Told, ToldMemory } from '../../../src/drift/telling/told.js';
import { loadSettings } from '../../../src/inventory/settings.js';
import { SecretOpener } from '../../../src/secrets/secret-opener.js';
import { checkResult } from '../../drift/telling/check.js';
import { makeProject, removeProjects } from '../../inventory/project-folder.js';
import { HttpReceiver } from '../../notify/http-receiver.js';

const receiver = new HttpReceiver();
const { requests, statuses } = receiver;
let base: string;
let memory: ToldMemory;
const warnings: string[] = [];

beforeAll(async () => {
  base = await receiver.open();
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => warnings.push(String(text)) > 0);
});
afterAll(() => {
  receiver.close();
  jest.restoreAllMocks();
  removeProjects();
});
beforeEach(() => {
  const told = new Map<string, Told>();
  memory = { load: (target) => told.get(target), save: (target, one) => void told.set(target, one) };
});
afterEach(() => {
  receiver.forget();
  warnings.length = 0;
  forgetSecrets();
});

const audienceOf = (settings: string) =>
  driftAudience(
    { settings: loadSettings(makeProject({ 'homelab.yml': settings })), secrets: new SecretOpener() },
    true,
  );
const both = () =>
  audienceOf(`notify: { webhook: "${base}/hook" }\ndrift: { ping: "${base}/ping/S3CRET" }\n`);
const check = (items: readonly string[], exitCode: number) => ({
  result: checkResult({ web1: { items } }, { exitCode }),
  inventory: ['web1'],
  isWhole: true,
  memory,
});
const paths = (): readonly string[] => requests.map(({ path = '' }) => path).toSorted(compareWords);
const compareWords = (a: string, b: string): number => a.localeCompare(b);

describe('whom --notify tells', () => {
  test('nobody where nobody asked', async () => {
    const settings = loadSettings(makeProject({ 'homelab.yml': '' }));
    expect(await driftAudience({ settings, secrets: new SecretOpener() }, false)).toBeUndefined();
    expect(await tellDriftCheck(undefined, check(['a'], 2))).toBe(2);
  });

  test('a ping alone is enough, and is masked', async () => {
    const audience = await audienceOf('drift: { ping: "https://hc.lan/S3CRET" }');
    expect(audience).toMatchObject({ targets: [], pingUrl: expect.anything() });
    expect(redact('at https://hc.lan/S3CRET')).toBe('at ***');
  });

  test('nobody at all is a mistake', async () => {
    await expect(audienceOf('drift: {}')).rejects.toMatchObject({ code: 'usage/no-notify' });
  });
});

describe('a check', () => {
  test('is told once, and pings each time', async () => {
    const audience = await both();
    expect(await tellDriftCheck(audience, check(['a'], 2))).toBe(2);
    expect(await tellDriftCheck(audience, check(['a'], 2))).toBe(2);
    expect(paths()).toEqual(['/hook', '/ping/S3CRET', '/ping/S3CRET']);
    expect(warnings).toEqual([]);
  });

  test.each<readonly [string, number, number]>([
    ['in sync', 0, 1],
    ['with drift', 2, 1],
    ['with hosts that are lost', 1, 1],
  ])('%s that somebody could not be told of ends with 1', async (_name, exitCode, expected) => {
    const audience = await both();
    statuses.push(403, 403);
    expect(await tellDriftCheck(audience, check(['a'], exitCode))).toBe(expected);
    expect(warnings.toSorted(compareWords)).toEqual([
      'warning: drift.ping was not told: it answered with status 403\n',
      'warning: webhook, number 1 of notify was not told: it answered with status 403\n',
    ]);
  });

  test('that could not be made is told without a ping', async () => {
    const error = new HomelabError({ code: 'yaml/syntax', message: 'S3CRET' });
    const audience = await both();
    await tellDriftFailed(audience, memory, error);
    await tellDriftFailed(audience, memory, error);
    expect(paths()).toEqual(['/hook']);
    expect(requests[0]?.body).toContain('yaml/syntax');
    expect(requests[0]?.body).not.toContain('S3CRET');
  });
});
