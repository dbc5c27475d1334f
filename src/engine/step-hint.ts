import { posix } from 'node:path';
import type { Item } from '../core/item.js';
import { quoteAll } from '../core/quote.js';
import { touchesOf } from './touches.js';

/** What the C locale says for EPERM (errno(3)): steps run in it. */
const NOT_PERMITTED = /\bOperation not permitted\b/;
const FILE = 'path:';

/**
 * What to do about a step that failed; undefined: what it printed has to be enough. Even root may not change what is immutable or
 * append-only (chattr(1)), and nothing that the kernel then says tells so.
 * @param printed all of it; it is searched, and not repeated
 */
export function stepHint(item: Item, printed: string): string | undefined {
  const hidden = item.sensitive
    ? 'Its command and output are hidden because the item is sensitive.'
    : undefined;
  const refused = NOT_PERMITTED.test(printed) ? immutableHint(item) : undefined;
  return [hidden, refused].filter((one) => one !== undefined).join(' ') || undefined;
}

/** Undefined: the item is about no file. */
function immutableHint(item: Item): string | undefined {
  const [subject] = touchesOf(item) ?? [];
  if (subject?.startsWith(`${FILE}/`) !== true) return undefined;
  const path = subject.slice(FILE.length);
  const places = [...new Set([path, posix.dirname(path)])];
  return (
    `Somebody may have made it, or its folder, immutable: \`lsattr -d ${quoteAll(places)}\` on the host shows an i or an a ` +
    'where that is so, and `chattr -i -a PATH` takes it away.'
  );
}
