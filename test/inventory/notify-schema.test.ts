import { describe, expect, test } from '@jest/globals';
import { HomelabErrors, toHomelabError } from '../../src/core/errors.js';
import { redact } from '../../src/core/redaction.js';
import { Sealed } from '../../src/core/sealed.js';
import { Secret } from '../../src/core/secret.js';
import { notifySchema } from '../../src/inventory/notify-schema.js';
import { openNotify } from '../../src/inventory/open-notify.js';
import { SecretOpener } from '../../src/secrets/secret-opener.js';

const SEALED = new Sealed(Buffer.from('age-encryption.org/v1'), { file: 'homelab.yml', line: 1, column: 1 });

/** Opens everything that is encrypted as this text. */
class OneSecret extends SecretOpener {
  readonly #text: string;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  override open(): Promise<Secret> {
    return Promise.resolve(new Secret(this.#text));
  }
}

const opened = async (written: unknown, text = 'https://open.lan/topic') =>
  openNotify(notifySchema.parse(written), new OneSecret(text));

describe('whom to tell', () => {
  test('nobody', async () => {
    expect(await openNotify(undefined, new OneSecret('x'))).toEqual([]);
  });

  test('one, or several, of every sort', async () => {
    expect(await opened({ ntfy: 'https://ntfy.lan/house' })).toEqual([
      {
        number: 1,
        to: 'ntfy',
        url: expect.any(Secret),
        token: undefined,
        priority: undefined,
        on: undefined,
        digestMinutes: undefined,
      },
    ]);
    const [ntfy, webhook, command] = await opened([
      { ntfy: SEALED, token: 'tk_abcdef', priority: 'urgent', on: ['failed'] },
      { webhook: 'https://user:pw@hooks.lan/x', headers: { 'X-Key': SEALED, 'X-Plain': 'a b' } },
      { command: ['mail', 'root'], on: ['done', 'changed'] },
    ]);
    if (ntfy?.to !== 'ntfy' || webhook?.to !== 'webhook') throw new Error('other sorts');
    expect([ntfy.url.reveal(), ntfy.token?.reveal(), ntfy.priority]).toEqual([
      'https://open.lan/topic',
      'tk_abcdef',
      5,
    ]);
    expect([...webhook.headers].map(([name, value]) => [name, value.reveal()])).toEqual([
      ['X-Key', 'https://open.lan/topic'],
      ['X-Plain', 'a b'],
    ]);
    expect(command).toEqual({
      number: 3,
      to: 'command',
      argv: ['mail', 'root'],
      on: ['done', 'changed'],
      digestMinutes: undefined,
    });
    expect(redact('tk_abcdef at https://user:pw@hooks.lan/x, a b')).toBe('*** at ***, a b');
  });

  test('chats', async () => {
    const [slack, discord, matrix] = await opened([
      { slack: 'https://hooks.slack.com/services/T0/B0/x', on: ['drift', 'lost'] },
      { discord: SEALED, digest: '00:05' },
      { matrix: 'https://matrix.lan/', room: '!abc:lan', token: SEALED, digest: '23:59', on: ['digest'] },
    ]);
    if (slack?.to !== 'slack' || discord?.to !== 'discord' || matrix?.to !== 'matrix')
      throw new Error('other sorts');
    expect([slack.url.reveal(), slack.on]).toEqual([
      'https://hooks.slack.com/services/T0/B0/x',
      ['drift', 'lost'],
    ]);
    expect([discord.url.reveal(), discord.digestMinutes]).toEqual(['https://open.lan/topic', 5]);
    expect([matrix.homeserver, matrix.room, matrix.token.reveal(), matrix.digestMinutes]).toEqual([
      'https://matrix.lan',
      '!abc:lan',
      'https://open.lan/topic',
      1439,
    ]);
  });

  test.each<readonly [string, object, object]>([
    ['by default', {}, { port: 587, tls: 'starttls', login: undefined }],
    ['TLS from the first byte', { tls: 'implicit' }, { port: 465, tls: 'implicit' }],
    ['a relay of the house', { tls: 'none' }, { port: 25, tls: 'none' }],
    ['a port', { port: 2525 }, { port: 2525 }],
    [
      'a login',
      { user: 'me', password: SEALED },
      { login: { user: new Secret('me'), password: expect.any(Secret) } },
    ],
  ])('mail, %s', async (_name, written, server) => {
    const email = ['me@house.lan', 'you@house.lan', 'me@house.lan'];
    const targets = await opened([{ email, from: 'homelab@house.lan', host: 'mail.lan', ...written }]);
    expect(targets).toEqual(
      ['me@house.lan', 'you@house.lan'].map((address) => ({
        to: 'email',
        number: 1,
        address,
        from: 'homelab@house.lan',
        server: expect.objectContaining({ host: 'mail.lan', ...server }),
        on: undefined,
        digestMinutes: undefined,
      })),
    );
  });

  test.each<readonly [string, object]>([
    ['a list in one', { email: 'a@x.lan,b@x.lan' }],
    ['a name', { email: 'Me <me@x.lan>' }],
    ['a header', { email: 'me@x.lan\r\nBcc: all@x.lan' }],
    ['quotes', { email: '"a b"@x.lan' }],
    ['no domain', { email: 'root' }],
    ['nobody', { email: [] }],
    ['a sender of two lines', { from: 'me@x.lan\nX: 1' }],
    ['a host that is none', { host: 'mail.lan:25' }],
    ['a half login', { user: 'me' }],
    ['a login without TLS', { user: 'me', password: 'pw', tls: 'none' }],
    ['a password of two lines', { user: 'me', password: 'a\nb' }],
    ['another mode', { tls: 'maybe' }],
    ['no certificate', { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' }],
    ['no PEM', { ca: '/etc/ssl/ca.pem' }],
  ])('mail with %s is refused', (_name, written) => {
    const sound = { email: 'me@x.lan', from: 'h@x.lan', host: 'mail.lan' };
    expect(notifySchema.safeParse(sound).success).toBe(true);
    expect(notifySchema.safeParse({ ...sound, ...written }).success).toBe(false);
  });

  test.each<readonly [string, unknown]>([
    ['nothing', []],
    ['no target', { on: ['failed'] }],
    ['two sorts in one', { ntfy: 'https://x.lan/a', webhook: 'https://x.lan/a' }],
    ['another sort', { pigeon: 'x' }],
    ['no address', { ntfy: 'ntfy.lan/house' }],
    ['another protocol', { webhook: 'file:///etc/passwd' }],
    ['an address of two lines', { webhook: 'https://x.lan/a\nb' }],
    ['a token of two lines', { ntfy: 'https://x.lan/a', token: 'a\r\nX-Evil: 1' }],
    ['a token with a blank at its end', { ntfy: 'https://x.lan/a', token: 'a ' }],
    ['a header of two lines', { webhook: 'https://x.lan/a', headers: { a: 'b\nc' } }],
    ['no name of a header', { webhook: 'https://x.lan/a', headers: { 'a b': 'c' } }],
    ['too urgent', { ntfy: 'https://x.lan/a', priority: 6 }],
    ['no such outcome', { ntfy: 'https://x.lan/a', on: ['sometimes'] }],
    ['no outcome', { ntfy: 'https://x.lan/a', on: [] }],
    ['no program', { command: [] }],
    ['no time of the day', { slack: 'https://x.lan/a', digest: '8:00' }],
    ['a time beyond the day', { slack: 'https://x.lan/a', digest: '24:00' }],
    ['a digest without a time', { slack: 'https://x.lan/a', on: ['digest'] }],
    ['a time for a digest that is not wanted', { slack: 'https://x.lan/a', on: ['drift'], digest: '08:00' }],
    ['a homeserver with a path', { matrix: 'https://x.lan/_matrix', room: '!a:x.lan', token: 't' }],
    ['a homeserver with an account', { matrix: 'https://a:b@x.lan', room: '!a:x.lan', token: 't' }],
    ['an alias of a room', { matrix: 'https://x.lan', room: '#a:x.lan', token: 't' }],
    ['a room without a token', { matrix: 'https://x.lan', room: '!a:x.lan' }],
  ])('%s is refused', (_name, written) => {
    expect(notifySchema.safeParse(written).success).toBe(false);
  });

  test('what is encrypted and no address shows when it is open, and is not told', async () => {
    const thrown: unknown = await opened([{ ntfy: SEALED }], 'no address').catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(HomelabErrors);
    const [error] = (thrown as HomelabErrors).errors.map(toHomelabError);
    expect(error).toMatchObject({ code: 'project/settings' });
    expect(error?.message).toContain('notify.0');
    expect(error?.message).not.toContain('no address');
  });
});
