import { isCollection, isMap, isPair, isScalar, type Node, type Pair, visit } from 'yaml';
import type { SourcePosition } from '../core/errors.js';
import { SECRET_TAG } from './document.js';
import { parseSource } from './parse-yaml.js';

/** The text of one `!secret` value in a file, and what it takes to write another in its place. */
export interface SecretScalar {
  /** Keys and indexes that lead to it: the same in two versions of a file for the same value. */
  readonly path: string;
  readonly value: string;
  /** Offsets of what is written behind the tag; a block includes its last line's end. */
  readonly start: number;
  readonly end: number;
  readonly isBlock: boolean;
  /** Inside of `{…}` or `[…]`, where no block can be. */
  readonly isFlow: boolean;
  /** Columns that a block has to be indented by. */
  readonly indent: number;
  readonly source: SourcePosition;
}

const STEP = 2;

/**
 * The `!secret` values of a YAML text in the order of their places, whether what is behind the tag is encrypted or, as
 * an editor shows it, is not.
 * @throws HomelabErrors `yaml/syntax`
 */
export function findSecretScalars(text: string, displayPath: string): SecretScalar[] {
  const { tree, lines } = parseSource(text, displayPath, 'open');
  const shift = text.startsWith('\uFEFF') ? 1 : 0;
  const found: SecretScalar[] = [];
  visit(tree, {
    Scalar: (key, node, ancestors) => {
      if (node.tag !== SECRET_TAG || typeof node.value !== 'string') return;
      const [start, end] = node.range ?? [0, 0];
      const { line, col } = lines.linePos(start);
      found.push({
        path: JSON.stringify([...ancestors.flatMap((one, at) => stepTo(one, ancestors[at + 1], node)), key]),
        value: node.value,
        start: start + shift,
        end: end + shift,
        isBlock: node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED',
        isFlow: ancestors.some((one) => isCollection(one) && one.flow === true),
        indent: columnOf(ancestors, (offset) => lines.linePos(offset).col - 1) + STEP,
        source: { file: displayPath, line, column: col },
      });
    },
  });
  return found;
}

type Ancestor = Parameters<typeof isPair>[0];

/** The key or index by which `holder` leads on to `next`. */
function stepTo(holder: unknown, next: unknown, node: Node): (string | number)[] {
  const inner = next ?? node;
  if (isPair(holder) && isScalar(holder.key)) return [String(holder.key.value)];
  if (isCollection(holder) && !isMap(holder)) return [holder.items.indexOf(inner)];
  return [];
}

/** The column of the key or dash that a value belongs to; less than nothing for a value that is the whole document. */
function columnOf(ancestors: readonly Ancestor[], column: (offset: number) => number): number {
  const pair = ancestors.findLast((one): one is Pair<Node> => isPair(one));
  const holder = ancestors.findLast(isCollection);
  if (holder === undefined) return -STEP;
  const offset = isMap(holder) ? pair?.key.range?.[0] : holder.range?.[0];
  return column(offset ?? 0);
}
