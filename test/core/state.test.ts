import { describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import { Content } from '../../src/core/content.js';
import { Secret } from '../../src/core/secret.js';
import { diffStates, type MaybeState } from '../../src/core/state.js';

const fields = (before: MaybeState, desired: MaybeState): string[] =>
  diffStates(before, desired).map((change) => change.field);

describe('diffStates', () => {
  test.each<[string, MaybeState, MaybeState, readonly string[]]>([
    ['the same', { mode: '0644' }, { mode: '0644' }, []],
    ['a field left out stays as found', { mode: '0600', owner: 'root' }, { owner: 'root' }, []],
    ['a field differs', { mode: '0600' }, { mode: '0644' }, ['mode']],
    ['a field is missing', {}, { mode: '0644' }, ['mode']],
    ['it appears', null, { mode: '0644' }, ['state', 'mode']],
    ['it goes', { mode: '0644' }, null, ['state']],
    ['it is gone', null, null, []],
    ['a star speaks for what is not named', { 'e.a': 'x', 'e.b': 'x' }, { 'e.a': 'x', 'e.*': null }, ['e.b']],
    ['the same content', { content: Content.of('a') }, { content: Content.of(Buffer.from('a')) }, []],
    ['other content', { content: Content.of('a') }, { content: Content.of('b') }, ['content']],
    ['the same secret', { hash: new Secret('a') }, { hash: new Secret('a') }, []],
    ['another secret', { hash: new Secret('a') }, { hash: new Secret('b') }, ['hash']],
  ])('%s', (_name, before, desired, expected) => {
    expect(fields(before, desired)).toEqual(expected);
  });
});

describe('Content', () => {
  test.each([
    ['text', 'text'],
    [Buffer.from([0xff, 0xfe]), undefined],
    [Buffer.from('a\0b'), undefined],
    [new Secret('hidden'), undefined],
  ])('text of %p is %p', (body, text) => {
    expect(Content.of(body).text).toBe(text);
  });
});

test('a secret prints as ***, however it is printed', () => {
  const secret = new Secret('hunter2');
  const prints = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }, { showHidden: true, depth: 9 }),
  ];
  for (const print of prints) {
    expect(print).toContain('***');
    expect(print).not.toContain('hunter2');
  }
});
