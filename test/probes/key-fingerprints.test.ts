import { afterAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFingerprints } from '../../src/probes/key-fingerprints.js';
import { LAB_FINGERPRINT, OTHER_FINGERPRINT, repositoryFile } from '../lab/fixtures/apt-repository.js';
import { parseText, readHere, SHELLS } from './shells.js';

const folder = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, contents: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

/** The bytes that an armoured key stands for: its lines between the empty one and the checksum. */
function binary(armoured: Buffer): Buffer {
  const [, body = ''] = /\n\n([^=]+)/.exec(armoured.toString()) ?? [];
  return Buffer.from(body, 'base64');
}

const lab = repositoryFile('lab.asc');
const other = repositoryFile('other.asc');
const paths = [
  file('lab.asc', lab),
  file('two.gpg', Buffer.concat([binary(other), binary(lab)])),
  file("it's a $(key)", binary(other)),
  file('-nonsense', Buffer.from('hello')),
  join(folder, 'missing'),
];
const hasGpg = spawnSync('gpg', ['--version']).status === 0;

describe('the fingerprints of keys', () => {
  const testWhere = (isThere: boolean) => (isThere ? test : test.skip);

  testWhere(hasGpg).each(SHELLS.slice(0, 3))('read by %s', (_name, shell) => {
    expect(readHere(shell, keyFingerprints, paths)).toEqual([
      [LAB_FINGERPRINT],
      [LAB_FINGERPRINT, OTHER_FINGERPRINT].toSorted(),
      [OTHER_FINGERPRINT],
      [],
      null,
    ]);
  });

  test.each(SHELLS.slice(3))('cannot be told by %s, which has no gpg', (_name, shell) => {
    expect(readHere(shell, keyFingerprints, paths)).toEqual([
      ...paths.slice(0, 4).map(() => 'gpg is missing'),
      null,
    ]);
  });

  test.each<[string, unknown]>([
    [`0:${LAB_FINGERPRINT} ${OTHER_FINGERPRINT}\n`, [LAB_FINGERPRINT, OTHER_FINGERPRINT]],
    ['0:\n', []],
    ['1:ABCD\n', null],
    ['no gpg\n0:\n', 'gpg is missing'],
    ['', null],
  ])('%j', (answer, fingerprints) => {
    expect(parseText(keyFingerprints, answer, ['/k'])).toEqual([fingerprints]);
  });
});
