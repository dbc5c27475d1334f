import type { NotifyMessage, NotifyTarget } from '../core/notification.js';
import { redact } from '../core/redaction.js';
import type { NotDelivered } from './attempts.js';
import { fit, oneLine } from './fit.js';
import { mailFailure } from './mail-failure.js';

/** For each wait of a conversation. */
const TIMEOUT_MS = 10_000;
/** For all of it: a server that answers a byte at a time ends, too. */
const LIMIT_MS = 60_000;
const MOST_SUBJECT = 250;
const MOST_TEXT = 500_000;

/**
 * Sends a mail of plain text by SMTP, its Message-ID being the message's own, so that a mailbox shows once what reached it twice.
 * TLS is never given up for less, and the server's certificate has to be right.
 */
export async function sendMail(
  target: NotifyTarget & { to: 'email' },
  { id, title, text }: NotifyMessage,
): Promise<NotDelivered | undefined> {
  const { createTransport } = await import('nodemailer');
  const { server, address, from } = target;
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    tls: {
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      ...(server.ca === undefined ? {} : { ca: server.ca }),
    },
    ...loginOf(target),
    dnsTimeout: TIMEOUT_MS,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const mail = {
    from: { name: 'homelab', address: from },
    to: address,
    subject: fit(oneLine(redact(title)), MOST_SUBJECT),
    text: fit(redact(text), MOST_TEXT),
    messageId: `<${id}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    // Nobody's holiday answers it (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
    signal: AbortSignal.timeout(LIMIT_MS),
  };
  try {
    await transport.sendMail(mail);
    return undefined;
  } catch (thrown) {
    return mailFailure(thrown);
  }
}

function loginOf({ server: { login } }: NotifyTarget & { to: 'email' }): object {
  if (login === undefined) return {};
  return { auth: { user: login.user.reveal(), pass: login.password.reveal() } };
}
