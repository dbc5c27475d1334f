import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Secret } from '../../src/core/secret.js';
import { envFile } from '../../src/render/env-file.js';

/** A `.env` as Docker Compose 2 reads it: single quotes hold everything, others nothing that has a meaning here. */
function read(text: string): Record<string, string> {
  const values = text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const [, name = '', value = ''] = /^([A-Z]+)=(.*)$/u.exec(line) ?? [];
      const single = /^'([^']*)'$/.exec(value)?.[1];
      const double = /^"([^"\\$`]*)"$/.exec(value)?.[1];
      const plain = /^[^\s'"#$\\`]*$/.exec(value)?.[0];
      return [name, single ?? double ?? plain ?? `not readable: ${line}`] as const;
    });
  return Object.fromEntries(values);
}

test.each<readonly [string, string | number | boolean, string]>([
  ['a word', 'lan/a:1', 'A=lan/a:1\n'],
  ['nothing', '', 'A=\n'],
  ['a number', 8080, 'A=8080\n'],
  ['a switch', false, 'A=false\n'],
  ['what has a meaning', 'a $HOME ${X} "q" # \\n', `A='a $HOME \${X} "q" # \\n'\n`],
  ['a single quote', "it's", `A="it's"\n`],
  ['blanks at its ends', ' a ', "A=' a '\n"],
])('%s', (_name, value, expected) => {
  expect(envFile({ A: value })).toBe(expected);
});

test('a secret makes a secret of it', () => {
  const text = envFile({ A: 'a', B: new Secret('b c') });
  expect(text).toBeInstanceOf(Secret);
  expect((text as Secret).reveal()).toBe("A=a\nB='b c'\n");
});

test.each([
  ['two lines', 'a\nB=c'],
  ['a NUL', 'a\0'],
  ['both quotes', `it's "q"`],
  ['a quote and a variable', "it's $HOME"],
  ['a backslash at its end', 'C:\\dir\\'],
])('refuses %s, without telling it', (_name, value) => {
  expect(() => envFile({ A: value })).toThrow(expect.objectContaining({ code: 'render/bad-env' }));
  expect(() => envFile({ A: new Secret(value) })).toThrow(/^the value of A /);
});

test('a value is refused, or read back as it is', () => {
  const texts = fc.string({
    unit: fc.constantFrom(...'aZ0_=-#$\'"`\\ \t\n{}()!é\u2028'.split('')),
    maxLength: 10,
  });
  fc.assert(
    fc.property(texts, texts, (first, second) => {
      let text: string;
      try {
        text = String(envFile({ A: first, B: second }));
      } catch {
        return;
      }
      expect(read(text)).toEqual({ A: first, B: second });
    }),
  );
});
