import type { NotifyMessage, NotifyTarget } from '../core/notification.js';
import { htmlText } from '../core/html-text.js';
import { redact } from '../core/redaction.js';
import { fit, oneLine } from './fit.js';
import type { TellingRequest } from './request.js';

/** An event has 65536 bytes at most (Matrix specification, "Size limits"); the text is in it twice, once escaped. */
const MOST_TEXT = 6000;
const MOST_TITLE = 250;

/**
 * A message for a room of Matrix (client-server API, `PUT …/rooms/{roomId}/send/{eventType}/{txnId}`). The transaction id is the
 * message's own, so that a server shows once what reached it twice. Nobody is mentioned.
 */
export function matrixPut(
  { homeserver, room, token }: NotifyTarget & { to: 'matrix' },
  message: NotifyMessage,
): TellingRequest {
  const title = fit(oneLine(redact(message.title)), MOST_TITLE);
  const text = fit(redact(message.text).trimEnd(), MOST_TEXT);
  const event = ['rooms', room, 'send', 'm.room.message', `homelab-${message.id}`].map(encodeURIComponent);
  return {
    method: 'PUT',
    url: `${homeserver}/_matrix/client/v3/${event.join('/')}`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token.reveal()}` },
    body: JSON.stringify({
      msgtype: 'm.text',
      body: `${title}\n\n${text}`,
      format: 'org.matrix.custom.html',
      formatted_body: `<strong>${htmlText(title)}</strong><pre><code>${htmlText(text)}</code></pre>`,
      'm.mentions': {},
    }),
  };
}
