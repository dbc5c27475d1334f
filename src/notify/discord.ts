import type { NotifyMessage, NotifyTarget } from '../core/notification.js';
import { redact } from '../core/redaction.js';
import { fit, oneLine } from './fit.js';
import { postJson, type TellingRequest } from './request.js';

/** Of `content` (Discord's documentation, "Execute Webhook"). */
const MOST = 2000;
const MOST_TITLE = 250;
/** Around the text. */
const FENCE = '```';
/** SUPPRESS_EMBEDS of a message's flags: an address in it is not fetched and shown. */
const NO_PREVIEWS = 4;

/**
 * A message as a webhook of Discord takes it: the title, and the text as a block that shows characters as they are. Nobody is
 * mentioned.
 */
export function discordPost(
  { url }: NotifyTarget & { to: 'discord' },
  { title, text }: NotifyMessage,
): TellingRequest {
  const heading = fit(oneLine(redact(title)), MOST_TITLE, (character) =>
    /[!-/:-@[-`{-~]/.test(character) ? `\\${character}` : character,
  );
  const room = MOST - heading.length - 2 * FENCE.length - 3;
  const body = fit(redact(text).trimEnd(), room, (character) =>
    // A fence in the text would end the block.
    character === '`' ? '`\u200b' : character,
  );
  return postJson(url.reveal(), {
    content: `${heading}\n${FENCE}\n${body}\n${FENCE}`,
    allowed_mentions: { parse: [] },
    flags: NO_PREVIEWS,
  });
}
