import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Secret } from '../../src/core/secret.js';
import { NixExpression } from '../../src/render/nix-expression.js';
import { nixText } from '../../src/render/nix.js';
import { HAS_NIX, nixEval, nixParseError } from './real-nix.js';

const withNix = HAS_NIX ? test : test.skip;

describe('a value as Nix', () => {
  test.each<readonly [string, unknown, string]>([
    ['text', 'a', '"a"'],
    ['what would begin an expression', 'a${b}$c$${d}', String.raw`"a\${b}$c$\${d}"`],
    ['quotes and backslashes', 'a"b\\', String.raw`"a\"b\\"`],
    ['lines', "a\nb\r\tc''", String.raw`"a\nb\r\tc''"`],
    ['a path is text', '/etc/x', '"/etc/x"'],
    ['numbers', [1, -1, 0, -0, 1.5, -0.25, 1e-7], '[ 1 (-1) 0 0 1.5 (-0.25) 1.0e-7 ]'],
    ['the largest number', 2n ** 63n - 1n, '9223372036854775807'],
    ['the smallest number', -(2n ** 63n), '(-9223372036854775807 - 1)'],
    ['others', [true, false, null], '[ true false null ]'],
    ['nothing', [[], {}, { a: undefined }], '[ [ ] { } { } ]'],
    [
      'names',
      { a: 1, "b'-_": 2, if: 3, 'x.y': 4, '': 5, '1a': 6, '${x}': 7 },
      String.raw`{
  a = 1;
  b'-_ = 2;
  "if" = 3;
  "x.y" = 4;
  "" = 5;
  "1a" = 6;
  "\${x}" = 7;
}`,
    ],
    ['sets in a list', [{ a: 1 }], '[\n  {\n    a = 1;\n  }\n]'],
    ['a long list', ['x'.repeat(60), 'y'.repeat(60)], `[\n  "${'x'.repeat(60)}"\n  "${'y'.repeat(60)}"\n]`],
    ['a package', { package: { _nix: 'pkgs.mariadb' } }, '{\n  package = pkgs.mariadb;\n}'],
    ['an expression', [new NixExpression('a // b')], '[ (a // b) ]'],
    ['one with a comment', [new NixExpression('a # b')], '[\n  (a # b\n)\n]'],
  ])('%s', (_name, value, expected) => {
    expect(nixText(value)).toBe(expected);
  });

  test.each<readonly [string, unknown, string]>([
    ['a NUL', 'a\0', 'cannot hold a NUL'],
    ['a NUL in a name', { 'a\0': 1 }, 'cannot hold a NUL'],
    ['half of a character', '\ud800', 'half of a character'],
    ['no number', Number.NaN, 'no number NaN'],
    ['infinity', [-Infinity], 'no number -Infinity'],
    ['more than 64 bits', 2n ** 63n, 'have 64 bits'],
    ['less than 64 bits', -(2n ** 63n) - 1n, 'have 64 bits'],
    ['a number that is not exact', 2 ** 60, 'is not exact'],
    ['a number that is almost none', 1e-310, 'does not read'],
    ['a function', () => 1, 'of the sort function'],
    ['a date', new Date(0), 'of the sort object'],
    ['an empty expression', { _nix: ' ' }, 'cannot be empty'],
    ['an expression beside others', { _nix: 'a', b: 1 }, 'stands alone'],
    ['an expression that is no text', { _nix: 1 }, 'stands alone'],
    ['an expression with a NUL', { _nix: 'a\0' }, 'cannot hold a NUL'],
  ])('%s is refused', (_name, value, message) => {
    expect(() => nixText(value)).toThrow(
      expect.objectContaining({
        code: 'render/cannot-encode',
        message: expect.stringContaining(message),
        hint: expect.any(String),
      }),
    );
  });

  test('a secret is refused, and not told', () => {
    expect(() => nixText({ a: [new Secret('hush')] })).toThrow(
      expect.objectContaining({
        code: 'render/secret-in-store',
        message: expect.not.stringContaining('hush'),
      }),
    );
  });
});

/** Texts of what means something to Nix. */
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom(...('a${}"\\\'\n\r\t #;=.é☂𝄞\u0001\u0007\u007f\u2028'.match(/./gsu) ?? [])),
  }),
  fc.string({ unit: 'binary' }).filter((one) => !/[\0\p{Surrogate}]/u.test(one)),
);

/** What JSON and Nix both can hold. */
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isHeld),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .dictionary(
        fc.oneof(text, fc.constantFrom('if', 'or', 'a.b', 'rec')).filter((name) => name !== '_nix'),
        tie('value'),
        { maxKeys: 4 },
      )
      .map((one) => ({ ...one })),
  ),
}));

function isHeld(number: number): boolean {
  return Number.isInteger(number)
    ? Number.isSafeInteger(number)
    : Math.abs(number) >= 2.2250738585072014e-308;
}

describe('what Nix reads', () => {
  withNix('is the same value', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 20, maxLength: 60 }), (values) => {
        const files = { 'text.nix': nixText(values), 'given.json': JSON.stringify(values) };
        const given = nixEval(
          'import ./text.nix == builtins.fromJSON (builtins.readFile ./given.json)',
          files,
        );
        expect(given).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  withNix('is the same text, byte by byte', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 50, maxLength: 100 }), (texts) => {
        expect(nixEval(nixText(texts))).toEqual(texts);
      }),
      { numRuns: 10 },
    );
  });

  withNix('has 64 bits of a whole number', () => {
    const numbers = [2n ** 63n - 1n, -(2n ** 63n), -(2n ** 53n) - 1n];
    expect(nixEval(`map toString ${nixText(numbers)}`)).toEqual(numbers.map(String));
  });

  withNix('is what an expression comes to', () => {
    const given = {
      a: [{ _nix: '1 + 1 # two' }, new NixExpression('x.y')],
      b: { _nix: 'if true then 1 else 2' },
    };
    expect(nixEval(`let x.y = 3; in ${nixText(given)}`)).toEqual({ a: [2, 3], b: 1 });
  });

  withNix('is complained about where it is no Nix', () => {
    expect(nixParseError('{ a = 1; }')).toBe('');
    expect(nixParseError('{ a = ; }')).toContain('syntax error');
  });
});
