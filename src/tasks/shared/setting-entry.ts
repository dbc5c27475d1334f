import type { Line } from './text-lines.js';

/** `ini`: `key=value` below `[section]` lines. `keyvalue`: `key=value`, `key: value` or `key value`, without sections. */
export type SettingFormat = 'ini' | 'keyvalue';

/** Which entries of a text are meant. */
export interface SettingName {
  readonly format: SettingFormat;
  readonly key: string;
  /** Undefined: what stands before the first section. */
  readonly section: string | undefined;
  /**
   * The rules of ssh_config(5) and sshd_config(5): the case of a key means nothing, the first value counts, and `Match`
   * and `Host` begin parts of their own.
   */
  readonly isSsh: boolean;
}

/** Some lines of a text: from the index `from` up to but without `to`. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/** One entry of a text: a line, and those that continue it after a backslash at its end. */
export interface Entry extends LineRange {
  /** What stands before the value: indentation, `export`, key, separator. */
  readonly head: string;
  readonly value: string;
}

/** Whether a line is empty or a comment. */
export function isBlankOrComment({ text }: Line): boolean {
  return /^\s*(?:[#;]|$)/.test(text);
}

/** The lines of a range, those that belong together in one range. */
export function logicalLines(lines: readonly Line[], { from, to }: LineRange): LineRange[] {
  const found: LineRange[] = [];
  for (let at = from; at < to; at = found.at(-1)?.to ?? to) {
    let end = at + 1;
    while (end < to && isContinued(lines[end - 1])) end += 1;
    found.push({ from: at, to: end });
  }
  return found;
}

/** Whether the next line belongs to this one: an odd number of backslashes at the end of what is no comment, systemd.syntax(7), sh(1). */
export function isContinued(line: Line | undefined): boolean {
  if (line === undefined || /^\s*[#;]/.test(line.text)) return false;
  return (/\\+$/.exec(line.text)?.[0].length ?? 0) % 2 === 1;
}

const SEPARATORS: Readonly<Record<SettingFormat, string>> = {
  ini: String.raw`\s*=\s*|\s*:\s+|\s*:?\s*$`,
  keyvalue: String.raw`\s*=\s*|\s*:\s+|\s+|\s*:?\s*$`,
};

function keyPattern({ key }: SettingName): string {
  return key.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);
}

/** The entries of a key in a range. */
export function entriesOf(lines: readonly Line[], name: SettingName, range: LineRange): Entry[] {
  const head = new RegExp(
    `^\\s*(?:export\\s+)?${keyPattern(name)}(?:${SEPARATORS[name.format]})`,
    name.isSsh ? 'i' : '',
  );
  return logicalLines(lines, range).flatMap((place) => {
    const texts = lines.slice(place.from, place.to).map(({ text }) => text);
    const found = head.exec(texts[0] ?? '')?.[0];
    if (found === undefined) return [];
    return [{ ...place, head: found, value: texts.join('\n').slice(found.length).trimEnd() }];
  });
}

/** The index of the last line in a range that has the key commented out (`#key=value`); -1 where none has. */
export function lastCommentedOut(lines: readonly Line[], name: SettingName, { from, to }: LineRange): number {
  // Without `=` it may as well be a sentence that begins with the key: one word after it is a value.
  const word = name.format === 'keyvalue' ? String.raw`|\s+\S+\s*$` : '';
  const pattern = new RegExp(
    String.raw`^\s*[#;]\s?${keyPattern(name)}(?:\s*=|\s*:\s${word})`,
    name.isSsh ? 'i' : '',
  );
  return lines.findLastIndex((line, index) => index >= from && index < to && pattern.test(line.text));
}

/** How neighbours write an entry: what is before the key, and what is between key and value. */
export interface EntryStyle {
  readonly indent: string;
  readonly separator: string;
}

const STYLES: Readonly<Record<SettingFormat, RegExp>> = {
  ini: /^(\s*)[^\s=:#;[](?:(?:[^=:]|:(?!\s))*[^\s=:])?(\s*=\s*|\s*:\s+)/,
  keyvalue: /^(\s*)(?:export\s+)?[^\s=:#;]+(\s*=\s*|\s*:\s+|\s+)\S/,
};

/**
 * The style of the last entry in a range; undefined where there is none. Where any entry has `=` or `:`, words with
 * spaces between them are none. Columns are not kept up: one space is enough.
 */
export function styleOf(
  lines: readonly Line[],
  format: SettingFormat,
  range: LineRange,
): EntryStyle | undefined {
  const styles = logicalLines(lines, range).flatMap((place) => {
    const [, indent, separator] = STYLES[format].exec(lines[place.from]?.text ?? '') ?? [];
    return indent === undefined || separator === undefined ? [] : [{ indent, separator }];
  });
  const last = styles.findLast(({ separator }) => separator.trim() !== '') ?? styles.at(-1);
  return last && { indent: last.indent, separator: last.separator.replaceAll(/(\s)\s+/g, '$1') };
}
