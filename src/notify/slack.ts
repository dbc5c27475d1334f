import type { NotifyMessage, NotifyTarget } from '../core/notification.js';
import { redact } from '../core/redaction.js';
import { fit, oneLine } from './fit.js';
import { postJson, type TellingRequest } from './request.js';

/** Slack's advice for the text of a message is 4000; older versions of Mattermost take no more. */
const MOST_TEXT = 3700;
const MOST_TITLE = 250;
/** Invisible: what it parts is no word of a markup any more. */
const PARTED = '\u200b';

/**
 * A message as an incoming webhook of Slack takes it, and Mattermost's, which is made like it: the title, and the text as a block
 * that shows characters as they are. Nobody is mentioned, nothing becomes a link.
 */
export function slackPost(
  { url }: NotifyTarget & { to: 'slack' },
  { title, text }: NotifyMessage,
): TellingRequest {
  const heading = fit(oneLine(redact(title)), MOST_TITLE, (character) =>
    /[*_~`@#:|[\]]/.test(character) ? character + PARTED : entity(character),
  );
  const body = fit(redact(text).trimEnd(), MOST_TEXT, (character) =>
    // A fence in the text would end the block; an @ is a mention wherever Mattermost finds one.
    /[`@]/.test(character) ? character + PARTED : entity(character),
  );
  return postJson(url.reveal(), { text: `${heading}\n\`\`\`\n${body}\n\`\`\`` });
}

/** The three characters that Slack reads for itself (Slack's documentation, "Escaping text"). */
function entity(character: string): string {
  if (character === '&') return '&amp;';
  if (character === '<') return '&lt;';
  return character === '>' ? '&gt;' : character;
}
