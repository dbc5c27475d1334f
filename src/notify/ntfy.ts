import type { NotifyMessage, NotifyOutcome, NotifyTarget } from '../core/notification.js';
import { redact } from '../core/redaction.js';
import type { TellingRequest } from './request.js';

/** A longer message would become a file that is attached (ntfy's documentation, "Limitations"). */
const MOST_BYTES = 3900;

const USUAL_PRIORITY = 3;
const URGENT: readonly NotifyOutcome[] = ['failed', 'lost'];
const URGENT_PRIORITY = 4;
/** ntfy shows these words as pictures. */
const TAGS: Readonly<Record<NotifyOutcome, string>> = {
  done: 'white_check_mark',
  changed: 'white_check_mark',
  failed: 'rotating_light',
  drift: 'warning',
  cleared: 'white_check_mark',
  lost: 'rotating_light',
  back: 'white_check_mark',
  digest: 'clipboard',
};

/** A message as ntfy takes it: text as it is, the rest in headers. */
export function ntfyPost(
  { url, token, priority }: NotifyTarget & { to: 'ntfy' },
  { title, text, outcomes }: NotifyMessage,
): TellingRequest {
  const isUrgent = outcomes.some((outcome) => URGENT.includes(outcome));
  return {
    method: 'POST',
    url: url.reveal(),
    headers: {
      title: headerText(redact(title)),
      priority: String(priority ?? (isUrgent ? URGENT_PRIORITY : USUAL_PRIORITY)),
      tags: [...new Set(outcomes.map((outcome) => TAGS[outcome]))].join(','),
      ...(token === undefined ? {} : { authorization: `Bearer ${token.reveal()}` }),
    },
    body: cut(redact(text)),
  };
}

/** One line; what ASCII does not have as an encoded word (RFC 2047), which ntfy reads. */
function headerText(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  return /^[\x20-\x7e]*$/.test(line) ? line : `=?UTF-8?B?${Buffer.from(line).toString('base64')}?=`;
}

function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_BYTES) return text;
  // A character that was cut in two becomes one that nobody can read: it goes.
  return `${bytes
    .subarray(0, MOST_BYTES)
    .toString('utf8')
    .replace(/\uFFFD$/, '')}…`;
}
