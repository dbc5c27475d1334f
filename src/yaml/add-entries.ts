import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isNode, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';
import { InternalError } from '../core/errors.js';
import { parseSource } from './parse-yaml.js';

/** Names and plain data, in the order they are to be written in. The names are new. */
export type NewEntries = readonly (readonly [name: string, value: Readonly<Record<string, unknown>>])[];

/** What is added to a file. */
export interface Addition {
  /** How errors name the file. */
  readonly displayPath: string;
  /** The mapping of the top level that it becomes part of. */
  readonly section: string;
  readonly entries: NewEntries;
}

/**
 * The text of a file with entries more at the end of a mapping of its top level, each in one line, `name: { … }`. Every
 * other byte stays, unless the whole file is written in braces. A mapping that is missing comes last.
 * @throws HomelabErrors `yaml/syntax`
 */
export function addEntries(text: string, addition: Addition): string {
  const { displayPath, section, entries } = addition;
  const before = valueOf(text, displayPath);
  const expected = { ...before, [section]: { ...inner(before, section), ...Object.fromEntries(entries) } };
  for (const way of [insertedLines, rewritten]) {
    const edited = way(text, addition);
    if (edited !== undefined && isDeepStrictEqual(valueOf(edited, displayPath), expected)) return edited;
  }
  throw new InternalError(`${displayPath} would not hold what is added to it`);
}

function valueOf(text: string, displayPath: string): Record<string, unknown> {
  const value: unknown = parseSource(text, displayPath, 'open').tree.toJS();
  return (value ?? {}) as Record<string, unknown>;
}

function inner(value: Readonly<Record<string, unknown>>, section: string): object {
  const found = value[section];
  return typeof found === 'object' && found !== null ? found : {};
}

/** The text with lines more; undefined where the mapping is written in a way that takes no lines. */
function insertedLines(text: string, { displayPath, section, entries }: Addition): string | undefined {
  const { tree, text: source } = parseSource(text, displayPath, 'open');
  const mark = text.slice(0, text.length - source.length);
  const root = tree.contents;
  if (root !== null && (!isMap(root) || root.flow === true)) return undefined;
  const pair = root?.items.find(({ key }) => isScalar(key) && key.value === section);
  if (pair === undefined) {
    const gap = source.trim() === '' ? '' : '\n';
    return mark + inserted(source, source.length, `${gap}${section}:\n${linesOf(entries, '  ')}`);
  }
  if (isMap(pair.value) && pair.value.flow === true) {
    const edited = insertedInBraces(source, pair.value, entries);
    return edited && mark + edited;
  }
  const place = placeIn(source, pair);
  return place && mark + inserted(source, place.at, linesOf(entries, place.indent));
}

/** Behind the last entry in braces, on lines of their own where that one has one. */
function insertedInBraces(source: string, { items }: YAMLMap, entries: NewEntries): string | undefined {
  const [last] = items.slice(-1);
  const start = isNode(last?.key) ? last.key.range?.[0] : undefined;
  // A value that is not written stands behind its colon all the same.
  const at = isNode(last?.value) ? last.value.range?.[1] : endOf(last);
  if (start === undefined || at === undefined) return undefined;
  const indent = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  const gap = /^ +$/.test(indent) ? `${source.includes('\r\n') ? '\r\n' : '\n'}${indent}` : ' ';
  const added = entries.map((entry) => `,${gap}${lineOf(entry).trimEnd()}`).join('');
  const edited = source.slice(0, at) + added + source.slice(at);
  return parseDocument(edited).errors.length === 0 ? edited : undefined;
}

/** Where lines go that become the last of a mapping, and how far in they begin. */
function placeIn(source: string, { key, value }: Pair): { at: number; indent: string } | undefined {
  const keyEnd = isNode(key) ? (key.range?.[1] ?? 0) : 0;
  if (value === null || (isScalar(value) && value.value === null && (value.source ?? '') === ''))
    return { at: endOfLine(source, keyEnd), indent: '  ' };
  if (!isMap(value) || value.flow === true) return undefined;
  const [first, last] = [value.items[0], value.items.at(-1)];
  const start = isNode(first?.key) ? first.key.range?.[0] : undefined;
  const end = endOf(last);
  if (start === undefined || end === undefined) return undefined;
  const indent = source.slice(source.lastIndexOf('\n', start - 1) + 1, start);
  return /^ *$/.test(indent) ? { at: endOfLine(source, end), indent } : undefined;
}

/** Where the last thing that is written of a pair ends, comments and empty lines left out. */
function endOf(pair: Pair | undefined): number | undefined {
  const { key, value } = pair ?? {};
  if (isMap(value) && value.flow !== true && value.items.length > 0) return endOf(value.items.at(-1));
  const isWritten = isNode(value) && (value.range?.[1] ?? 0) > (value.range?.[0] ?? 0);
  if (isWritten) return value.range?.[1];
  return isNode(key) ? key.range?.[1] : undefined;
}

/** Behind the line that holds the character before `offset`. */
function endOfLine(source: string, offset: number): number {
  const at = source.indexOf('\n', Math.max(0, source[offset - 1] === '\n' ? offset - 1 : offset));
  return at === -1 ? source.length : at + 1;
}

function inserted(source: string, at: number, lines: string): string {
  const isOpenLine = at > 0 && source[at - 1] !== '\n';
  const end = source.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines;
  return `${source.slice(0, at)}${isOpenLine ? '\n' : ''}${end}${source.slice(at)}`;
}

function linesOf(entries: NewEntries, indent: string): string {
  return entries.map((entry) => indent + lineOf(entry)).join('');
}

function lineOf([name, value]: NewEntries[number]): string {
  const document = new Document();
  const node = document.createNode(value);
  node.flow = true;
  document.set(name, node);
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** As the library writes the whole document: comments and order stay, spaces may not. */
function rewritten(text: string, { section, entries }: Addition): string {
  const document = parseDocument(text);
  for (const [name, value] of entries) {
    const node = document.createNode(value);
    node.flow = true;
    document.setIn([section, name], node);
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}
