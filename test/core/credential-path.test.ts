import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { credentialName, credentialPath } from '../../src/core/credential-path.js';

const folder = mkdtempSync(join(tmpdir(), 'credentials-'));
const KEY = '/home/ada/my keys/id:ed25519';
mkdirSync(join(folder, 'full'));
mkdirSync(join(folder, 'empty'));
writeFileSync(join(folder, 'full', credentialName(KEY)), 'key');
afterAll(() => rmSync(folder, { recursive: true }));

test('a name is one that systemd takes, the same for a path, another for another', () => {
  expect(credentialName(KEY)).toMatch(/^key-[0-9a-f]{16}$/);
  expect(credentialName(KEY)).toBe(credentialName(KEY));
  expect(credentialName(`${KEY}2`)).not.toBe(credentialName(KEY));
});

test.each([
  ['no credentials', {}, KEY, KEY],
  [
    'one for this file',
    { CREDENTIALS_DIRECTORY: `${folder}/full` },
    KEY,
    `${folder}/full/${credentialName(KEY)}`,
  ],
  ['none for this file', { CREDENTIALS_DIRECTORY: `${folder}/full` }, '/root/key', '/root/key'],
  ['an empty folder', { CREDENTIALS_DIRECTORY: `${folder}/empty` }, KEY, KEY],
  ['a folder that is gone', { CREDENTIALS_DIRECTORY: `${folder}/gone` }, KEY, KEY],
  ['a folder that is no absolute path', { CREDENTIALS_DIRECTORY: 'full' }, KEY, KEY],
  ['an empty variable', { CREDENTIALS_DIRECTORY: '' }, KEY, KEY],
])('%s', (_what, env, path, expected) => {
  expect(credentialPath(path, env)).toBe(expected);
});
