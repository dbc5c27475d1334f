import { InternalError } from '../../core/errors.js';

/** What stands in a unit without quotes: no space, no quote, backslash, specifier or comment. */
const PLAIN = /^[A-Za-z0-9_@:+,./=-]+$/;

/**
 * One word of a unit's setting that is split into words (systemd.syntax(7), QUOTING; systemd.unit(5), SPECIFIERS), which
 * comes to exactly `word`. Of ExecStart= it holds where the prefix `:` keeps variables from being replaced.
 */
export function unitWord(word: string): string {
  if (PLAIN.test(word)) return word;
  return `"${escapeSpecifiers(word)
    .replaceAll(/[\\"]/g, String.raw`\$&`)
    .replaceAll(/\p{Cc}/gu, escapeControl)}"`;
}

/** Words, each as {@link unitWord}. */
export function unitWords(words: readonly string[]): string {
  return words.map(unitWord).join(' ');
}

/**
 * The text of a setting that is not split (a description, the path of LoadCredential=).
 * @throws InternalError where a line cannot hold it
 */
export function unitText(text: string): string {
  if (/\p{Cc}/u.test(text) || text.trim() !== text || text.endsWith('\\'))
    throw new InternalError(`A line of a unit cannot hold ${JSON.stringify(text)}`);
  return escapeSpecifiers(text);
}

const escapeSpecifiers = (text: string): string => text.replaceAll('%', '%%');

function escapeControl(character: string): string {
  const bytes = [...Buffer.from(character)];
  if (bytes.includes(0)) throw new InternalError('A word of a unit holds a NUL character');
  return bytes.map((byte) => String.raw`\x${byte.toString(16).padStart(2, '0')}`).join('');
}
