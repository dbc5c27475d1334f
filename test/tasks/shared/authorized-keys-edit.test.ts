import { expect, test } from '@jest/globals';
import { editKeys, findKeys, type KeysEdit } from '../../../src/tasks/shared/authorized-keys-edit.js';
import { parseKey, type AuthorizedKey } from '../../../src/tasks/shared/public-key.js';
import { keyOf } from '../public-keys.js';

const key = (line: string): AuthorizedKey => {
  const parsed = parseKey(line);
  if (typeof parsed === 'string') throw new Error(parsed);
  return parsed;
};
const A = keyOf(1, 'a');
const B = keyOf(2, 'b');
const C = keyOf(3, 'c');

test.each<[string, string, Partial<KeysEdit>, string]>([
  ['added last', `${B}\n`, {}, `${B}\n${A}\n`],
  ['into an empty file', '', {}, `${A}\n`],
  ['without a final newline', B, {}, `${B}\n${A}\n`],
  ['there', `# x\n\n${A}\n${B}\n`, {}, `# x\n\n${A}\n${B}\n`],
  ['there, spaced otherwise', `  ${A}  \n`, {}, `  ${A}  \n`],
  ['another comment', `${keyOf(1, 'old')}\n${B}\n`, {}, `${A}\n${B}\n`],
  ['other options', `no-pty ${A}\n`, {}, `${A}\n`],
  ['there twice', `${keyOf(1)}\n${B}\n${A}\n`, {}, `${A}\n${B}\n`],
  ['exclusive', `# x\n${B}\nrubbish\n${A}\n${C}\n`, { isExclusive: true }, `# x\n${A}\n`],
  ['others stay', `rubbish\n${C}\n`, {}, `rubbish\n${C}\n${A}\n`],
  ['absent', `# x\n${A}\n${B}\nno-pty ${A}\n`, { state: 'absent' }, `# x\n${B}\n`],
  ['absent and gone', B, { state: 'absent' }, B],
])('%s', (_name, text, change, result) => {
  const edit: KeysEdit = { keys: [key(A)], isExclusive: false, state: 'present', ...change };
  expect(editKeys(text, edit)).toBe(result);
  expect(editKeys(result, edit)).toBe(result);
});

test('findKeys tells each key, and lines that are none', () => {
  expect(findKeys(`# x\n${A}\nrubbish\r\n\nno-pty ${A}\n${B}`)).toEqual(
    new Map([
      [key(A).fingerprint, 'ssh-ed25519 a\nno-pty ssh-ed25519 a'],
      ['line 3', 'unreadable'],
      [key(B).fingerprint, 'ssh-ed25519 b'],
    ]),
  );
});
