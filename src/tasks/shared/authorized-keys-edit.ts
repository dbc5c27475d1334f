import { keyLine, keyText, parseKey, type AuthorizedKey } from './public-key.js';
import { insertLines, joinLines, splitLines } from './text-lines.js';

/** Keys that a file is to have, or not to have. */
export interface KeysEdit {
  readonly keys: readonly AuthorizedKey[];
  /** Whether keys that are not named go. */
  readonly isExclusive: boolean;
  readonly state: 'present' | 'absent';
}

/** The key of a line; `other` for what sshd would not take for one; undefined for a comment and an empty line. */
function keyOf(text: string): AuthorizedKey | 'other' | undefined {
  if (/^\s*(?:#|$)/.test(text)) return undefined;
  const key = parseKey(text);
  return typeof key === 'string' ? 'other' : key;
}

/**
 * What a file lets in: fingerprint to {@link keyText}, with a line for each time where a key is there several times, and
 * `line N` to `unreadable` for what is no key.
 */
export function findKeys(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [index, line] of splitLines(text).lines.entries()) {
    const key = keyOf(line.text);
    if (key === undefined) continue;
    if (key === 'other') {
      found.set(`line ${index + 1}`, 'unreadable');
      continue;
    }
    const before = found.get(key.fingerprint);
    found.set(key.fingerprint, before === undefined ? keyText(key) : `${before}\n${keyText(key)}`);
  }
  return found;
}

/** The text with the edit done. A key stays where it first stood, is there once, and new ones come last. Comments stay. */
export function editKeys(text: string, { keys, isExclusive, state }: KeysEdit): string {
  const { mark, lines } = splitLines(text);
  const placed = new Set<string>();
  const kept = lines.flatMap((line) => {
    const key = keyOf(line.text);
    if (key === undefined) return [line];
    const wanted =
      key === 'other' ? undefined : keys.find(({ fingerprint }) => fingerprint === key.fingerprint);
    if (wanted === undefined || key === 'other') return isExclusive ? [] : [line];
    if (state === 'absent' || placed.has(wanted.fingerprint)) return [];
    placed.add(wanted.fingerprint);
    return keyText(key) === keyText(wanted) ? [line] : [{ ...line, text: keyLine(wanted) }];
  });
  const missing = keys.filter(({ fingerprint }) => !placed.has(fingerprint));
  if (state === 'absent' || missing.length === 0) return joinLines({ mark, lines: kept });
  return joinLines({ mark, lines: insertLines(kept, kept.length, missing.map(keyLine)) });
}
