import type { NotifyMessage, NotifyTarget } from '../core/notification.js';
import { redact } from '../core/redaction.js';
import type { TellingRequest } from './request.js';

/** A message as JSON: `id`, `title`, `text`, `outcome` (the weightiest), `outcomes`, `document`. */
export function webhookPost(
  { url, headers }: NotifyTarget & { to: 'webhook' },
  { id, title, text, outcomes, document }: NotifyMessage,
): TellingRequest {
  return {
    method: 'POST',
    url: url.reveal(),
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value.reveal()])),
    },
    body: redact(JSON.stringify({ id, title, text, outcome: outcomes[0], outcomes, document })),
  };
}
