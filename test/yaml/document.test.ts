import { describe, expect, test } from '@jest/globals';
import type { YamlPath } from '../../src/yaml/document.js';
import { parseYaml } from '../../src/yaml/parse-yaml.js';

const TEXT = `# hosts
hosts:
  gate: { address: 10.0.0.1, via: [a, b] }
  dns1:
    vars: &v
      text: |

        one {{x}}
          two {{y}}
      quoted: "say {{x}}"
      single: 'it''s {{x}}'
      plain: say {{x}}
      folded: >
        a {{x}}
        b {{y}}
  nas:
    vars: *v
`;
const document = parseYaml(TEXT, 'h.yml');
const place = ({ line, column }: { line: number; column: number }) => `${line}:${column}`;

test.each<[string, YamlPath, string, string]>([
  ['the root', [], '2:1', '2:1'],
  ['a mapping', ['hosts', 'gate'], '3:9', '3:3'],
  ['a value', ['hosts', 'gate', 'address'], '3:20', '3:11'],
  ['an item of a list', ['hosts', 'gate', 'via', 1], '3:39', '3:39'],
  ['a block mapping begins at its first key', ['hosts', 'dns1'], '5:5', '4:3'],
  ['through an alias, where it is written', ['hosts', 'nas', 'vars', 'plain'], '12:14', '12:7'],
  ['a missing key: what encloses it', ['hosts', 'gate', 'port'], '3:3', '3:3'],
  ['a missing branch: what encloses it', ['hosts', 'pi', 'vars', 'x'], '2:1', '2:1'],
])('%s', (_name, path, value, key) => {
  expect(place(document.locate(path))).toBe(value);
  expect(place(document.locateKey(path))).toBe(key);
});

test('a key without a value stands for its value', () => {
  const empty = parseYaml('hosts:\n  gate:\n  pi: {}\n', 'h.yml');
  expect(place(empty.locate(['hosts', 'gate']))).toBe('2:3');
  expect(place(empty.locate(['hosts', 'pi']))).toBe('3:7');
});

test('a byte order mark does not shift columns', () => {
  expect(place(parseYaml('\uFEFFa: 1\n', 'h.yml').locate(['a']))).toBe('1:4');
});

describe('places inside a text', () => {
  test.each<[string, string, number, number, string]>([
    ['a block, second line', 'text', 2, 5, '8:13'],
    ['a block, deeper line', 'text', 3, 7, '9:15'],
    ['double quotes', 'quoted', 1, 5, '10:20'],
    ['single quotes that are doubled: the beginning', 'single', 1, 6, '11:15'],
    ['plain', 'plain', 1, 5, '12:18'],
    ['folded: the beginning', 'folded', 1, 3, '13:15'],
  ])('%s', (_name, key, line, column, expected) => {
    const path = ['hosts', 'dns1', 'vars', key];
    expect(place(document.locateInside(path, { line, column }))).toBe(expected);
  });
});

test.each<[number, string]>([
  [1, '# hosts'],
  [2, 'hosts:'],
  [0, ''],
  [99, ''],
])('line %d', (line, text) => {
  expect(document.lineText(line)).toBe(text);
  expect(parseYaml('a: 1\r\nb: 2\r\n', 'h.yml').lineText(1)).toBe('a: 1');
});
