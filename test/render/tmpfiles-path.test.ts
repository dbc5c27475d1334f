import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { tmpfilesPath } from '../../src/render/tmpfiles-path.js';

/** The words of a line as tmpfiles.d(5) parts them, each with its specifiers resolved: a percent sign is one twice. */
function read(line: string): (string | undefined)[] {
  return [...line.matchAll(/"((?:[^"\\]|\\["\\])*)"|([^\s"]+)/gu)].map(([, quoted, plain]) =>
    (quoted?.replaceAll(/\\(["\\])/g, '$1') ?? plain)?.replaceAll('%%', '%'),
  );
}

test.each<readonly [string, string, string]>([
  ['plain', '/srv/nfs/a.b-c_1', '/srv/nfs/a.b-c_1'],
  ['a blank', '/srv/my media', '"/srv/my media"'],
  ['a specifier', '/srv/100%H', '/srv/100%%H'],
  ['quotes and a backslash', String.raw`/a"'\b`, String.raw`"/a\"'\\b"`],
  ['what is not ASCII', '/srv/ü', '"/srv/ü"'],
])('%s', (_name, path, word) => {
  expect(tmpfilesPath(path)).toBe(word);
});

test('is one word, and reads back as the path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (name) => {
      expect(read(`d ${tmpfilesPath(`/${name}`)} 0755`)).toEqual(['d', `/${name}`, '0755']);
    }),
  );
});
