import { afterEach, describe, expect, test } from '@jest/globals';
import type { MailServer, NotifyMessage, NotifyTarget } from '../../src/core/notification.js';
import { forgetSecrets, registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { deliver } from '../../src/notify/deliver.js';
import { MailReceiver, selfSigned } from './mail-receiver.js';

const MESSAGE: NotifyMessage = {
  id: 'b2',
  title: 'drift on web1',
  text: 'web1: /etc/motd changed on the host (content)\n.\n..\nend\n',
  outcomes: ['drift'],
  document: {},
};
const certificate = selfSigned('localhost');
const ofAnother = selfSigned('other.test');
const login = { user: new Secret('me'), password: new Secret('p:w') };
const open: MailReceiver[] = [];

afterEach(() => {
  for (const receiver of open.splice(0)) receiver.close();
  forgetSecrets();
});

async function receive(
  options: ConstructorParameters<typeof MailReceiver>[0],
  server: Partial<MailServer> = {},
): Promise<{ receiver: MailReceiver; target: NotifyTarget }> {
  const receiver = new MailReceiver(options);
  open.push(receiver);
  const port = await receiver.open();
  const target = {
    to: 'email',
    number: 1,
    on: undefined,
    digestMinutes: undefined,
    address: 'me@house.test',
    from: 'homelab@house.test',
    server: { host: 'localhost', port, tls: 'none', login: undefined, ca: undefined, ...server },
  } as const;
  return { receiver, target };
}

async function tell(target: NotifyTarget, message: Partial<NotifyMessage> = {}) {
  const pauses: number[] = [];
  const pause = async (ms: number): Promise<void> => void pauses.push(ms);
  return { said: await deliver(target, { ...MESSAGE, ...message }, { pause }), pauses };
}

const headersOf = (data: string | undefined): string => (data ?? '').split('\n\n')[0] ?? '';

describe('a mail is taken', () => {
  test.each<readonly [string, ConstructorParameters<typeof MailReceiver>[0], Partial<MailServer>, object]>([
    ['without TLS', {}, {}, { isEncrypted: false, login: undefined }],
    [
      'after STARTTLS, with a login',
      { certificate, account: 'me:p:w' },
      { tls: 'starttls', ca: certificate.cert, login },
      { isEncrypted: true },
    ],
    [
      'by TLS from the first byte',
      { certificate, isImplicit: true },
      { tls: 'implicit', ca: certificate.cert },
      { isEncrypted: true },
    ],
  ])('%s', async (_name, options, server, how) => {
    const { receiver, target } = await receive(options, server);
    expect(await tell(target)).toEqual({ said: undefined, pauses: [] });
    expect(receiver.mails).toEqual([
      expect.objectContaining({ from: 'homelab@house.test', to: ['me@house.test'], ...how }),
    ]);
    const data = receiver.mails[0]?.data;
    expect(headersOf(data)).toMatch(/^From: homelab <homelab@house.test>$/m);
    expect(headersOf(data)).toMatch(/^To: me@house.test$/m);
    expect(headersOf(data)).toMatch(/^Subject: drift on web1$/m);
    expect(headersOf(data)).toMatch(/^Message-ID: <b2@house.test>$/m);
    expect(headersOf(data)).toMatch(/^Auto-Submitted: auto-generated$/m);
    expect(data?.slice(headersOf(data).length + 2)).toBe(MESSAGE.text.trimEnd());
  });

  test('a title adds no header', async () => {
    const { receiver, target } = await receive({});
    await tell(target, { title: 'a\r\nBcc: all@house.test\r\n\r\nbody' });
    expect(receiver.mails.map(({ to }) => to)).toEqual([['me@house.test']]);
    expect(headersOf(receiver.mails[0]?.data)).toMatch(/^Subject: a Bcc: all@house.test body$/m);
  });

  test('secrets of the project are masked', async () => {
    registerSecret(new Secret('hunter2-hunter2'));
    const { receiver, target } = await receive({});
    await tell(target, { title: 'hunter2-hunter2', text: 'hunter2-hunter2' });
    expect(receiver.mails[0]?.data).toContain('Subject: ***');
    expect(receiver.mails[0]?.data).not.toContain('hunter2');
  });

  test.each<readonly [string, [string, string][], number]>([
    ['a server that is busy', [['MAIL', '451 later']], 1],
    ['a connection that is cut', [['DATA', '']], 1],
    ['twice, where its answer is lost, by the same Message-ID', [['.', '']], 2],
  ])('after %s', async (_name, faults, times) => {
    const { receiver, target } = await receive({});
    receiver.faults.push(...faults);
    expect(await tell(target)).toEqual({ said: undefined, pauses: [1000] });
    const ids = receiver.mails.map(({ data }) => /^Message-ID: (.*)$/m.exec(data)?.[1]);
    expect(ids).toEqual(Array.from({ length: times }, () => '<b2@house.test>'));
  });
});

describe('a mail is not taken', () => {
  test.each<
    readonly [
      string,
      ConstructorParameters<typeof MailReceiver>[0],
      Partial<MailServer>,
      [string, string][],
      string,
    ]
  >([
    ['without STARTTLS', {}, { tls: 'starttls' }, [], 'TLS could not be begun'],
    [
      'where STARTTLS is refused',
      { certificate },
      { tls: 'starttls', ca: certificate.cert },
      [['STARTTLS', '502 S3CRET']],
      'TLS could not be begun',
    ],
    [
      'where the certificate is not trusted',
      { certificate },
      { tls: 'starttls' },
      [],
      'its certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    [
      'where the certificate is of another name',
      { certificate: ofAnother, isImplicit: true },
      { tls: 'implicit', ca: ofAnother.cert },
      [],
      'its certificate is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      'with a wrong login',
      { certificate, account: 'me:other' },
      { tls: 'starttls', ca: certificate.cert, login },
      [],
      'it refused the login (535)',
    ],
    ['where the address is refused', {}, {}, [['RCPT', '550 S3CRET']], 'it answered with 550'],
    ['where the mail is refused', {}, {}, [['.', '554 S3CRET']], 'it answered with 554'],
  ])('%s', async (_name, options, server, faults, expected) => {
    const { receiver, target } = await receive(options, server);
    receiver.faults.push(...faults);
    const { said, pauses } = await tell(target);
    expect(said).toContain(expected);
    expect(said).not.toContain('S3CRET');
    expect(pauses).toEqual([]);
    // Nothing of it was seen before TLS was there.
    if (server.tls === 'starttls') expect(receiver.lines.join()).not.toContain('MAIL');
  });

  test('while nobody is there: it is tried three times', async () => {
    const { receiver, target } = await receive({});
    receiver.close();
    const { said, pauses } = await tell(target);
    expect(said).toBe('it could not be reached (ECONNREFUSED)');
    expect(pauses).toEqual([1000, 5000]);
  });
});
