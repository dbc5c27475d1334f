import * as z from 'zod';
import type { Line } from './text-lines.js';

/** Letters that mean something after a backslash here. Any other letter would silently mean itself. */
const ESCAPES = /^[bBcdDfknrsStuvwWx]$/;

/** What JavaScript reads as something else than the one who wrote it meant; undefined where nothing is. */
function misreading(pattern: string): string | undefined {
  for (const [, letter = ''] of pattern.matchAll(/\\([^])/g)) {
    if (/[AZz]/.test(letter)) return `write ${letter === 'A' ? '^' : '$'} for \\${letter}`;
    if (/[A-Za-z]/.test(letter) && !ESCAPES.test(letter)) return `\\${letter} means nothing here`;
  }
  const posix = /\[:[a-z]+:\]/.exec(pattern);
  return posix === null ? undefined : `write \\s, \\w, \\d or a range for ${posix[0]}`;
}

/** The expression of a pattern: JavaScript's, with `(?i)` at its start for "upper and lower case are the same". */
export function toExpression(pattern: string): RegExp {
  return pattern.startsWith('(?i)') ? new RegExp(pattern.slice('(?i)'.length), 'i') : new RegExp(pattern);
}

/** A regular expression that is held against single lines, without their ends. */
export const patternSchema = z
  .string()
  .min(1)
  .superRefine((pattern, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    try {
      toExpression(pattern);
      const found = misreading(pattern);
      if (found !== undefined) complain(`is not read as it is meant: ${found}`);
    } catch (error) {
      complain(`is no regular expression: ${(error as Error).message}`);
    }
  });

/** Where a new part of a file goes. */
export interface Anchor {
  /** Regular expression of the line to insert after; `EOF`: at the end. */
  readonly after?: string | undefined;
  /** Regular expression of the line to insert before; `BOF`: at the beginning. */
  readonly before?: string | undefined;
}

/** The parameters of an {@link Anchor}. `what` is inserted. */
export function anchorShape(what: string): {
  after: z.ZodOptional<typeof patternSchema>;
  before: z.ZodOptional<typeof patternSchema>;
} {
  return {
    after: patternSchema
      .optional()
      .describe(`${what} goes after the last line that matches, else to the end; EOF: to the end (default)`),
    before: patternSchema
      .optional()
      .describe(`${what} goes before the last line that matches, else to the end; BOF: to the beginning`),
  };
}

/** Complains about two anchors. */
export function refuseTwoAnchors({ after, before }: Anchor, context: z.RefinementCtx): void {
  if (after !== undefined && before !== undefined)
    context.addIssue({ code: 'custom', message: 'takes one of `after` and `before`, not both' });
}

/** The index of the last line that matches; -1 where none does. */
export function lastMatch(lines: readonly Line[], pattern: string): number {
  const expression = toExpression(pattern);
  return lines.findLastIndex((line) => expression.test(line.text));
}

/** The index that something new is inserted at. An anchor that matches nothing means the end. */
export function insertionIndex(lines: readonly Line[], { after, before }: Anchor): number {
  if (before === 'BOF' || after === 'BOF') return 0;
  const anchor = before ?? after ?? 'EOF';
  const at = anchor === 'EOF' ? -1 : lastMatch(lines, anchor);
  if (at === -1) return lines.length;
  return before === undefined ? at + 1 : at;
}
