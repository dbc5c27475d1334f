import { describe, expect, test } from '@jest/globals';
import { conditionKey, conditions } from '../../src/probes/conditions.js';
import { readHere, SHELLS } from './shells.js';

const ROWS: readonly (readonly [string, Parameters<typeof conditionKey>[0], boolean | 'no program'])[] = [
  ['true', { shell: 'true' }, true],
  ['false', { shell: 'false' }, false],
  ['an exit in the middle', { shell: 'exit 3; true' }, false],
  ['a syntax error', { shell: 'if (' }, false],
  ['an unclosed quote', { shell: "echo '" }, false],
  ['a command that is not there', { shell: 'surely-no-command' }, 'no program'],
  ['an exit code that says so', { shell: 'exit 127' }, 'no program'],
  ['a program that another one would take in', { shell: 'surely-no-command | grep -q x' }, false],
  ['what looks like an answer', { shell: 'echo 1; echo 0; echo 2 >&2; false' }, false],
  ['input is empty', { shell: 'read x' }, false],
  ['an environment', { shell: '[ "$X" = "a b\'c" ]', env: { X: "a b'c" } }, true],
  ['a directory', { shell: '[ "$PWD" = /usr ]', cwd: '/usr' }, true],
  ['a directory that is not there', { shell: 'true', cwd: '/surely/not' }, false],
  ['the environment of another is not there', { shell: '[ -z "$X" ]' }, true],
];

describe.each(SHELLS)('conditions by %s', (_name, shell) => {
  test('all at once', () => {
    const read = readHere(
      shell,
      conditions,
      ROWS.map(([, condition]) => conditionKey(condition)),
    );
    expect(read.map((holds, index) => `${ROWS[index]?.[0]}: ${holds}`)).toEqual(
      ROWS.map(([name, , holds]) => `${name}: ${holds}`),
    );
  });
});
