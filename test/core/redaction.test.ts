import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { forgetSecrets, redact, registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { safeJson, visible, visibleLine } from '../../src/report/sanitize.js';

afterEach(forgetSecrets);

const register = (...values: readonly (string | Uint8Array)[]): void => {
  for (const value of values) registerSecret(new Secret(value));
};

describe('redact', () => {
  test.each<[string, readonly string[], string, string]>([
    ['nothing is registered', [], 'hunter22', 'hunter22'],
    ['one', ['hunter22'], 'a hunter22 b', 'a *** b'],
    ['each time', ['hunter22'], 'hunter22hunter22', '******'],
    ['a short one is not searched for', ['abc'], 'abc', 'abc'],
    ['four characters are', ['abcd'], 'xabcdx', 'x***x'],
    ['two that overlap', ['hunter22', '22-secret'], 'a hunter22-secret b', 'a *** b'],
    ['one inside of another', ['hunter22', 'unte'], 'a hunter22 b', 'a *** b'],
    ['one that overlaps itself', ['abaaba'], 'xabaabaabay', 'x***y'],
    ['spaces are none', ['      '], 'a      b', 'a      b'],
    ['the longer of two', ['hunter', 'hunter22'], 'hunter22 hunter', '*** ***'],
    [
      'what means something in a pattern',
      ['a.c*(d)[e]$^|\\/{2}-'],
      'abcd a.c*(d)[e]$^|\\/{2}- x',
      'abcd *** x',
    ],
    ['with and without its last line end', ['hunter22\n'], 'hunter22 hunter22\nx', '*** ***x'],
    ['a longer line of it', ['first line\nshort\n'], 'x first line x short', 'x *** x short'],
    ['an indented line of it', ['key:\n    long enough\n'], 'long enough', '***'],
    ['as JSON writes it', ['say "hi"\tnow'], '{"a":"say \\"hi\\"\\tnow"}', '{"a":"***"}'],
  ])('%s', (_name, secrets, text, expected) => {
    register(...secrets);
    expect(redact(text)).toBe(expected);
  });

  test('bytes that are text', () => {
    register(Buffer.from('hunter22'));
    expect(redact('hunter22')).toBe('***');
  });

  const value = fc
    .string({ unit: 'binary', minLength: 4, maxLength: 40 })
    .filter((one) => one.trim().length >= 4);

  test('a secret is in no text, however it is surrounded and written', () => {
    fc.assert(
      fc.property(
        value,
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        (secret, before, after) => {
          fc.pre(!'***'.includes(secret) && !secret.includes('***'));
          forgetSecrets();
          register(secret);
          const text = `${before}${secret}${after}`;
          expect(redact(text)).not.toContain(secret);
          expect(JSON.parse(safeJson({ text }))['text']).not.toContain(secret);
          expect(redact(JSON.stringify(text))).not.toContain(JSON.stringify(secret).slice(1, -1));
        },
      ),
    );
  });

  test('a text without a secret stays as it is', () => {
    fc.assert(
      fc.property(value, fc.string({ unit: 'binary' }), (secret, text) => {
        const written = [
          secret,
          secret.trim(),
          JSON.stringify(secret).slice(1, -1),
          JSON.stringify(secret.trim()).slice(1, -1),
        ];
        const lines = secret.split(/\r?\n/).map((line) => line.trim());
        fc.pre(![...written, ...lines].some((one) => one !== '' && text.includes(one)));
        forgetSecrets();
        register(secret);
        expect(redact(text)).toBe(text);
      }),
    );
  });
});

describe('where text leaves', () => {
  test.each<[string, (text: string) => string, string]>([
    ['visible', visible, 'a *** b\\x1b'],
    ['visibleLine', visibleLine, 'a *** b\\x1b'],
    ['safeJson', safeJson, '"a *** b\\u001b"'],
  ])('%s', (_name, show, expected) => {
    register('hunter22');
    expect(show('a hunter22 b\x1b')).toBe(expected);
  });

  test('a secret with control characters is masked before they are escaped', () => {
    register('a\x1b[31mb');
    expect(visible('x a\x1b[31mb y')).toBe('x *** y');
  });

  test('keys of a document stay, and the words that programs go by', () => {
    register('status', 'wrong', 'plan');
    const document = { command: 'plan', status: 'the status', code: 'a/b-wrong', message: 'wrong' };
    expect(safeJson(document)).toBe(
      '{"command":"plan","status":"the ***","code":"a/b-wrong","message":"***"}',
    );
  });
});
