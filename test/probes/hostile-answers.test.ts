import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HomelabError, InternalError } from '../../src/core/errors.js';
import type { Reader } from '../../src/core/reader.js';
import { accounts } from '../../src/probes/accounts.js';
import { aptLists } from '../../src/probes/apt-lists.js';
import { conditionKey, conditions } from '../../src/probes/conditions.js';
import { directoryEntries } from '../../src/probes/directory-entries.js';
import { facts } from '../../src/probes/facts.js';
import { fileContents } from '../../src/probes/file-contents.js';
import { files } from '../../src/probes/files.js';
import { packageCandidates } from '../../src/probes/package-candidates.js';
import { packages } from '../../src/probes/packages.js';
import { passwordHashes } from '../../src/probes/password-hashes.js';
import { units } from '../../src/probes/units.js';

const READERS: readonly (readonly [string, Reader<unknown>, readonly string[]])[] = [
  ['files', files, ['/a', '/b']],
  ['file-contents', fileContents, ['/a', '/b']],
  ['directory-entries', directoryEntries, ['/a', '/b']],
  ['packages', packages, ['a', 'b:amd64']],
  ['package-candidates', packageCandidates, ['a', 'b']],
  ['apt-lists', aptLists, ['']],
  ['units', units, ['a.service', 'b.timer']],
  ['accounts', accounts, ['a', 'b']],
  ['password-hashes', passwordHashes, ['a', 'b']],
  ['conditions', conditions, [conditionKey({ shell: 'true' })]],
  ['facts', facts, ['']],
];

/** Pieces of true answers, shuffled with anything at all. */
const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\0', '\n', ':', '=', '\t', '/', '0', '1', '!', '>', ',', '\\', ' '),
  fc.constantFrom(
    '41ed:0:0:1:root:root:/',
    '81a4:0:0:1:r:r:/a',
    'a:0:0:x:/:/sh',
    'a:0:',
    'a:!',
    'uname=Linux h x86_64',
  ),
  fc.constantFrom(
    'Id=a.service',
    'LoadState=loaded',
    'a\tamd64\t1\tinstall\tinstalled',
    'a:',
    '  Candidate: 1',
    '__proto__',
  ),
  fc.constantFrom(
    'os=ID=',
    'cores=0-99999',
    'memory=MemTotal: 1 kB',
    'addresses=1 inet 10.0.0.1/8 scope global',
    '0/',
    '0:AA==',
  ),
);
const answer = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));

describe.each(READERS)('%s', (name, reader, keys) => {
  test('has its own name', () => {
    expect(reader.name).toBe(name);
  });

  test('gives one value a key for any answer, or an error that says why', () => {
    fc.assert(
      fc.property(answer, fc.integer({ min: 0, max: 255 }), (stdout, code) => {
        try {
          expect(reader.parse({ code, stdout, stderr: stdout }, keys)).toHaveLength(keys.length);
        } catch (error) {
          if (!(error instanceof HomelabError) || error instanceof InternalError) throw error;
          expect(error.code).toBe('probes/no-answer');
        }
      }),
      { numRuns: 400 },
    );
  });
});
