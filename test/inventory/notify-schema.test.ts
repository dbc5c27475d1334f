import { describe, expect, test } from '@jest/globals';
import { HomelabErrors, toHomelabError } from '../../src/core/errors.js';
import { redact } from '../../src/core/redaction.js';
import { Sealed } from '../../src/core/sealed.js';
import { Secret } from '../../src/core/secret.js';
import { notifySchema, openNotify } from '../../src/inventory/notify-schema.js';
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
      { to: 'ntfy', url: expect.any(Secret), token: undefined, priority: undefined, on: undefined },
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
    expect(command).toEqual({ to: 'command', argv: ['mail', 'root'], on: ['done', 'changed'] });
    expect(redact('tk_abcdef at https://user:pw@hooks.lan/x, a b')).toBe('*** at ***, a b');
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
