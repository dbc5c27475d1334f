import { redact } from '../core/redaction.js';

/**
 * What a terminal would obey or hide instead of showing: C0 but `\n` and `\t`, DEL and C1 (ECMA-48), line and paragraph
 * separators, bidi controls (UAX #9, "Trojan Source"), invisible format characters, tags, and lone surrogates.
 */
const UNSAFE =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu;

/** The same set inside serialised JSON, where `JSON.stringify` has escaped C0 and lone surrogates already. */
const UNSAFE_IN_JSON =
  /[\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return '\\n';
  if (code === 0x09) return '\\t';
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\u{${code.toString(16)}}`;
}

/**
 * `text` as it may go to a terminal: everything a terminal would act upon or hide is written as an escape (`\x1b`,
 * `\u202e`). `\n` and `\t` stay. For anything that came from a host. Secrets of the project that got into it are masked.
 */
export function visible(text: string): string {
  return redact(text).replace(UNSAFE, escapeCharacter);
}

/** As {@link visible}, on one line: `\n` and `\t` are written as escapes too. For names, values and titles. */
export function visibleLine(text: string): string {
  return visible(text).replace(/[\n\t]/g, escapeCharacter);
}

/**
 * `value` as JSON that says the same to a program and does nothing to a terminal: what {@link visible} would escape is
 * a `\uXXXX` escape (RFC 8259, 7), and secrets of the project are masked in its texts. `indent` as in `JSON.stringify`.
 */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, masked, indent).replace(UNSAFE_IN_JSON, (character) =>
    Array.from({ length: character.length }, (_, index) => character.charCodeAt(index))
      .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** Keys whose values are words of ours that programs go by: a password that is such a word must not change them. */
const WORDED_KEYS = ['code', 'command', 'kind', 'status', 'type'];
const WORD = /^[a-z][a-z_/-]*$/;

/** A replacer of `JSON.stringify`. Keys stay, and so do the words that programs go by. */
function masked(key: string, part: unknown): unknown {
  if (typeof part !== 'string' || (WORDED_KEYS.includes(key) && WORD.test(part))) return part;
  return redact(part);
}
