import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Content } from '../../src/core/content.js';
import { Fingerprints } from '../../src/core/fingerprint.js';
import { Secret } from '../../src/core/secret.js';

const prints = new Fingerprints('salt');

describe('fingerprints', () => {
  test.each<[string, unknown, unknown]>([
    ['a number and its text', 1, '1'],
    ['null and its name', null, 'null'],
    ['nothing and an empty text', undefined, ''],
    ['an empty list and an empty mapping', [], {}],
    ['a list and a mapping', ['a'], { 0: 'a' }],
    ['a text and a list of it', 'a', ['a']],
    ['two lists', ['a', 'b'], ['a,b']],
    ['two mappings', { a: 'b', c: 'd' }, { a: 'b,c:d' }],
    ['a secret and its value', new Secret('x'), 'x'],
    ['two secrets', new Secret('x'), new Secret('y')],
    ['two secrets of bytes', new Secret(Buffer.from([0xff])), new Secret(Buffer.from([0xfe]))],
    ['two contents', Content.of('x'), Content.of('y')],
    ['bytes', Buffer.from('x'), Buffer.from('y')],
  ])('tell %s apart', (_name, a, b) => {
    expect(prints.of(a)).not.toBe(prints.of(b));
  });

  test('are equal for what is equal, and for a content with and without its text', () => {
    expect(prints.of({ a: [new Secret('x'), 1] })).toBe(prints.of({ a: [new Secret('x'), 1] }));
    expect(prints.of(Content.of('x'))).toBe(prints.of(new Content(Content.of('x').sha256)));
    expect(prints.of({ a: 1, b: undefined })).toBe(prints.of({ a: 1 }));
  });

  test('are others under another salt, and for what is to be kept secret', () => {
    expect(new Fingerprints('other').of('x')).not.toBe(prints.of('x'));
    expect(prints.of('x', { isSecret: true })).not.toBe(prints.of('x'));
    expect(prints.of(Content.of(new Secret('x')))).not.toBe(prints.of(Content.of('x')));
  });

  test('are the same for equal values alone', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        // Zero has one sign less in JSON.
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        expect(prints.of(a) === prints.of(b)).toBe(isSame);
      }),
    );
  });
});
