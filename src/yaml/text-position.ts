import type { Scalar } from 'yaml';
import type { SourcePosition } from '../core/errors.js';
import type { TextPosition } from './document.js';

/** Whether the text of a scalar may stand in the file letter by letter: not where lines are folded. */
export function isVerbatim(node: Scalar): boolean {
  return node.type !== 'BLOCK_FOLDED' && typeof node.value === 'string';
}

/**
 * The place in the file of line and column `inside` a scalar's text. Text that is escaped or spread over lines is not
 * found letter by letter; its place is then `start`.
 */
export function textPosition(scalar: {
  readonly node: Scalar;
  /** The whole file. */
  readonly text: string;
  readonly file: string;
  /** Where the scalar begins. */
  readonly start: SourcePosition;
  readonly inside: TextPosition;
}): SourcePosition {
  const { node, text, file, start, inside } = scalar;
  const wanted = String(node.value).split('\n')[inside.line - 1] ?? '';
  const lines = text.split('\n');
  if (node.type === 'BLOCK_LITERAL') {
    const line = start.line + inside.line;
    const indent = (lines[line - 1] ?? '').replace(/\r$/, '').length - wanted.length;
    return { file, line, column: Math.max(indent, 0) + inside.column };
  }
  const [from = 0, to = 0] = node.range ?? [];
  const offset = text.slice(from, to).indexOf(wanted);
  if (inside.line > 1 || offset === -1 || text.slice(from, to).includes('\n')) return start;
  return { file, line: start.line, column: start.column + offset + inside.column - 1 };
}
