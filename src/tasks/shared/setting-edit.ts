import type { EditedText } from './line-edit.js';
import {
  entriesOf,
  isBlankOrComment,
  isContinued,
  lastCommentedOut,
  styleOf,
  type Entry,
  type LineRange,
  type SettingName,
} from './setting-entry.js';
import { insertLines, joinLines, lineEndOf, splitLines, type Line } from './text-lines.js';

/** One entry that a file is to have once, or not to have. */
export interface SettingEdit extends SettingName {
  /** Undefined: no entry. */
  readonly value: string | undefined;
  /** Between key and value of a new entry; undefined: as the neighbours have it. */
  readonly separator: string | undefined;
}

const SECTION = /^\s*\[([^[\]]*)\]\s*(?:[#;].*)?$/;

/**
 * The text with the edit done; `found` is the value, several lines where there are several values, null where there is
 * none. What is said twice is said once: programs do not agree on which one counts. It is kept where the last one
 * stood, in files of ssh where the first one did.
 */
export function editSetting(text: string, edit: SettingEdit): EditedText {
  const { mark, lines } = splitLines(text);
  const ranges = rangesOf(lines, edit);
  const entries = ranges.flatMap((range) => entriesOf(lines, edit, range));
  const found = entries.length === 0 ? null : entries.map(({ value }) => value).join('\n');
  const { value } = edit;
  if (value === undefined ? found === null : entries.length === 1 && found === value) return { text, found };
  const kept = value === undefined ? undefined : edit.isSsh ? entries[0] : entries.at(-1);
  if (value !== undefined && kept === undefined)
    return { text: joinLines({ mark, lines: addEntry(lines, ranges, { ...edit, value }) }), found };
  const changed = entries.reduceRight<Line[]>(
    (all, entry) =>
      all.toSpliced(
        entry.from,
        entry.to - entry.from,
        ...(entry === kept ? [rewritten(all, entry, edit)] : []),
      ),
    [...lines],
  );
  return { text: joinLines({ mark, lines: changed }), found };
}

/** The entry with the wanted value, everything before the value as it was. */
function rewritten(lines: readonly Line[], { head, to }: Entry, edit: SettingEdit): Line {
  const { value = '', separator = edit.isSsh ? ' ' : '=' } = edit;
  const isBare = /[^\s=:]$/.test(head);
  const gap = isBare ? separator : head.endsWith(':') ? ' ' : '';
  const end = lines[to - 1]?.end ?? '';
  return { text: head + gap + value, end: end === '' ? lineEndOf(lines) : end };
}

/** Whether the text has sections, as an ini file has. */
export function hasSections(text: string): boolean {
  return splitLines(text).lines.some((line) => /^\s*\[[^[\]\s][^[\]]*\]\s*$/.test(line.text));
}

/** Where entries of this name may stand. A section may be there several times; one that is missing has no range. */
function rangesOf(lines: readonly Line[], { format, section, isSsh }: SettingName): LineRange[] {
  const isBreak = (line: Line): boolean =>
    format === 'ini' ? /^\s*\[/.test(line.text) : isSsh && /^\s*(?:match|host)[\s=]/i.test(line.text);
  const breaks = lines.flatMap((line, index) => (isBreak(line) ? [index] : []));
  const ends = [...breaks, lines.length];
  if (section === undefined) return [{ from: 0, to: ends[0] ?? 0 }];
  return breaks.flatMap((at, index) =>
    SECTION.exec(lines[at]?.text ?? '')?.[1]?.trim() === section
      ? [{ from: at + 1, to: ends[index + 1] ?? lines.length }]
      : [],
  );
}

function addEntry(
  lines: readonly Line[],
  ranges: readonly LineRange[],
  edit: SettingEdit & { readonly value: string },
): Line[] {
  const { format, section, key, value, isSsh } = edit;
  const range = ranges.at(-1);
  const style =
    (range && styleOf(lines, format, range)) ?? styleOf(lines, format, { from: 0, to: lines.length });
  const separator = edit.separator ?? style?.separator ?? (isSsh ? ' ' : '=');
  // Below another section's indentation a new section would look like a part of it.
  const indent = range === undefined ? '' : (styleOf(lines, format, range)?.indent ?? '');
  const entry = indent + key + separator + value;
  if (range === undefined) {
    const isAfterText = lines.length > 0 && lines.at(-1)?.text.trim() !== '';
    return insertLines(lines, lines.length, [...(isAfterText ? [''] : []), `[${section ?? ''}]`, entry]);
  }
  const at = placeIn(lines, range, edit);
  const isBeforeBreak = at === range.to && at < lines.length && section === undefined;
  // A line that goes on, and nothing follows: it is ended by an empty one.
  const ended = at > 0 && isContinued(lines[at - 1]) ? [''] : [];
  return insertLines(lines, at, [...ended, entry, ...(isBeforeBreak ? [''] : [])]);
}

/** Below the key commented out, else below the last entry of the range, else where it begins, or at the end of the text. */
function placeIn(lines: readonly Line[], range: LineRange, edit: SettingName): number {
  const commented = lastCommentedOut(lines, edit, range);
  if (commented !== -1) return commented + 1;
  if (range.to === lines.length && edit.section === undefined) return lines.length;
  const last = lines.findLastIndex(
    (line, index) => index >= range.from && index < range.to && !isBlankOrComment(line),
  );
  if (last !== -1) return last + 1;
  return edit.section === undefined ? range.to : range.from;
}
