import { beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { isArmored } from '../../src/core/sealed.js';
import { armorScalar, openScalar, slotOf } from '../../src/secrets/scalar-text.js';
import { hideSecrets, resealSecrets, showSecrets } from '../../src/secrets/secret-text.js';
import { parseYaml } from '../../src/yaml/parse-yaml.js';
import { findSecretScalars } from '../../src/yaml/secret-scalars.js';
import { testKeys, type TestKeys } from './age-project.js';

let keys: TestKeys;
let other: TestKeys;
beforeAll(async () => {
  keys = await testKeys();
  other = await testKeys();
});

const FILE = 'vars.yml';

/** A text in which `<plain>` stands for an age file of it, indented as the place wants it, and `<<plain>>` for one in quotes. */
async function sealedText(sketch: string): Promise<string> {
  let text = '';
  for (const part of sketch.split(/(<<?[^<>]+>>?)/)) {
    const plain = part.replaceAll(/[<>]/g, '').replaceAll('⏎', '\n');
    if (part.startsWith('<<')) text += JSON.stringify((await keys.seal(plain)).trimEnd());
    else if (part.startsWith('<')) {
      const line = text.trimEnd().split('\n').at(-1) ?? '';
      const [dashes = ''] = /^[ -]*/.exec(line) ?? [];
      const isKey = /\S+: /.test(line);
      const margin = ' '.repeat(isKey ? dashes.length + 2 : dashes.lastIndexOf('-') + 2);
      text += (await keys.seal(plain)).trimEnd().replaceAll(/^/gm, margin);
    } else text += part;
  }
  return text;
}

const seal = (value: Uint8Array) => keys.seal(value);

describe('shown and hidden again', () => {
  test.each<[string, string, string]>([
    ['a value', 'a: 1 # one\npw: !secret |\n<hunter2>\nb: 2\n', 'a: 1 # one\npw: !secret hunter2\nb: 2\n'],
    ['a remark behind it', 'pw: !secret | # old\n<hunter2>\nb: 2\n', 'pw: !secret hunter2 # old\nb: 2\n'],
    ['a value that needs quotes', 'pw: !secret |\n<a: b # c>\n', 'pw: !secret "a: b # c"\n'],
    ['several lines', 'k: !secret |\n<one⏎  two⏎>\nb: 2\n', 'k: !secret |\n  one\n    two\nb: 2\n'],
    ['several lines without the last end', 'k: !secret |\n<one⏎two>\n', 'k: !secret |-\n  one\n  two\n'],
    ['lines that begin with a space', 'k: !secret |\n< one⏎two>\n', 'k: !secret " one\\ntwo"\n'],
    [
      'in a list',
      'l:\n  - !secret |\n<x1>\n  - k: !secret |\n<x2>\n    j: 1\n',
      'l:\n  - !secret x1\n  - k: !secret x2\n    j: 1\n',
    ],
    [
      'in brackets',
      'c: { d: !secret <<x1>>, e: [!secret <<x 2>>] }\n',
      'c: { d: !secret x1, e: [!secret "x 2"] }\n',
    ],
    ['at the end without a line end', 'a: 1\nk: !secret |\n<x1>', 'a: 1\nk: !secret x1'],
  ])('%s', async (_name, sketch, expected) => {
    const text = await sealedText(sketch);
    const shown = await showSecrets(text, FILE, keys.opener);
    expect(shown.text).toBe(expected);
    expect(await hideSecrets(shown.text, FILE, { known: shown.known, seal })).toBe(text);
  });

  test('another way of writing stays where nothing changed', async () => {
    const armor = (await keys.seal('x1')).trimEnd().replaceAll(/^/gm, '        ');
    const text = `a: !secret |-\n${armor}\nb: !secret |\n${armor}\n`;
    const shown = await showSecrets(text, FILE, keys.opener);
    expect(shown.text).toBe('a: !secret x1\nb: !secret x1\n');
    expect(await hideSecrets(shown.text, FILE, { known: shown.known, seal })).toBe(text);
  });
});

describe('what was changed', () => {
  const edited = async (text: string, change: (shown: string) => string): Promise<string> => {
    const shown = await showSecrets(text, FILE, keys.opener);
    return hideSecrets(change(shown.text), FILE, { known: shown.known, seal });
  };

  test('is encrypted anew, the rest keeps its age files', async () => {
    const text = await sealedText('a: !secret |\n<one1>\nb: !secret |\n<two2>\nc: 3\n');
    const after = await edited(text, (shown) =>
      shown.replace('two2', 'new value').replace('c: 3', 'c: 4 # four'),
    );
    const [first = '', second = ''] = text.split('b: ');
    expect(after.startsWith(`${first}b: !secret |\n`)).toBe(true);
    expect(after).not.toContain(second.split('\n')[3]);
    expect(after.endsWith('c: 4 # four\n')).toBe(true);
    expect((await showSecrets(after, FILE, keys.opener)).text).toBe(
      'a: !secret one1\nb: !secret "new value"\nc: 4 # four\n',
    );
  });

  test('keeps its age file under another key and another indentation', async () => {
    const text = await sealedText('a: !secret |\n<one1>\n');
    const after = await edited(text, () => 'deep:\n  er: !secret one1\n');
    const [sealed] = findSecretScalars(after, FILE);
    expect(sealed?.value).toBe(findSecretScalars(text, FILE)[0]?.value);
    expect(after).toMatch(/^deep:\n  er: !secret \|\n    -----BEGIN/);
  });

  test('of two equal values each keeps its own', async () => {
    const text = await sealedText('a: !secret |\n<same>\nb: !secret |\n<same>\n');
    expect(await edited(text, (shown) => `${shown}# more\n`)).toBe(`${text}# more\n`);
  });

  test('a new value with a remark, a block, and one that is encrypted already', async () => {
    const armored = await sealedText('z: !secret |\n<old1>\n');
    const after = await edited('', () => `a: !secret new # why\nb: !secret | # two\n  x\n  y\n${armored}`);
    expect(after).toMatch(/^a: !secret \| # why\n  -----BEGIN[^]*\nb: !secret \| # two\n  -----BEGIN/);
    expect(after.endsWith(armored)).toBe(true);
    expect((await showSecrets(after, FILE, keys.opener)).text).toBe(
      'a: !secret new # why\nb: !secret | # two\n  x\n  y\nz: !secret old1\n',
    );
  });

  test('text that is no YAML any more is refused', async () => {
    await expect(edited('a: 1\n', () => 'a: [1\n')).rejects.toMatchObject({ code: 'yaml/syntax' });
  });
});

test('rekeyed values can be opened by the others alone, and all else stays', async () => {
  const text = await sealedText('# top\na: !secret | # why\n<one1>\nc: [!secret <<two2>>, 3]\n');
  const { text: after, count } = await resealSecrets(text, FILE, {
    opener: keys.opener,
    seal: (value) => other.seal(value),
  });
  expect(count).toBe(2);
  await expect(showSecrets(after, FILE, keys.opener)).rejects.toMatchObject({
    code: 'secret/wrong-identity',
  });
  const [mine, others] = [
    await showSecrets(text, FILE, keys.opener),
    await showSecrets(after, FILE, other.opener),
  ];
  expect(others.text).toBe(mine.text);
});

describe('any value in any place', () => {
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.constantFrom('a', ' ', '#', ':', '\n', '\n\n', '\t', '-', '"', "'", '|', '\r', '\u2028', 'é'),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );
  const place = fc.constantFrom(
    'a: !secret X',
    'a: !secret X # remark',
    'a:\n  b: !secret X\n  c: 1',
    'l:\n  - !secret X\n  - 2',
    'l:\n- k: !secret X\n  j: 1',
    '- !secret X',
    'a: { b: !secret X, c: 1 }',
    'a: [!secret X]',
  );

  test('is read as it was written, encrypted or not', () => {
    fc.assert(
      fc.property(value, place, fc.boolean(), (plain, sketch, hasEnd) => {
        const text = sketch.replace('X', 'x') + (hasEnd ? '\n' : '');
        const written = (write: typeof openScalar, what: string, from: string): string => {
          const [scalar] = findSecretScalars(from, FILE);
          if (scalar === undefined) throw new Error('no scalar');
          const slot = slotOf(from, scalar);
          return from.slice(0, slot.start) + write(what, slot) + from.slice(slot.end);
        };
        const shown = written(openScalar, plain, text);
        expect(findSecretScalars(shown, FILE).map((one) => one.value)).toEqual([plain]);
        const armor = '-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n-----END AGE ENCRYPTED FILE-----\n';
        const sealed = written(armorScalar, armor, shown);
        expect(() => parseYaml(sealed, FILE)).not.toThrow();
        expect(findSecretScalars(sealed, FILE).every((one) => isArmored(one.value))).toBe(true);
        const again = written(openScalar, plain, sealed);
        expect(findSecretScalars(again, FILE).map((one) => one.value)).toEqual([plain]);
      }),
      { examples: [['a\n\n', 'a: !secret X', false]] },
    );
  });
});
