import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Sealed } from '../../src/core/sealed.js';
import { encrypt } from '../../src/secrets/age-library.js';
import { SecretOpener } from '../../src/secrets/secret-opener.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';

// The program `age` of the distribution (scripts/setup.sh installs it): what we write it opens, and the other way round.

let dir: string;
let recipient: string;
let opener: SecretOpener;

const run = (words: readonly string[], input: string | Uint8Array = '') => {
  const [program = '', ...rest] = words;
  const { status, stdout, stderr } = spawnSync(program, rest, { input, cwd: dir });
  return { status, stdout, stderr: String(stderr) };
};

beforeAll(() => {
  dir = makeProject({});
  const { status, stderr } = run(['age-keygen', '-o', 'key.txt']);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  recipient = run(['age-keygen', '-y', 'key.txt']).stdout.toString().trim();
  // age-keygen closes its file to others, as we want it.
  const files = [join(dir, 'key.txt')];
  opener = new SecretOpener({ env: { HOME: dir }, files, askSecret: () => Promise.resolve(undefined) });
});
afterAll(removeProjects);

const PLAIN = Buffer.from([...Array(256).keys()]);
const SOURCE = { file: 'x', line: 1, column: 1 };

describe.each(['armored', 'binary'] as const)('%s', (form) => {
  test('what age encrypts is opened', async () => {
    const { stdout } = run(['age', ...(form === 'armored' ? ['-a'] : []), '-r', recipient], PLAIN);
    expect(Buffer.from(await opener.openBytes(new Sealed(stdout, SOURCE)))).toEqual(PLAIN);
  });

  test('age opens what is encrypted', async () => {
    writeFileSync(join(dir, 'x.age'), await encrypt(PLAIN, [recipient], form));
    expect(run(['age', '-d', '-i', 'key.txt', 'x.age'])).toMatchObject({ status: 0, stdout: PLAIN });
  });
});

test('the public key is the same to both', async () => {
  expect(await opener.recipients()).toEqual([recipient]);
});
