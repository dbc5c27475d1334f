import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { editSetting, hasSections, type SettingEdit } from '../../../src/tasks/shared/setting-edit.js';

type Row = readonly [
  name: string,
  text: string,
  edit: Partial<SettingEdit>,
  result: string,
  found: string | null,
];

const edit = (text: string, change: Partial<SettingEdit>) =>
  editSetting(text, {
    format: change.section === undefined ? 'keyvalue' : 'ini',
    section: undefined,
    key: 'k',
    value: undefined,
    separator: undefined,
    isSsh: false,
    ...change,
  });

/** In the section `s`, unless they name another. */
const INI: readonly Row[] = [
  ['in sync', '[s]\nk=1\n', { value: '1' }, '[s]\nk=1\n', '1'],
  ['changed, spacing kept', '[s]\n  k  =  1\n', { value: '2' }, '[s]\n  k  =  2\n', '1'],
  ['a colon', '[s]\nk: 1\n', { value: '2' }, '[s]\nk: 2\n', '1'],
  ['a value that was empty', '[s]\nk=\n', { value: '2' }, '[s]\nk=2\n', ''],
  ['a key without separator', '[s]\nk\n', { value: '2' }, '[s]\nk=2\n', ''],
  [
    'another section stays',
    '[a]\nk=1\n[s]\nk=1\n[z]\nk=1\n',
    { value: '2' },
    '[a]\nk=1\n[s]\nk=2\n[z]\nk=1\n',
    '1',
  ],
  [
    'before the first section',
    'k=1\n[s]\nk=1\n',
    { section: undefined, format: 'ini', value: '2' },
    'k=2\n[s]\nk=1\n',
    '1',
  ],
  ['a longer key stays', '[s]\nkk=1\nk.x=1\n', { value: '2' }, '[s]\nkk=1\nk.x=1\nk=2\n', null],
  ['case counts', '[s]\nK=1\n', { value: '2' }, '[s]\nK=1\nk=2\n', null],
  ['a comment stays', '[s]\n#k=1\n;k=1\nz=1\n', { value: '2' }, '[s]\n#k=1\n;k=1\nk=2\nz=1\n', null],
  [
    'a sentence is not the key',
    '[s]\n# k is good\nz=1\n',
    { value: '2' },
    '[s]\n# k is good\nz=1\nk=2\n',
    null,
  ],
  [
    'added as neighbours do',
    '[s]\n\ta = 1\n\n[z]\nb=1\n',
    { value: '2' },
    '[s]\n\ta = 1\n\tk = 2\n\n[z]\nb=1\n',
    null,
  ],
  ['columns are not kept up', '[s]\na      =    1\n', { value: '2' }, '[s]\na      =    1\nk = 2\n', null],
  ["a separator of one's own", '[s]\na=1\n', { value: '2', separator: ': ' }, '[s]\na=1\nk: 2\n', null],
  ['into an empty section', '[s]\n\n[z]\na = 1\n', { value: '2' }, '[s]\nk = 2\n\n[z]\na = 1\n', null],
  ['into an empty text', '', { value: '2' }, '[s]\nk=2\n', null],
  ['a missing section', '[a]\n  x = 1', { value: '2' }, '[a]\n  x = 1\n\n[s]\nk = 2\n', null],
  ['a missing section after a blank line', '[a]\n\n', { value: '2' }, '[a]\n\n[s]\nk=2\n', null],
  [
    'a section with spaces and a comment',
    ' [ s ] ; main\nk=1\n',
    { value: '2' },
    ' [ s ] ; main\nk=2\n',
    '1',
  ],
  [
    'a section that is there twice',
    '[s]\nk=1\n[a]\n[s]\nk=3\n',
    { value: '2' },
    '[s]\n[a]\n[s]\nk=2\n',
    '1\n3',
  ],
  ['said twice', '[s]\nk=1\nx=1\nk=2\n', { value: '2' }, '[s]\nx=1\nk=2\n', '1\n2'],
  ['continued', '[s]\nk=1 \\\n  2\nx=1\n', { value: '2' }, '[s]\nk=2\nx=1\n', '1 \\\n  2'],
  ['what continues another', '[s]\na=1 \\\nk=1\n', { value: '2' }, '[s]\na=1 \\\nk=1\nk=2\n', null],
  ['a backslash that is escaped', '[s]\na=1\\\\\nk=1\n', { value: '2' }, '[s]\na=1\\\\\nk=2\n', '1'],
  ['below a line that goes on', '[s]\na=1 \\\n', { value: '2' }, '[s]\na=1 \\\n\nk=2\n', null],
  ['quotes are part of the value', '[s]\nk="1"\n', { value: '1' }, '[s]\nk=1\n', '"1"'],
  ['a value with a separator', '[s]\nk=a=b\n', { value: 'x: y = z' }, '[s]\nk=x: y = z\n', 'a=b'],
  [
    'a key of expression characters',
    '[s]\nk.*+?(x)[1]-/$=1\n',
    { key: 'k.*+?(x)[1]-/$', value: '2' },
    '[s]\nk.*+?(x)[1]-/$=2\n',
    '1',
  ],
  ['a key with a colon', '[s]\nk:meta = 1\n', { key: 'k:meta', value: '2' }, '[s]\nk:meta = 2\n', '1'],
  [
    'a key with a colon is not the shorter one',
    '[s]\nk:meta = 1\n',
    { value: '2' },
    '[s]\nk:meta = 1\nk = 2\n',
    null,
  ],
  ['CRLF', '[s]\r\nk=1\r\n', { value: '2' }, '[s]\r\nk=2\r\n', '1'],
  ['CRLF, added', '[s]\r\na=1\r\n', { value: '2' }, '[s]\r\na=1\r\nk=2\r\n', null],
  ['no final newline', '[s]\nk=1', { value: '2' }, '[s]\nk=2\n', '1'],
  ['removed', '[s]\nk=1\nx=1\nk=2\n', {}, '[s]\nx=1\n', '1\n2'],
  ['removed with what continues it', '[s]\nk=1 \\\n 2\nx=1\n', {}, '[s]\nx=1\n', '1 \\\n 2'],
  ['gone', '[s]\n#k=1\n', {}, '[s]\n#k=1\n', null],
  ['gone with its section', '[a]\nk=1\n', {}, '[a]\nk=1\n', null],
];

const KEYVALUE: readonly Row[] = [
  ['in sync', 'k=1\n', { value: '1' }, 'k=1\n', '1'],
  ['changed', 'a=1\nk = 1\n', { value: '2' }, 'a=1\nk = 2\n', '1'],
  ['words', 'k  1\n', { value: '2' }, 'k  2\n', '1'],
  ['a colon', 'k: a b\n', { value: 'c' }, 'k: c\n', 'a b'],
  ['exported', 'export k=1\n', { value: '2' }, 'export k=2\n', '1'],
  ['added', 'a=1\n# end\n', { value: '2' }, 'a=1\n# end\nk=2\n', null],
  ['added as words', 'a\t\t1\n', { value: '2' }, 'a\t\t1\nk\t2\n', null],
  [
    'statements are no neighbours',
    'a=1\nif true; then\nfi\n',
    { value: '2' },
    'a=1\nif true; then\nfi\nk=2\n',
    null,
  ],
  ['below itself commented out', '#k 1\nz 1\n', { value: '2' }, '#k 1\nk 2\nz 1\n', null],
  ['a sentence is not the key', '# k is good\nz 1\n', { value: '2' }, '# k is good\nz 1\nk 2\n', null],
  [
    'a key of two words',
    'Subsystem sftp /a\n',
    { key: 'Subsystem sftp', value: '/b' },
    'Subsystem sftp /b\n',
    '/a',
  ],
  ['said twice: where the last one stood', 'k=1\na=1\nk=3\n', { value: '2' }, 'a=1\nk=2\n', '1\n3'],
  ['removed', 'a=1\nexport k=1\n', {}, 'a=1\n', '1'],
  [
    'ssh: case does not count',
    'Permit no\n',
    { isSsh: true, key: 'permit', value: 'yes' },
    'Permit yes\n',
    'no',
  ],
  [
    'ssh: said twice: where the first one stood',
    'K 1\nA 1\nK 3\n',
    { isSsh: true, value: '2' },
    'K 2\nA 1\n',
    '1\n3',
  ],
  [
    'ssh: a part of its own stays',
    'A 1\n\nMatch User x\n  K 1\n',
    { isSsh: true, value: '2' },
    'A 1\nk 2\n\nMatch User x\n  K 1\n',
    null,
  ],
  ['ssh: nothing but parts', 'Host *\n  K 1\n', { isSsh: true, value: '2' }, 'k 2\n\nHost *\n  K 1\n', null],
  ['ssh: removed', 'K 1\nHost *\n  K 1\n', { isSsh: true }, 'Host *\n  K 1\n', '1'],
  ['ssh: an empty text', '', { isSsh: true, value: '2' }, 'k 2\n', null],
];

test.each(INI)('ini: %s', (_name, text, change, result, found) => {
  expect(edit(text, { section: 's', ...change })).toEqual({ text: result, found });
});

test.each(KEYVALUE)('keyvalue: %s', (_name, text, change, result, found) => {
  expect(edit(text, change)).toEqual({ text: result, found });
});

describe('editSetting', () => {
  const text = fc
    .array(
      fc.constantFrom(
        'k=1',
        ' k = 2',
        '#k=1',
        '[s]',
        '[z]',
        '',
        'a b = c',
        'k: x',
        'k',
        'a \\',
        'k 1',
        'Match k',
        '\uFEFF',
        'k=1\r',
      ),
      { maxLength: 8 },
    )
    .map((lines) => lines.join('\n'));
  const changes = fc.record(
    {
      section: fc.constantFrom('s', 'new'),
      value: fc.constantFrom('', '1', 'a = b', '# x'),
      isSsh: fc.boolean(),
    },
    { requiredKeys: [] },
  );

  test('done twice is done once', () => {
    fc.assert(
      fc.property(text, changes, (before, change) => {
        const edits = { ...change, isSsh: change.isSsh === true && change.section === undefined };
        const once = edit(before, edits);
        expect(edit(once.text, edits)).toEqual({ text: once.text, found: change.value ?? null });
      }),
      { numRuns: 500 },
    );
  });
});

test.each<[string, boolean]>([
  ['a=1\n[s]\n', true],
  ['[ -f /etc/x ] && a=1\n[ -n 1 ]\n', false],
  ['a=[s]\n', false],
])('%s has sections: %s', (text, expected) => {
  expect(hasSections(text)).toBe(expected);
});
