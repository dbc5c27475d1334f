/** More than this are counted. */
export const MOST_NAMES = 3;

/** Names as a person says them: `a`, `a and b`, `a, b and c`, `a, b and 4 more`. Empty for none. `count`: how many there are in truth. */
export function nameList(names: readonly string[], count = names.length): string {
  const shown = count > MOST_NAMES ? names.slice(0, MOST_NAMES - 1) : names;
  const rest = count - shown.length;
  const words = rest > 0 ? [...shown, `${rest} more`] : shown;
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** A small number in words, as sentences have it. */
export function countWord(count: number): string {
  return ['none', 'one', 'two', 'three'][count] ?? String(count);
}
