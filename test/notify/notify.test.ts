import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NotifyMessage, NotifyTarget } from '../../src/core/notification.js';
import { registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { notify } from '../../src/notify/notify.js';
import { HttpReceiver } from './http-receiver.js';

const receiver = new HttpReceiver();
const { requests, statuses } = receiver;
const folder = mkdtempSync(join(tmpdir(), 'notify-'));
let base: string;

beforeAll(async () => {
  base = await receiver.open();
});
afterAll(() => {
  receiver.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => {
  receiver.forget();
});

const MESSAGE: NotifyMessage = {
  id: '20251122T030000.000-abcdef',
  title: 'dns1 was upgraded',
  text: 'dns/dns was never away\n',
  outcomes: ['changed'],
  document: { command: 'upgrade', exitCode: 0 },
};
const ANY = { number: 1, on: undefined, digestMinutes: undefined } as const;
const ntfy = (rest: Partial<NotifyTarget & { to: 'ntfy' }> = {}): NotifyTarget => ({
  to: 'ntfy',
  url: new Secret(`${base}/house`),
  token: undefined,
  priority: undefined,
  ...ANY,
  ...rest,
});
const webhook = (
  url = `${base}/hook?key=k1`,
  headers: Readonly<Record<string, string>> = {},
): NotifyTarget => ({
  to: 'webhook',
  url: new Secret(url),
  headers: new Map(Object.entries(headers).map(([name, value]) => [name, new Secret(value)])),
  ...ANY,
});
const command = (...argv: string[]): NotifyTarget => ({ to: 'command', argv, ...ANY });

async function tell(targets: readonly NotifyTarget[], message: Partial<NotifyMessage> = {}) {
  const pauses: number[] = [];
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  return { failures: await notify(targets, { ...MESSAGE, ...message }, { pause }), pauses };
}

describe('ntfy', () => {
  test.each<readonly [string, Partial<NotifyTarget & { to: 'ntfy' }>, Partial<NotifyMessage>, object]>([
    ['a message', {}, {}, { title: 'dns1 was upgraded', priority: '3', tags: 'white_check_mark' }],
    ['a failure', {}, { outcomes: ['failed'] }, { priority: '4', tags: 'rotating_light' }],
    [
      'a host that is lost',
      {},
      { outcomes: ['lost', 'drift'] },
      { priority: '4', tags: 'rotating_light,warning' },
    ],
    [
      'drift',
      {},
      { outcomes: ['drift', 'cleared', 'back'] },
      { priority: '3', tags: 'warning,white_check_mark' },
    ],
    ['a priority', { priority: 1 }, { outcomes: ['failed'] }, { priority: '1' }],
    ['a token', { token: new Secret('tk_1') }, {}, { authorization: 'Bearer tk_1' }],
    ['a title of two lines', {}, { title: 'a\r\nX-Evil: 1' }, { title: 'a X-Evil: 1' }],
    [
      'a title beyond ASCII',
      {},
      { title: 'Küche' },
      { title: `=?UTF-8?B?${Buffer.from('Küche').toString('base64')}?=` },
    ],
  ])('%s', async (_name, target, message, headers) => {
    expect(await tell([ntfy(target)], message)).toEqual({ failures: [], pauses: [] });
    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/house',
        body: MESSAGE.text,
        headers: expect.objectContaining(headers),
      },
    ]);
  });

  test('a long text is cut between characters', async () => {
    await tell([ntfy()], { text: 'ä'.repeat(4000) });
    expect(requests[0]?.body).toBe(`${'ä'.repeat(1950)}…`);
    await tell([ntfy()], { text: `x${'ä'.repeat(4000)}` });
    expect(requests[1]?.body).toBe(`x${'ä'.repeat(1949)}…`);
  });
});

describe('a webhook', () => {
  test('JSON, and headers', async () => {
    await tell([webhook(undefined, { 'X-Key': 'k2', 'Content-Type': 'application/x+json' })]);
    const [request] = requests;
    expect(request?.path).toBe('/hook?key=k1');
    expect(request?.headers).toMatchObject({ 'x-key': 'k2', 'content-type': 'application/x+json' });
    expect(JSON.parse(request?.body ?? '')).toEqual({ ...MESSAGE, outcome: 'changed' });
  });

  test('the id is the same in each attempt', async () => {
    statuses.push(500, 0);
    await tell([webhook()]);
    expect(requests.map(({ body }) => (JSON.parse(body) as NotifyMessage).id)).toEqual(
      [1, 2, 3].map(() => MESSAGE.id),
    );
  });

  test('an account in the address goes into a header', async () => {
    await tell([webhook(`${base.replace('//', '//me:p%40ss@')}/hook`)]);
    const account = Buffer.from('me:p@ss').toString('base64');
    expect(requests[0]?.headers).toMatchObject({ authorization: `Basic ${account}` });
  });
});

describe('a command', () => {
  const out = join(folder, 'out');

  test('reads the message, and learns the outcome', async () => {
    const program = `{ cat; printf %s "$HOMELAB_OUTCOME"; } >"$1"`;
    expect(await tell([command('sh', '-c', program, 'sh', out)])).toEqual({ failures: [], pauses: [] });
    expect(readFileSync(out, 'utf8')).toBe('dns1 was upgraded\n\ndns/dns was never away\n\nchanged');
  });

  test.each<readonly [string, readonly string[], string]>([
    ['it fails, and is run once', ['sh', '-c', 'exit 3'], 'it ended with exit code 3'],
    ['it is ended', ['sh', '-c', 'kill -9 $$'], 'it was ended by SIGKILL'],
    ['it is not there', ['/surely/not'], 'it could not be started (ENOENT)'],
  ])('%s', async (_name, argv, message) => {
    expect(await tell([command(...argv)])).toEqual({
      failures: [{ target: 'command, number 1 of notify', message }],
      pauses: [],
    });
  });

  test('one that does not read', async () => {
    expect((await tell([command('true')], { text: 'x'.repeat(1 << 20) })).failures).toEqual([]);
  });
});

describe('what fails', () => {
  test.each<readonly [string, readonly number[], number, string | undefined]>([
    ['a moment', [503], 2, undefined],
    ['too often', [429, 500, 429], 3, 'it answered with status 429'],
    ['connections that are cut', [0, 0], 3, undefined],
    ['it is not let in', [403], 1, 'it answered with status 403'],
    ['it is elsewhere', [301], 1, 'it answered with status 301'],
  ])('%s', async (_name, answers, times, message) => {
    statuses.push(...answers);
    const { failures, pauses } = await tell([ntfy()]);
    expect([requests.length, pauses]).toEqual([times, [1000, 5000].slice(0, times - 1)]);
    expect(failures).toEqual(message === undefined ? [] : [{ target: 'ntfy, number 1 of notify', message }]);
  });

  test.each<readonly [string, NotifyTarget, string]>([
    ['nobody is there', webhook('http://me:S3CRET@127.0.0.1:1/S3CRET'), 'it could not be reached'],
    ['no such name', webhook('http://S3CRET.invalid/S3CRET'), 'it could not be reached (E'],
    ['an account that cannot be read', webhook('http://S3CRET:%ff@127.0.0.1/'), 'it could not be reached'],
    [
      'a header that HTTP cannot hold',
      webhook('http://127.0.0.1:1/', { x: 'S3CRET\n' }),
      'it could not be reached',
    ],
  ])('%s: neither address nor header is told', async (_name, target, message) => {
    const { failures } = await tell([target]);
    expect(failures).toEqual([
      { target: 'webhook, number 1 of notify', message: expect.stringContaining(message) },
    ]);
    expect(JSON.stringify(failures)).not.toMatch(/s3cret/i);
  });

  test('a document that is no JSON fails its own target alone', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const { failures } = await tell([webhook(), ntfy()], { document: circle });
    expect(failures).toEqual([
      { target: 'webhook, number 1 of notify', message: 'the message could not be made' },
    ]);
    expect(requests).toHaveLength(1);
  });
});

test.each<readonly [NotifyTarget['on'], readonly string[]]>([
  [undefined, ['done', 'changed', 'failed']],
  [['drift', 'digest'], []],
  [['failed'], ['failed']],
  [['done'], ['done', 'changed']],
  [['changed'], ['changed']],
])('of %j', async (on, wanted) => {
  for (const outcome of ['done', 'changed', 'failed'] as const)
    await tell([ntfy({ on })], { outcomes: [outcome], title: outcome });
  expect(requests.map(({ headers }) => headers['title'])).toEqual(wanted);
});

test('secrets of the project are masked in every sort of message', async () => {
  registerSecret(new Secret('hunter2-hunter2'));
  const out = join(folder, 'masked');
  const words = 'it said hunter2-hunter2';
  await tell([ntfy(), webhook(), command('sh', '-c', 'cat >"$1"', 'sh', out)], {
    title: words,
    text: words,
    document: { words },
  });
  const sent = [...requests.map((request) => JSON.stringify(request)), readFileSync(out, 'utf8')];
  expect(sent).toHaveLength(3);
  for (const one of sent) {
    expect(one).toContain('it said ***');
    expect(one).not.toContain('hunter2');
  }
});
