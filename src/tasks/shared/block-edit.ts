import { insertionIndex, type Anchor } from './line-pattern.js';
import { insertLines, joinLines, splitLines, type Line } from './text-lines.js';

/** The two lines that a block stands between. */
export interface BlockMarkers {
  readonly begin: string;
  readonly end: string;
}

/**
 * The markers of the block `id`. `comment` is what begins a comment line (`#`), or what begins and what ends it with a
 * space between them (`<!-- -->`).
 */
export function blockMarkers(id: string, comment: string): BlockMarkers {
  const [open = '', close = ''] = comment.split(' ');
  const marker = (word: string): string => `${open} ${word} homelab ${id}${close === '' ? '' : ` ${close}`}`;
  return { begin: marker('BEGIN'), end: marker('END') };
}

/** The lines of a block's content, whatever ends them. The newline at its end may be left out. */
export function contentLines(content: string): string[] {
  const lines = content.split('\n').map((line) => line.replace(/\r+$/, ''));
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** What a text has of a block. */
export type FoundBlock =
  | { readonly is: 'missing' }
  /** `content`: the lines between the markers, each ended by a newline, whatever ends them in the text. */
  | { readonly is: 'present'; readonly content: string }
  /** `why`: the markers are not one pair, in words. */
  | { readonly is: 'damaged'; readonly why: string };

/** Looks for a block. Only one pair of markers in the right order is one: nothing is guessed about where it ends. */
export function findBlock(text: string, markers: BlockMarkers): FoundBlock {
  const { lines } = splitLines(text);
  const place = placesOf(lines, markers);
  if (place === undefined) return { is: 'missing' };
  if (typeof place === 'string') return { is: 'damaged', why: place };
  const inside = lines.slice(place.begin + 1, place.end);
  return { is: 'present', content: inside.map((line) => `${line.text}\n`).join('') };
}

/** Indexes as a person counts lines. */
function at(indexes: readonly number[]): string {
  return indexes.map((index) => `line ${index + 1}`).join(', ');
}

/** Indexes of the marker lines; a text says what is wrong with them; undefined: there are none. */
function placesOf(
  lines: readonly Line[],
  markers: BlockMarkers,
): { readonly begin: number; readonly end: number } | string | undefined {
  const indexes = (marker: string): number[] =>
    lines.flatMap((line, index) => (line.text === marker ? [index] : []));
  const begins = indexes(markers.begin);
  const ends = indexes(markers.end);
  const [begin] = begins;
  const [end] = ends;
  if (begin === undefined && end === undefined) return undefined;
  if (begins.length > 1) return `\`${markers.begin}\` is there ${begins.length} times: ${at(begins)}`;
  if (ends.length > 1) return `\`${markers.end}\` is there ${ends.length} times: ${at(ends)}`;
  if (begin === undefined) return `\`${markers.end}\` (${at(ends)}) has no \`${markers.begin}\` before it`;
  if (end === undefined || end < begin)
    return `\`${markers.begin}\` (${at(begins)}) has no \`${markers.end}\` after it`;
  return { begin, end };
}

/**
 * The text with the block holding `content`: where it is, else at the anchor. Undefined: without it. Line ends are
 * those of the block that is there, else of the text. Damaged markers are not for this function: nothing is changed.
 */
export function editBlock(
  text: string,
  markers: BlockMarkers,
  change: Anchor & { readonly content: string | undefined },
): string {
  const { mark, lines } = splitLines(text);
  const place = placesOf(lines, markers);
  if (typeof place === 'string') return text;
  const { content } = change;
  const block = content === undefined ? [] : [markers.begin, ...contentLines(content), markers.end];
  if (place === undefined) {
    if (block.length === 0) return text;
    // A new text takes the line ends of what it is to hold.
    const isWindows = lines.length === 0 && /^[^\n]*\r\n/.test(content ?? '');
    const added = insertLines(lines, insertionIndex(lines, change), block);
    return joinLines({ mark, lines: isWindows ? added.map((line) => ({ ...line, end: '\r\n' })) : added });
  }
  const end = lines[place.begin]?.end ?? '\n';
  const put = block.map((line) => ({ text: line, end }));
  return joinLines({ mark, lines: lines.toSpliced(place.begin, place.end - place.begin + 1, ...put) });
}
