import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  dropFstabEntry,
  fstabLine,
  fstabLinesOf,
  putFstabEntry,
  type FstabEntry,
} from '../../../src/tasks/shared/fstab.js';

const entry = (options: Partial<FstabEntry> = {}): FstabEntry => ({
  source: 'tmpfs',
  path: '/srv/a',
  type: 'tmpfs',
  options: 'defaults',
  dump: 0,
  pass: 0,
  ...options,
});
const LINE = 'tmpfs /srv/a tmpfs defaults 0 0';

describe('fstabLine', () => {
  test.each<[string, Partial<FstabEntry>, string]>([
    ['plain', {}, LINE],
    ['blanks', { path: '/srv/a b\tc', source: ' x' }, '\\040x /srv/a\\040b\\011c tmpfs defaults 0 0'],
    ['a backslash', { path: '/srv/\\040' }, 'tmpfs /srv/\\134040 tmpfs defaults 0 0'],
    ['a hash', { source: '#x', path: '/#y' }, '\\043x /#y tmpfs defaults 0 0'],
    ['unicode', { path: '/srv/ünï ☂' }, 'tmpfs /srv/ünï\\040☂ tmpfs defaults 0 0'],
  ])('%s', (_name, options, line) => {
    expect(fstabLine(entry(options))).toBe(line);
  });
});

describe('fstabLinesOf', () => {
  test.each<[string, string, string | null]>([
    ['any blanks', '\ttmpfs   /srv/a\ttmpfs  defaults  0 0', LINE],
    ['the last words left out', 'tmpfs /srv/a tmpfs', LINE],
    ['words after the last', `${LINE} # mine`, LINE],
    ['a slash at the end', 'tmpfs /srv/a/ tmpfs', LINE],
    ['CRLF', `${LINE}\r\n`, LINE],
    ['a comment', `# ${LINE}\n#${LINE}`, null],
    ['another path', 'tmpfs /srv/a/b tmpfs\n/srv/a / ext4', null],
    ['half a line', 'tmpfs /srv/a', null],
    ['twice', `${LINE}\nx /srv/a y`, `${LINE}\nx /srv/a y defaults 0 0`],
  ])('%s', (_name, text, line) => {
    expect(fstabLinesOf(text, '/srv/a')).toBe(line);
  });
});

describe('putFstabEntry', () => {
  test('an entry comes before what is mounted below it, and after the rest', () => {
    const line = (path: string): string => `none ${path} tmpfs defaults 0 0\n`;
    const text = `# kept\n${line('/')}${line('/srv/inner')}${line('/srvother')}`;
    const own = { source: 'none', path: '/srv', type: 'tmpfs', options: 'nosuid', dump: 0, pass: 0 };
    expect(putFstabEntry(text, own)).toBe(
      `# kept\n${line('/')}none /srv tmpfs nosuid 0 0\n${line('/srv/inner')}${line('/srvother')}`,
    );
  });

  test.each<[string, string, string]>([
    ['into nothing', '', `${LINE}\n`],
    ['after a last line without an end', '# x', `# x\n${LINE}\n`],
    ['in its place', 'a /b c\nold /srv/a nfs\n# end', `a /b c\n${LINE}\n# end`],
    ['as the only one', 'old /srv/a nfs\na\t/b  c\nx /srv/a y\n', `${LINE}\na\t/b  c\n`],
  ])('%s', (_name, text, result) => {
    expect(putFstabEntry(text, entry())).toBe(result);
  });

  const word = fc.constantFrom('/srv/a', '/srv/a b', '/#x', '\\', 'tmpfs', 'ü', "it's", 'a\\040', '#c');
  const path = word.map((one) => (one.startsWith('/') ? one : `/${one}`));
  const line = fc.constantFrom(
    '# a comment',
    '',
    'UUID=x  /boot\text2 ro 0 2',
    '#tmpfs /srv/a tmpfs',
    'half',
    'x /y z\t',
  );

  test('what was put is found, twice is once, and without it every byte of others is there', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), word, path, word, (lines, source, at, options) => {
        const text = lines.map((one) => `${one}\n`).join('');
        const wanted = entry({ source, path: at, options });
        const once = putFstabEntry(text, wanted);
        expect(fstabLinesOf(once, at)).toBe(fstabLine(wanted));
        expect(putFstabEntry(once, wanted)).toBe(once);
        expect(dropFstabEntry(once, at)).toBe(text);
      }),
    );
  });
});
