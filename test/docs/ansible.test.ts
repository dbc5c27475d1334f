import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { deliberateDifferences } from '../lab/parity/differences.js';
import { readModules } from '../lab/parity/modules.js';

const text = readFileSync(new URL('../../docs/ansible.md', import.meta.url), 'utf8');
const modules = await readModules();

/** Where lines are wrapped means nothing; a list's item begins a line of its own. */
function unwrapped(markdown: string): string[] {
  return markdown
    .split(/\n(?=- |#)|\n\n/)
    .map((part) => part.replaceAll(/\s+/g, ' ').trim())
    .filter((part) => part !== '');
}

/** The first two cells of every row of the table that says which kind does what a module does. */
const rows = (text.split('## Modules and kinds')[1] ?? '')
  .split('\n## ')[0]
  ?.split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.split('|').slice(1, 3).join('|'));

const kinds = readdirSync(new URL('../../src/tasks/', import.meta.url))
  .filter((name) => name.endsWith('.ts'))
  .map((name) => name.slice(0, -'.ts'.length));

describe('docs/ansible.md', () => {
  test.each([...modules.keys()])('says what does the work of %s', (module) => {
    expect(rows?.some((row) => row.split('|')[0]?.includes(`\`${module}\``))).toBe(true);
  });

  test.each(kinds)('says whose work %s does', (kind) => {
    expect(rows?.some((row) => row.split('|')[1]?.includes(`\`${kind}\``))).toBe(true);
  });

  test('has the deliberate differences that test/lab/parity expects, and no others', () => {
    const [, differences = ''] = /report it\.\n([^]*)\n### On the machine/.exec(text) ?? [];
    expect(unwrapped(differences)).toEqual(unwrapped(deliberateDifferences(modules)));
  });

  test('has more than a dozen of them', () => {
    expect(deliberateDifferences(modules).match(/^- /gm)?.length).toBeGreaterThan(12);
  });
});
