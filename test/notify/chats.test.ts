import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { NotifyMessage, NotifyTarget } from '../../src/core/notification.js';
import { forgetSecrets, registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { deliver } from '../../src/notify/deliver.js';
import { discordPost } from '../../src/notify/discord.js';
import { fit } from '../../src/notify/fit.js';
import { matrixPut } from '../../src/notify/matrix.js';
import { ping } from '../../src/notify/ping.js';
import { slackPost } from '../../src/notify/slack.js';
import { HttpReceiver } from './http-receiver.js';

const receiver = new HttpReceiver();
const { requests, statuses } = receiver;
let base: string;
const pause = async (): Promise<void> => undefined;

beforeAll(async () => {
  base = await receiver.open();
});
afterAll(() => receiver.close());
afterEach(() => {
  receiver.forget();
  forgetSecrets();
});

const MESSAGE: NotifyMessage = {
  id: 'a1',
  title: 'drift on web_1',
  text: 'web_1: /etc/motd changed on the host (content)\n',
  outcomes: ['drift'],
  document: {},
};
const ANY = { number: 1, on: undefined, digestMinutes: undefined } as const;
const slack = (url = base) => ({ to: 'slack', url: new Secret(url), ...ANY }) as const;
const discord = (url = base) => ({ to: 'discord', url: new Secret(url), ...ANY }) as const;
const matrix = (homeserver = base) =>
  ({ to: 'matrix', homeserver, room: '!a/b:lan', token: new Secret('syt_1'), ...ANY }) as const;

const bodyOf = ({ body }: { readonly body: string | undefined }) =>
  JSON.parse(body ?? '') as Record<string, unknown>;
const PARTED = '\u200b';

describe('slack and mattermost', () => {
  test('the title, and the text as a block', async () => {
    expect(await deliver(slack(`${base}/services/T0/x`), MESSAGE)).toBeUndefined();
    expect(requests).toEqual([
      {
        method: 'POST',
        path: '/services/T0/x',
        headers: expect.objectContaining({ 'content-type': 'application/json' }),
        body: JSON.stringify({
          text: `drift on web_${PARTED}1\n\`\`\`\nweb_1: /etc/motd changed on the host (content)\n\`\`\``,
        }),
      },
    ]);
  });

  test.each<readonly [string, string, string]>([
    ['a mention', '<!channel> & <@U1>', `&lt;!channel&gt; &amp; &lt;@${PARTED}U1&gt;`],
    ['a mention of Mattermost', '@all', `@${PARTED}all`],
    ['the end of the block', '```', `\`${PARTED}\`${PARTED}\`${PARTED}`],
    ['control characters', 'a\u001b[31m\0b', 'a[31mb'],
  ])('%s', (_name, text, written) => {
    expect(bodyOf(slackPost(slack(), { ...MESSAGE, title: 't', text }))).toEqual({
      text: `t\n\`\`\`\n${written}\n\`\`\``,
    });
  });
});

describe('discord', () => {
  test('nobody is mentioned, nothing is fetched', async () => {
    expect(await deliver(discord(), { ...MESSAGE, title: '@everyone *look* http://x' })).toBeUndefined();
    expect(requests.map(bodyOf)).toEqual([
      {
        content:
          '\\@everyone \\*look\\* http\\:\\/\\/x\n```\nweb_1: /etc/motd changed on the host (content)\n```',
        allowed_mentions: { parse: [] },
        flags: 4,
      },
    ]);
  });

  test('2000 characters at most', () => {
    const { content } = bodyOf(discordPost(discord(), { ...MESSAGE, text: '`ä'.repeat(2000) }));
    expect(String(content).length).toBeGreaterThan(1990);
    expect(String(content).length).toBeLessThanOrEqual(2000);
    expect(content).toMatch(/…\n```$/);
  });
});

describe('matrix', () => {
  test('a room, by a transaction that is the same in each attempt', async () => {
    statuses.push(502, 0);
    const text = 'web1: <b>"/etc/motd"</b> & more';
    expect(await deliver(matrix(), { ...MESSAGE, text }, { pause })).toBeUndefined();
    expect(requests).toEqual(
      [1, 2, 3].map(() => ({
        method: 'PUT',
        path: '/_matrix/client/v3/rooms/!a%2Fb%3Alan/send/m.room.message/homelab-a1',
        headers: expect.objectContaining({ authorization: 'Bearer syt_1' }),
        body: JSON.stringify({
          msgtype: 'm.text',
          body: `drift on web_1\n\n${text}`,
          format: 'org.matrix.custom.html',
          formatted_body:
            '<strong>drift on web_1</strong><pre><code>web1: &lt;b&gt;&quot;/etc/motd&quot;&lt;/b&gt; &amp; more</code></pre>',
          'm.mentions': {},
        }),
      })),
    );
  });
});

describe('whatever a text holds', () => {
  const anyText = fc.string({ unit: 'binary', maxLength: 300 }).map((text) => text.repeat(40));
  const words = fc.constantFrom('```', '@everyone', '<!channel>', '&', '\n', '…', "'", '"', '>', '@here');
  const message = fc.tuple(anyText, fc.array(words), anyText).map(([a, list, b]): NotifyMessage => ({
    ...MESSAGE,
    title: list.join('') + a,
    text: a + list.join('') + b,
  }));

  test('it stays in its block, without mentions, and short enough', () => {
    fc.assert(
      fc.property(message, (one) => {
        const slackText = String(bodyOf(slackPost(slack(), one))['text']);
        expect(slackText.length).toBeLessThan(4000);
        expect(slackText.match(/```/g)).toHaveLength(2);
        expect(slackText).not.toMatch(/[<>]|@(?!\u200b)|&(?!amp;|lt;|gt;)/);
        const content = String(bodyOf(discordPost(discord(), one))['content']);
        expect(content.length).toBeLessThanOrEqual(2000);
        expect(content.match(/```/g)).toHaveLength(2);
        const { formatted_body: html, body } = bodyOf(matrixPut(matrix(), one));
        expect(String(html).replaceAll(/<\/?(?:strong|pre|code)>/g, '')).not.toMatch(/[<>"']/);
        expect(Buffer.byteLength(JSON.stringify({ html, body }))).toBeLessThan(60_000);
      }),
      { numRuns: 60 },
    );
  });

  test('it is cut between characters, and never longer than it may be', () => {
    const escape = (character: string): string => (character === '<' ? '&lt;' : character);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, most) => {
        const plain = text.replaceAll(/(?!\n)\p{Cc}/gu, '');
        const whole = Array.from(plain, escape).join('');
        const written = fit(text, most, escape);
        expect(written.length).toBeLessThanOrEqual(most);
        expect(written).not.toMatch(/\p{Cs}/u);
        if (whole.length <= most) expect(written).toBe(whole);
        else {
          expect(written).toMatch(/…$/);
          expect(whole.startsWith(written.slice(0, -1))).toBe(true);
        }
      }),
    );
  });
});

describe('what fails', () => {
  test.each<readonly [string, () => NotifyTarget]>([
    ['slack', () => slack(`${base}/S3CRET`)],
    ['discord', () => discord(`${base}/S3CRET`)],
    ['matrix', () => matrix()],
  ])('%s is tried until it is taken, and not where it never will be', async (_name, target) => {
    statuses.push(500, 200);
    expect(await deliver(target(), MESSAGE, { pause })).toBeUndefined();
    expect(requests).toHaveLength(2);
    statuses.push(302);
    expect(await deliver(target(), MESSAGE, { pause })).toBe('it answered with status 302');
    statuses.push(404);
    expect(await deliver(target(), MESSAGE, { pause })).toBe('it answered with status 404');
    expect(requests).toHaveLength(4);
  });

  test('one that does not answer is given up', async () => {
    const never: typeof globalThis.fetch = () =>
      Promise.reject(Object.assign(new Error('S3CRET'), { name: 'TimeoutError' }));
    expect(await deliver(slack(), MESSAGE, { fetch: never, pause })).toBe('it did not answer within 10 s');
  });
});

describe('a ping', () => {
  test.each<readonly [string, readonly number[], number, string | undefined]>([
    ['it is heard', [], 1, undefined],
    ['it is heard later', [503, 0], 3, undefined],
    ['nobody hears it', [500, 500, 500], 3, 'it answered with status 500'],
    ['it is elsewhere', [301], 1, 'it answered with status 301'],
  ])('%s', async (_name, answers, times, said) => {
    statuses.push(...answers);
    expect(await ping(new Secret(`${base}/ping/uuid`), { pause })).toBe(said);
    expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual(
      Array.from({ length: times }, () => ['GET', '/ping/uuid', '']),
    );
  });
});

test('secrets of the project are masked in every chat', async () => {
  registerSecret(new Secret('hunter2<hunter2'));
  const words = 'it said hunter2<hunter2';
  for (const target of [slack(), discord(), matrix()])
    await deliver(target, { ...MESSAGE, title: words, text: words });
  expect(requests).toHaveLength(3);
  for (const { body } of requests) {
    expect(body).toContain('it said');
    expect(body).not.toContain('hunter2');
  }
});
