import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import {
  driftAudience,
  isWatched,
  tellDriftCheck,
  tellDriftFailed,
  tellDriftUnopened,
} from '../../../src/commands/shared/tell-drift-check.js';
import { HomelabError } from '../../../src/core/errors.js';
import { forgetSecrets, redact } from '../../../src/core/redaction.js';
import { loadSettings } from '../../../src/inventory/settings.js';
import { SecretOpener } from '../../../src/secrets/secret-opener.js';
import { checkResult } from '../../drift/telling/check.js';
import { makeProject, removeProjects } from '../../inventory/project-folder.js';
import { HttpReceiver } from '../../notify/http-receiver.js';

const receiver = new HttpReceiver();
const { requests, statuses } = receiver;
let base: string;
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
afterEach(() => {
  receiver.forget();
  warnings.length = 0;
  forgetSecrets();
});

/** A project as it is, without flags. */
const plain = (dir: string) => ({
  dir,
  settings: loadSettings(dir),
  instead: { inventory: undefined, variables: [] },
});

/** Of a project of its own, so that nobody was told anything yet. */
function audienceOf(text: string) {
  const dir = makeProject({ 'homelab.yml': `state: state\n${text}`, taken: '' });
  return driftAudience({ ...plain(dir), secrets: new SecretOpener() }, true);
}
const both = () =>
  audienceOf(`notify: { webhook: "${base}/hook" }\ndrift: { ping: "${base}/ping/S3CRET" }\n`);
const check = (items: readonly string[], exitCode: number) => ({
  result: checkResult({ web1: { items } }, { exitCode }),
  inventory: ['web1'],
  isWhole: true,
});
const unmade = (thrown: unknown, isWatched = false) => ({ thrown, isWatched });
const paths = (): readonly string[] => requests.map(({ path = '' }) => path).toSorted(compareWords);
const compareWords = (a: string, b: string): number => a.localeCompare(b);

describe('whom --notify tells', () => {
  test('nobody where nobody asked', async () => {
    const project = { ...plain(makeProject({ 'homelab.yml': '' })), secrets: new SecretOpener() };
    expect(await driftAudience(project, false)).toBeUndefined();
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

  test('beside another one is told once', async () => {
    const audience = await both();
    await Promise.all([1, 2, 3].map(() => tellDriftCheck(audience, check(['a'], 2))));
    expect(paths()).toEqual(['/hook', '/ping/S3CRET', '/ping/S3CRET', '/ping/S3CRET']);
  });

  test.each<
    readonly [string, { readonly inventory: string | undefined; readonly variables: readonly string[] }]
  >([
    ['another inventory', { inventory: '/srv/other.yml', variables: [] }],
    ['variables set by hand', { inventory: undefined, variables: ['a=1'] }],
  ])(
    'with %s compares with what such checks have told, and changes nothing for the usual ones',
    async (_name, instead) => {
      const audience = await both();
      if (audience === undefined) throw new Error('somebody asked');
      const other = { ...audience, project: { ...audience.project, instead } };
      const hooks = (): number => requests.filter(({ path }) => path === '/hook').length;
      const counts: number[] = [];
      for (const [who, items] of [
        [audience, ['a']],
        [other, []],
        [other, ['b']],
        [audience, ['a']],
        [other, ['b']],
      ] as const) {
        await tellDriftCheck(who, { ...check(items, 2), inventory: ['web1'] });
        counts.push(hooks());
      }
      expect(counts).toEqual([1, 1, 2, 2, 2]);
      const ids = requests.flatMap(({ path, body }) =>
        path === '/hook' ? [(JSON.parse(body) as { readonly id: string }).id] : [],
      );
      expect(new Set(ids).size).toBe(2);
    },
  );

  test('is not told where nobody can say what was told, and pings', async () => {
    const audience = await audienceOf(`
notify: { webhook: "${base}/hook" }
drift: { ping: "${base}/ping" }
`);
    if (audience === undefined) throw new Error('somebody asked');
    const { dir, settings } = audience.project;
    const project = { ...audience.project, settings: { ...settings, state: join(dir, 'taken') } };
    expect(await tellDriftCheck({ ...audience, project }, check(['a'], 2))).toBe(1);
    expect(paths()).toEqual(['/ping']);
    expect(warnings).toEqual([
      'warning: webhook, number 1 of notify was not told: what it was told before could not be read\n',
    ]);
  });

  test('of a project that cannot be opened is told as far as its settings go', async () => {
    const error = new HomelabError({ code: 'inventory/schema', message: '' });
    const dir = makeProject({ 'homelab.yml': `state: state\nnotify: { webhook: "${base}/hook" }\n` });
    await tellDriftUnopened(async () => plain(dir), unmade(error));
    expect(requests.map(({ body }) => body).join()).toContain('inventory/schema');
    await tellDriftUnopened(async () => plain(makeProject({})), unmade(error));
    await tellDriftUnopened(() => Promise.reject(error), unmade(error));
    expect(paths()).toEqual(['/hook']);
  });

  test.each([
    ['of a command line that is wrong', 'usage/no-hosts'],
    ['that was broken off', 'run/interrupted'],
  ])('%s is for who typed it', async (_name, code) => {
    await tellDriftFailed(await both(), unmade(new HomelabError({ code, message: '' }), true));
    expect(requests).toEqual([]);
  });

  test('of hosts that are gone is told where nobody watches it, and told again once it works', async () => {
    const audience = await both();
    const gone = new HomelabError({ code: 'usage/unknown-host', message: 'S3CRET' });
    await tellDriftFailed(audience, unmade(gone));
    await tellDriftFailed(audience, unmade(gone));
    await tellDriftCheck(audience, check([], 0));
    await tellDriftCheck(audience, check([], 0));
    const hooks = requests
      .filter(({ path }) => path === '/hook')
      .map(({ body }) => JSON.parse(body) as object);
    expect(hooks).toMatchObject([
      { outcome: 'failed', document: { code: 'usage/unknown-host' } },
      { outcome: 'back', document: { recoveredFrom: 'usage/unknown-host' } },
    ]);
    expect(JSON.stringify(hooks)).not.toContain('S3CRET');
  });

  test.each<readonly [string, readonly boolean[], boolean]>([
    ['a terminal', [true, true, true], true],
    ['a pipe behind it', [true, false, true], true],
    ['a timer', [false, false, false], false],
  ])('by %s', (_name, [stdin, stdout, stderr], expected) => {
    const streams = { stdin: { isTTY: stdin }, stdout: { isTTY: stdout }, stderr: { isTTY: stderr } };
    expect(isWatched(streams)).toBe(expected);
  });

  test('that could not be made is told without a ping', async () => {
    const error = new HomelabError({ code: 'yaml/syntax', message: 'S3CRET' });
    const audience = await both();
    await tellDriftFailed(audience, unmade(error));
    await tellDriftFailed(audience, unmade(error));
    expect(paths()).toEqual(['/hook']);
    expect(requests[0]?.body).toContain('yaml/syntax');
    expect(requests[0]?.body).not.toContain('S3CRET');
  });
});
