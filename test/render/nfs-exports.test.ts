import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { nfsExportsText, type NfsExport } from '../../src/render/nfs-exports.js';

const client = { to: '10.0.0.1', options: ['ro'] };

describe('exports(5)', () => {
  test.each<[string, readonly NfsExport[], string]>([
    ['nothing', [], ''],
    [
      'clients of all sorts, each with its own options',
      [
        {
          path: '/srv/data',
          clients: [
            { to: '192.168.1.21', options: ['rw', 'anonuid=1000'] },
            { to: 'fd00::/8', options: ['ro'] },
            { to: '@trusted', options: ['ro', 'sec=krb5:sys'] },
            { to: '*.lan', options: ['ro'] },
            { to: '*', options: ['ro'] },
          ],
        },
        { path: '/srv/b', clients: [client] },
      ],
      '/srv/data 192.168.1.21(rw,anonuid=1000) fd00::/8(ro) @trusted(ro,sec=krb5:sys) *.lan(ro) *(ro)\n' +
        '/srv/b 10.0.0.1(ro)\n',
    ],
    [
      'a path with everything that means something',
      [{ path: '/srv/a b#c"d\\e é\u00A0f', clients: [client] }],
      '/srv/a\\040b\\043c\\042d\\134e\\040é\\302\\240f 10.0.0.1(ro)\n',
    ],
  ])('%s', (_name, exports, text) => {
    expect(nfsExportsText(exports)).toBe(text);
  });

  test.each<[string, NfsExport]>([
    ['a relative path', { path: 'srv', clients: [client] }],
    ['a path of two lines', { path: '/srv\n/etc', clients: [client] }],
    ['a path that is too long', { path: `/${'a'.repeat(1023)}`, clients: [client] }],
    ['nobody', { path: '/srv', clients: [] }],
    ['a client with a blank', { path: '/srv', clients: [{ to: 'host ', options: ['rw'] }] }],
    ['options in the name of a client', { path: '/srv', clients: [{ to: 'host(rw)', options: ['ro'] }] }],
    ['defaults', { path: '/srv', clients: [{ to: '-rw', options: ['ro'] }] }],
    ['no options', { path: '/srv', clients: [{ to: '*', options: [] }] }],
    ['an option that ends them', { path: '/srv', clients: [{ to: '*', options: ['ro) *(rw'] }] }],
    ['two options as one', { path: '/srv', clients: [{ to: '*', options: ['ro,rw'] }] }],
    ['more than fits', { path: '/srv', clients: [{ to: '*', options: Array<string>(200).fill('nohide') }] }],
  ])('cannot hold %s', (_name, one) => {
    expect(() => nfsExportsText([one])).toThrow(expect.objectContaining({ code: 'render/cannot-encode' }));
  });

  // As xgettok of nfs-utils reads a word: up to a blank, three octal digits after a backslash being a byte.
  const decoded = (word: string): string =>
    Buffer.concat(
      [...word.matchAll(/\\([0-7]{3})|([^\\]+)/g)].map(([, octal, plain = '']) =>
        octal === undefined ? Buffer.from(plain) : Buffer.of(Number.parseInt(octal, 8)),
      ),
    ).toString('utf8');

  test('is refused, or one line that holds the path and the client', () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab/0.*?@-:,()#"\'\\ \t\n=é\u00A0\u2028'.split('')) });
    fc.assert(
      fc.property(text, text, text, (path, to, option) => {
        let line: string;
        try {
          line = nfsExportsText([{ path: `/${path}`, clients: [{ to, options: [option] }] }]);
        } catch {
          return;
        }
        const words = line.split(/[\s\u2028]/);
        expect(words).toEqual([expect.any(String), `${to}(${option})`, '']);
        expect(decoded(words[0] ?? '')).toBe(`/${path}`);
        expect(words[0]).not.toMatch(/["#]/);
        expect(words[1]?.match(/[(),]/g)).toEqual(['(', ')']);
      }),
      { numRuns: 2000 },
    );
  });
});
