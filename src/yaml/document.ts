import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  visit,
} from 'yaml';
import type { SourcePosition } from '../core/errors.js';
import { Sealed } from '../core/sealed.js';
import { isVerbatim, textPosition } from './text-position.js';

/** The tag of values that are encrypted. */
export const SECRET_TAG = '!secret';

/** Where a value stands in a document: keys of mappings and indexes of lists, from the root. */
export type YamlPath = readonly (string | number)[];

/** Line and column inside a piece of text, both counted from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** One YAML file as plain data, and the way from every value back to its place in the file. */
export interface YamlDocument {
  /** As the user would type it. */
  readonly file: string;
  /** Mappings are plain objects, lists are arrays, encrypted values are {@link Sealed}. An empty file is an empty mapping. Never circular. */
  readonly value: unknown;
  /** Where the value at `path` begins; where it is empty or missing, the place of its key or of what encloses it. */
  locate(path: YamlPath): SourcePosition;
  /** Where the key at the end of `path` is written; an item of a list has no key: where the item begins. */
  locateKey(path: YamlPath): SourcePosition;
  /**
   * The place in the file of a place inside the text at `path`, e.g. of a template's line and column. Folded and
   * escaped text cannot be followed: then the place where the text begins.
   */
  locateInside(path: YamlPath, inside: TextPosition): SourcePosition;
  /** A line of the file without its line end; empty where there is none. */
  lineText(line: number): string;
}

/** What the parser found, before it is a {@link YamlDocument}. */
export interface ParsedSource {
  readonly file: string;
  readonly text: string;
  readonly tree: Document.Parsed;
  readonly lines: LineCounter;
}

/** The document of a source that was found free of errors. */
export function createDocument(source: ParsedSource): YamlDocument {
  const { file, text, tree, lines } = source;
  const at = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  if (text.includes(SECRET_TAG)) seal(tree, at);
  const locateKey = (path: YamlPath): SourcePosition => at(keyOffset(tree, path));
  return {
    file,
    value: tree.contents === null ? {} : (tree.toJS({ maxAliasCount: -1 }) ?? {}),
    locate: (path) => {
      const { node, depth } = nodeAt(tree, path);
      return depth < path.length || isEmpty(node) ? locateKey(path.slice(0, depth)) : at(startOf(node));
    },
    locateKey,
    locateInside: (path, inside) => {
      const { node, depth } = nodeAt(tree, path);
      if (depth < path.length || !isScalar(node) || !isVerbatim(node)) return at(startOf(node));
      return textPosition({ node, text, file, start: at(startOf(node)), inside });
    },
    lineText: (line) => text.split('\n')[line - 1]?.replace(/\r$/, '') ?? '',
  };
}

/** Puts the encrypted values of a tree in place of their texts. */
function seal(tree: Document.Parsed, at: (offset: number) => SourcePosition): void {
  visit(tree, {
    Scalar: (_key, node) => {
      if (node.tag === SECRET_TAG && typeof node.value === 'string')
        node.value = new Sealed(Buffer.from(node.value), at(startOf(node)));
    },
  });
}

interface FoundNode {
  readonly node: Node | null;
  /** How many parts of the path lead to `node`; fewer than the path has: the rest does not exist. */
  readonly depth: number;
}

function nodeAt(tree: Document.Parsed, path: YamlPath): FoundNode {
  let node = followAlias(tree.contents, tree);
  for (const [depth, part] of path.entries()) {
    const child = isSeq(node) ? node.items[Number(part)] : pairOf(node, part)?.value;
    if (child === undefined) return { node, depth };
    node = followAlias(child as Node | null, tree);
  }
  return { node, depth: path.length };
}

function keyOffset(tree: Document.Parsed, path: YamlPath): number {
  if (path.length === 0) return startOf(tree.contents);
  const parentPath = path.slice(0, -1);
  const { node, depth } = nodeAt(tree, parentPath);
  if (depth < parentPath.length) return keyOffset(tree, parentPath.slice(0, depth));
  const last = path.at(-1) ?? '';
  const found = isSeq(node) ? node.items[Number(last)] : pairOf(node, last)?.key;
  return found === undefined || found === null ? keyOffset(tree, parentPath) : startOf(found as Node);
}

/** Pairs by key, kept: every variable of every host asks for its place. */
const pairIndexes = new WeakMap<Node, Map<string, Pair>>();

function pairOf(node: Node | null, key: string | number): Pair | undefined {
  if (!isMap(node)) return undefined;
  const known = pairIndexes.get(node);
  const index =
    known ?? new Map(node.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : '', pair]));
  if (known === undefined) pairIndexes.set(node, index);
  return index.get(String(key));
}

function followAlias(node: Node | null, tree: Document.Parsed): Node | null {
  return isAlias(node) ? (node.resolve(tree) ?? node) : node;
}

function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}

/** A key without a value, `gate:`: nothing is written where the value would be. */
function isEmpty(node: Node | null): boolean {
  return node === null || (isScalar(node) && node.value === null && (node.source ?? '') === '');
}
