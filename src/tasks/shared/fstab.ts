import { decodeMountWord } from '../../probes/mounts.js';

/** An entry of fstab(5) with its escapes undone. */
export interface FstabEntry {
  readonly source: string;
  readonly path: string;
  readonly type: string;
  readonly options: string;
  readonly dump: number;
  readonly pass: number;
}

interface Line {
  /** With its line end. */
  readonly text: string;
  readonly entry: FstabEntry | undefined;
}

function parse(text: string): Line[] {
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => ({ text: line, entry: parseLine(line) }));
}

function parseLine(line: string): FstabEntry | undefined {
  const words = line.trim().split(/[ \t\r]+/);
  const [source = '', path, type, options = 'defaults', dump = '0', pass = '0'] = words.map(decodeMountWord);
  if (line.trimStart().startsWith('#') || path === undefined || type === undefined) return undefined;
  return {
    source,
    path: path.length > 1 ? path.replace(/\/+$/, '') : path,
    type,
    options,
    dump: Number(dump),
    pass: Number(pass),
  };
}

/**
 * A word as fstab(5) takes it: what would end it or begin an escape as three octal digits. A `#` would begin a comment
 * at the start of a line.
 */
function encode(word: string): string {
  return word.replaceAll(/[ \t\\]|^#/g, (character) => {
    const octal = character.charCodeAt(0).toString(8).padStart(3, '0');
    return `\\${octal}`;
  });
}

/** The entry as its line, without the line end. Entries are equal when this is. */
export function fstabLine({ source, path, type, options, dump, pass }: FstabEntry): string {
  return [encode(source), encode(path), type, encode(options), dump, pass].join(' ');
}

/** The entries of `path` as lines in one spelling, joined by newlines; null where there is none. More than one is one too many. */
export function fstabLinesOf(text: string, path: string): string | null {
  const own = parse(text).flatMap(({ entry }) => (entry?.path === path ? [fstabLine(entry)] : []));
  return own.length === 0 ? null : own.join('\n');
}

/** The entries of `path`, in their order. */
export function fstabEntriesOf(text: string, path: string): FstabEntry[] {
  return parse(text).flatMap(({ entry }) => (entry?.path === path ? [entry] : []));
}

/**
 * The text with `entry` as the only one of its path: where the first was; else before whatever is mounted below it, since
 * what comes after that would hide it; else at the end. Every other line stays byte for byte.
 */
export function putFstabEntry(text: string, entry: FstabEntry): string {
  const lines = parse(text);
  const first = lines.findIndex((line) => line.entry?.path === entry.path);
  const own = `${fstabLine(entry)}\n`;
  if (first === -1) {
    const below = lines.findIndex((line) => line.entry !== undefined && isBelow(line.entry.path, entry.path));
    if (below !== -1) return lines.map(({ text: line }, at) => (at === below ? own + line : line)).join('');
    return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${own}`;
  }
  return lines
    .map((line, index) => (index === first ? own : line.entry?.path === entry.path ? '' : line.text))
    .join('');
}

/** The text without any entry of `path`. */
export function dropFstabEntry(text: string, path: string): string {
  return parse(text)
    .filter(({ entry }) => entry?.path !== path)
    .map((line) => line.text)
    .join('');
}

function isBelow(path: string, folder: string): boolean {
  return folder !== '/' && path.startsWith(`${folder}/`);
}
