import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parse, stringify } from 'yaml';
import { addEntries } from '../../src/yaml/add-entries.js';

const PI = [['pi3', { address: '192.168.1.50', user: 'pi' }]] as const;
const LINE = 'pi3: { address: 192.168.1.50, user: pi }\n';

const added = (text: string): string =>
  addEntries(text, { displayPath: 'hosts.yml', section: 'hosts', entries: PI });

describe('an entry more', () => {
  test.each<[what: string, before: string, after: string]>([
    ['an empty file', '', `hosts:\n  ${LINE}`],
    ['a file of comments', '# mine\n', `# mine\n\nhosts:\n  ${LINE}`],
    ['no such mapping', 'vars: { a: 1 }\n', `vars: { a: 1 }\n\nhosts:\n  ${LINE}`],
    ['no line end at the end', 'vars: { a: 1 }', `vars: { a: 1 }\n\nhosts:\n  ${LINE}`],
    ['an empty mapping', 'hosts:\nvars: {}\n', `hosts:\n  ${LINE}vars: {}\n`],
    [
      'an empty mapping with a comment',
      'hosts: # mine\n\nvars: {}\n',
      `hosts: # mine\n  ${LINE}\nvars: {}\n`,
    ],
    ['one entry', 'hosts:\n  a: {}\n', `hosts:\n  a: {}\n  ${LINE}`],
    ['an entry without a value', 'hosts:\n  a:\n', `hosts:\n  a:\n  ${LINE}`],
    ['an entry without a value or a line end', 'hosts:\n  a:', `hosts:\n  a:\n  ${LINE}`],
    ['its own indentation', 'hosts:\n     a: {}\nvars: {}\n', `hosts:\n     a: {}\n     ${LINE}vars: {}\n`],
    [
      'comments, spaces and quotes as they are',
      'hosts:\n  # the first\n  a:   {address:   "1.2.3.4"}   # here\n\n# then\nvars: {b:  1}\n',
      `hosts:\n  # the first\n  a:   {address:   "1.2.3.4"}   # here\n  ${LINE}\n# then\nvars: {b:  1}\n`,
    ],
    [
      'an entry of several lines',
      'hosts:\n  a:\n    vars:\n      x: |\n        one\n        two\n\nvars: {}\n',
      `hosts:\n  a:\n    vars:\n      x: |\n        one\n        two\n  ${LINE}\nvars: {}\n`,
    ],
    [
      'a list at the end',
      'hosts:\n  a:\n    via:\n      - b\n      - c\n',
      `hosts:\n  a:\n    via:\n      - b\n      - c\n  ${LINE}`,
    ],
    [
      'braces over lines',
      'hosts:\n  a: { address: x,\n       user: y }\n',
      `hosts:\n  a: { address: x,\n       user: y }\n  ${LINE}`,
    ],
    ['lines of Windows', 'hosts:\r\n  a: {}\r\n', `hosts:\r\n  a: {}\r\n  ${LINE.replace('\n', '\r\n')}`],
    ['a byte order mark', '\uFEFFhosts:\n  a: {}\n', `\uFEFFhosts:\n  a: {}\n  ${LINE}`],
    [
      'a secret before it',
      'vars:\n  p: !secret word\nhosts:\n  a:\n',
      `vars:\n  p: !secret word\nhosts:\n  a:\n  ${LINE}`,
    ],
    ['a mapping in braces', 'hosts: { a: {} } # mine\n', `hosts: { a: {}, ${LINE.trimEnd()} } # mine\n`],
    [
      'a mapping in braces beside spaces that somebody likes',
      'vars: {  a:   1 }    # one\nhosts: {a: {x:  1},}\n',
      `vars: {  a:   1 }    # one\nhosts: {a: {x:  1}, ${LINE.trimEnd()},}\n`,
    ],
    [
      'a mapping in braces over lines',
      'hosts: {\n    a: { x: 1 }, # mine\n  }\n',
      `hosts: {\n    a: { x: 1 },\n    ${LINE.trimEnd()}, # mine\n  }\n`,
    ],
    ['braces with nothing in them', 'hosts: {}\n', `hosts: { ${LINE.trimEnd()} }\n`],
    ['braces with a name alone', 'hosts: { a: , b }\n', `hosts: { a: , b, ${LINE.trimEnd()} }\n`],
    ['braces with a colon at the end', 'hosts: { a: }\n', `hosts: { a: , ${LINE.trimEnd()}}\n`],
    ['all in braces', '{ hosts: { a: {} } }\n', `{ hosts: { a: {}, ${LINE.trimEnd()} } }\n`],
  ])('to %s', (_what, before, after) => {
    expect(added(before)).toBe(after);
  });

  test('a document end and a folded text with empty lines behind it stay what they are', () => {
    const text = 'hosts:\n  a:\n    x-note: |+\n      kept\n\n\n';
    expect(parse(added(text))).toEqual({ hosts: { a: { 'x-note': 'kept\n\n\n' }, pi3: PI[0][1] } });
  });

  test('several, whose values need quotes', () => {
    const entries = [
      ['b', { address: 'fe80::1%eth0', port: 2222 }],
      ['yes', { via: ['a', 'b'], user: '007' }],
    ] as const;
    const text = 'hosts:\n  a:\n';
    expect(addEntries(text, { displayPath: 'hosts.yml', section: 'hosts', entries })).toBe(
      "hosts:\n  a:\n  b: { address: fe80::1%eth0, port: 2222 }\n  yes: { via: [ a, b ], user: '007' }\n",
    );
  });
});

test('whatever the file holds, it holds the same and the entry', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).filter((word) => word !== 'pi3');
  const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('any'), { maxLength: 3 }), tie('map')),
    map: fc.dictionary(name, tie('any'), { maxKeys: 3 }),
  }));
  const hosts = fc.dictionary(name, value.map, { maxKeys: 4 });
  const style = fc.record({
    indent: fc.integer({ min: 1, max: 6 }),
    lineWidth: fc.constantFrom(0, 20, 80),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
  });
  fc.assert(
    fc.property(hosts, fc.boolean(), style, (hosts, isLast, style) => {
      const before = isLast ? { vars: { a: 'b' }, hosts } : { hosts, vars: { a: 'b' } };
      const after: unknown = parse(added(stringify(before, style)));
      expect(after).toEqual({ vars: { a: 'b' }, hosts: { ...hosts, pi3: PI[0][1] } });
    }),
  );
});
