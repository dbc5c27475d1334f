import type { NotifyMessage, NotifyTarget } from '../core/notification.js';
import { redact } from '../core/redaction.js';
import type { Post } from './post.js';

/** A message as JSON: `title`, `text`, `outcome`, `document`. */
export function webhookPost(
  { url, headers }: NotifyTarget & { to: 'webhook' },
  message: NotifyMessage,
): Post {
  const { title, text, outcome, document } = message;
  return {
    url,
    headers: {
      'content-type': 'application/json',
      ...Object.fromEntries([...headers].map(([name, value]) => [name.toLowerCase(), value.reveal()])),
    },
    body: redact(JSON.stringify({ title, text, outcome, document })),
  };
}
