import { structuredPatch, type StructuredPatchHunk } from 'diff';

/** More than this is not compared line by line: cutting it into lines alone would hold up the run. */
const LARGEST_CHARACTERS = 4_000_000;
const TIMEOUT_MS = 500;
const CONTEXT_LINES = 3;

/** `start,count` as diff -u writes it: a count of 1 is left out, an empty range starts at the line before. */
function range(start: number, count: number): string {
  if (count === 1) return String(start);
  return `${count === 0 ? start - 1 : start},${count}`;
}

function hunkLines(hunk: StructuredPatchHunk): string[] {
  const header = `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`;
  return [header, ...hunk.lines];
}

/**
 * The hunks that turn `before` into `after`, as `diff -u` writes them without its two header lines: three lines of
 * context, `\ No newline at end of file` where it applies. Empty for equal texts; undefined where the texts are too
 * large to compare in half a second. Source: POSIX.1-2024 `diff`, "Diff -u Output Format".
 */
export function unifiedDiff(before: string, after: string): string[] | undefined {
  if (before === after) return [];
  if (before.length + after.length > LARGEST_CHARACTERS) return undefined;
  const patch = structuredPatch('', '', before, after, undefined, undefined, {
    context: CONTEXT_LINES,
    timeout: TIMEOUT_MS,
  });
  return patch?.hunks.flatMap(hunkLines);
}
