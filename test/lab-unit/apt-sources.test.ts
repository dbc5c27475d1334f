import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseDeb822Sources, parseOneLineSources, readAptSources } from '../../src/lab/apt-sources.js';

const source = (uri: string, suite: string, components = ['main'], signedBy?: string) => ({
  uri,
  suite,
  components,
  signedBy,
});

describe('parseOneLineSources', () => {
  test.each([
    ['plain', 'deb http://m/debian bookworm main', [source('http://m/debian', 'bookworm')]],
    [
      'options and several components',
      'deb [arch=amd64 signed-by=/k.gpg] http://m/debian bookworm main contrib # note',
      [source('http://m/debian', 'bookworm', ['main', 'contrib'], '/k.gpg')],
    ],
    ['a source archive', 'deb-src http://m/debian bookworm main', []],
    ['a comment', '# deb http://m/debian bookworm main', []],
    ['nonsense', 'deb\ndebian\n', []],
  ])('%s', (_what, text, expected) => {
    expect(parseOneLineSources(text)).toEqual(expected);
  });
});

describe('parseDeb822Sources', () => {
  test.each([
    [
      'several suites, a comment inside',
      'Types: deb\n# dated\nURIs: http://m/debian\nSuites: bookworm bookworm-updates\nComponents: main\nSigned-By: /k.gpg\n',
      [
        source('http://m/debian', 'bookworm', ['main'], '/k.gpg'),
        source('http://m/debian', 'bookworm-updates', ['main'], '/k.gpg'),
      ],
    ],
    [
      'two stanzas, one disabled',
      'Types: deb\nURIs: http://a\nSuites: x\nComponents: main\n\nEnabled: no\nTypes: deb\nURIs: http://b\nSuites: y\n',
      [source('http://a', 'x')],
    ],
    [
      'continued lines and a key written out',
      'Types: deb deb-src\nURIs:\n http://a\n http://b\nSuites: x\nComponents: main\nSigned-By:\n -----BEGIN\n .\n',
      [source('http://a', 'x'), source('http://b', 'x')],
    ],
    ['a source archive', 'Types: deb-src\nURIs: http://a\nSuites: x\n', []],
    ['nothing', '', []],
  ])('%s', (_what, text, expected) => {
    expect(parseDeb822Sources(text)).toEqual(expected);
  });
});

describe('readAptSources', () => {
  const folder = mkdtempSync(join(tmpdir(), 'apt-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('reads all files in order and the first mirror of a list', () => {
    const parts = join(folder, 'sources.list.d');
    mkdirSync(parts);
    writeFileSync(join(folder, 'mirrors'), '# ours\nhttp://first\tpriority:1\nhttp://second\n');
    writeFileSync(join(parts, 'b.sources'), `Types: deb\nURIs: mirror+file:${folder}/mirrors\nSuites: s\n`);
    writeFileSync(join(parts, 'a.list'), 'deb http://list s main\n');
    writeFileSync(join(parts, 'c.list.bak'), 'deb http://ignored s main\n');
    expect(readAptSources(folder).map(({ uri }) => uri)).toEqual(['http://list', 'http://first']);
  });

  test('a computer without apt has none', () => {
    expect(readAptSources(join(folder, 'absent'))).toEqual([]);
  });
});
