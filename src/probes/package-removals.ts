import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/**
 * What would go if packages were removed: they themselves, what needs them, and what nobody would need any more. The key:
 * their names with a blank between. Nothing where the manager says that it would not do it, or cannot tell.
 */
export type RemovalsReader = Reader<readonly string[]>;

/** A rehearsal by the package manager, which changes nothing. One process a key: what goes along depends on all of them. */
function removals(
  name: string,
  command: (names: string) => string,
  parse: (text: string) => readonly string[],
): RemovalsReader {
  return {
    name,
    script: (keys) =>
      keys
        .map((key) => `${command(quoteAll(key.split(' ')))} 2>/dev/null </dev/null\nprintf '\\0'`)
        .join('\n'),
    parse: ({ stdout }, keys) => {
      const answers = stdout.split('\0');
      return keys.map((_key, index) => parse(answers[index] ?? ''));
    },
  };
}

function firstOfEach(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

/** `Remv NAME [VERSION]`, apt-get(8) `--simulate`; a package of another architecture with that behind it. */
export const aptRemovals = removals(
  'package-removals-apt',
  (names) => `apt-get -s -q remove -- ${names}`,
  (text) => firstOfEach(text, /^(?:Remv|Purg) (\S+)/gm),
);

/** The tables of dnf 4 and 5: below a heading that begins with `Removing`, a line a package with a blank before it. */
export const dnfRemovals = removals(
  'package-removals-dnf',
  (names) => `dnf -C --assumeno remove ${names}`,
  (text) => {
    const [, ...tables] = text.split(/^Removing.*:[\t ]*$/m);
    return tables.flatMap((table) => firstOfEach(table.split(/^\S/m)[0] ?? '', /^ (\S+)/gm));
  },
);

/** `(1/2) Purging NAME (VERSION)`. */
export const apkRemovals = removals(
  'package-removals-apk',
  (names) => `apk --no-network del --simulate -- ${names}`,
  (text) => firstOfEach(text, /^\(\s*\d+\/\d+\) Purging (\S+) \(/gm),
);

/** The element `to-remove` of zypper's summary. */
export const zypperRemovals = removals(
  'package-removals-zypper',
  (names) => `zypper --non-interactive --no-refresh --xmlout remove --dry-run -- ${names}`,
  (text) => {
    const gone = /<to-remove>([^]*?)<\/to-remove>/.exec(text)?.[1] ?? '';
    return firstOfEach(gone, /<solvable\b[^>]*?\sname="([^"]+)"/g);
  },
);
