import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { unifiedDiff } from '../../src/report/unified-diff.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelab-diff-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What diff(1) says, without its two header lines. */
function realDiff(before: string, after: string): string[] {
  writeFileSync(join(folder, 'before'), before);
  writeFileSync(join(folder, 'after'), after);
  const { stdout, status } = spawnSync('diff', ['-u', '--minimal', '--text', 'before', 'after'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(status).toBeLessThan(2);
  return stdout.split('\n').slice(2, -1);
}

/** Applies hunks strictly: every context and removed line has to be where it says. */
function applyDiff(before: string, hunks: readonly string[]): string {
  const source = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const result: string[] = [];
  let at = 0;
  hunks.forEach((line, index) => {
    const header = /^@@ -(\d+)(?:,(\d+))? \+/.exec(line);
    if (header !== null) {
      const start = Number(header[1]) - (header[2] === '0' ? 0 : 1);
      result.push(...source.slice(at, start));
      at = start;
      return;
    }
    if (line.startsWith('\\')) return;
    const text = line.slice(1) + (hunks[index + 1]?.startsWith('\\') === true ? '' : '\n');
    if (!line.startsWith('+')) expect(source[at++]).toBe(text);
    if (!line.startsWith('-')) result.push(text);
  });
  return [...result, ...source.slice(at)].join('');
}

const changedLines = (lines: readonly string[]): number => lines.filter((line) => /^[+-]/.test(line)).length;

/** Texts of few different lines, so that many of them are equal; with and without a newline at the end. */
const texts = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', ' x', 'd\r'), { maxLength: 30 }), fc.boolean())
  .map(([lines, isEnded]) => lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : ''));

describe('unifiedDiff', () => {
  test.each([
    ['a line changes', 'a\nb\nc\n', 'a\nx\nc\n'],
    ['one line only', 'a\n', 'b\n'],
    ['from nothing', '', 'a\nb\n'],
    ['to nothing', 'a\nb\n', ''],
    ['the newline at the end goes', 'a\nb\n', 'a\nb'],
    ['the newline at the end comes', 'a\nb', 'a\nb\n'],
    ['no newline on either side', 'a\nb', 'a\nc'],
    ['two hunks', '1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n', 'x\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny\n'],
    ['lines that meet are one hunk', '1\n2\n3\n4\n5\n6\n7\n8\n', 'x\n2\n3\n4\n5\n6\n7\ny\n'],
    ['lines end in CR', 'a\r\nb\r\n', 'a\nb\r\n'],
  ])('%s: the same as diff -u', (_name, before, after) => {
    expect(unifiedDiff(before, after)).toEqual(realDiff(before, after));
  });

  test('what it says makes the new text from the old one', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        expect(applyDiff(before, unifiedDiff(before, after) ?? [])).toBe(after);
      }),
      { numRuns: 300 },
    );
  });

  test('it changes no more lines than diff --minimal', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        expect(changedLines(unifiedDiff(before, after) ?? [])).toBe(changedLines(realDiff(before, after)));
      }),
      { numRuns: 60 },
    );
  });

  test('equal texts have no hunks', () => {
    expect(unifiedDiff('a\n', 'a\n')).toEqual([]);
  });

  test('texts too large to compare are said to be', () => {
    expect(unifiedDiff('a\n'.repeat(2_000_000), 'b\n')).toBeUndefined();
  });
});
