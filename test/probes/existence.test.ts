import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existence } from '../../src/probes/existence.js';
import { HOSTILE_WORDS } from '../hostile-words.js';
import { readHere, SHELLS } from './shells.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'existence-'));
  mkdirSync(join(folder, 'a b'));
  symlinkSync('a b', join(folder, 'link'));
  symlinkSync('nowhere', join(folder, 'dangling'));
  writeFileSync(join(folder, 'file'), '');
});

afterAll(() => rmSync(folder, { recursive: true }));

const ROWS: readonly (readonly [string, boolean])[] = [
  ['path:/', true],
  ['path:DIR/a b', true],
  ['path:DIR/link', true],
  ['path:DIR/dangling', false],
  ['path:DIR/file', false],
  ['path:DIR/missing', false],
  ['source:DIR/file', true],
  ['source:DIR/link', true],
  ['source:DIR/dangling', false],
  ['source:DIR/missing/deep', false],
  ['user:root', true],
  ['user:surely-nobody', false],
  ['group:root', true],
  ['group:surely-nobody', false],
  ['group:roo', false],
  ['program:sh', true],
  ['program:surely-no-program', false],
  ['sort:unknown', false],
];

describe.each(SHELLS)('existence by %s', (_name, shell) => {
  const ask = (keys: readonly string[]) => readHere(shell, existence, keys);

  test('all at once', () => {
    const read = ask(ROWS.map(([key]) => key.replace('DIR', folder)));
    expect(read.map((isThere, index) => [ROWS[index]?.[0], isThere])).toEqual(ROWS);
  });

  test('names are words, whatever they hold', () => {
    const keys = HOSTILE_WORDS.flatMap((word) =>
      ['path', 'source', 'user', 'group', 'program'].map((sort) => `${sort}:surely no ${word}`),
    );
    expect(ask(keys)).toEqual(keys.map(() => false));
  });
});
