import { HomelabError } from '../core/errors.js';
import { quote, quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** What of a firewall of ours is loaded in the kernel. */
export interface LoadedTables {
  /** Whether there is a program `nft`. */
  readonly isInstalled: boolean;
  /** What was noted when rules were loaded last: {@link nftRecord}. Empty where there is no note. */
  readonly record: string;
  /** The tables of the note as they are now, by `nft -s list table`, in its order; one that is gone is left out. */
  readonly listing: string;
  /** Whether the table that was asked for is there. */
  readonly isTableThere: boolean;
}

/** Asks for the note at `path` and for the table `FAMILY NAME`. */
export function loadedTablesKey(path: string, table: string): string {
  return JSON.stringify([path, table]);
}

/** Shell text that prints the tables `FAMILY NAME` of a note, one a line; what else stands in it is no table. */
export const TABLES_OF_RECORD = `sed -n 's/^table \\([a-z0-9]\\{2,6\\} [A-Za-z_][A-Za-z0-9_./-]*\\)$/\\1/p; /^listing$/q'`;

/**
 * What of {@link loadedTablesKey}s is loaded. `nft -s` leaves counters out, so that the same rules read the same.
 * Answer for each key: `nft` or nothing, the note, the listing, `there` or nothing, each ended by NUL.
 * @throws HomelabError `probes/no-answer` where there are fewer
 */
export const nftTables: Reader<LoadedTables> = {
  name: 'nft-tables',
  script: (keys) => keys.map(scriptOf).join('\n'),
  parse: ({ stdout }, keys) => {
    const parts = stdout.split('\0');
    if (parts.length <= keys.length * 4) throw noAnswer();
    return keys.map((_, index) => {
      const [program = '', record = '', listing = '', there = ''] = parts.slice(index * 4, index * 4 + 4);
      return { isInstalled: program === 'nft', record, listing, isTableThere: there === 'there' };
    });
  },
};

function scriptOf(key: string): string {
  const [path, table] = JSON.parse(key) as [string, string];
  return `record=${quote(path)}
command -v nft >/dev/null 2>&1 && printf nft
printf '\\0'
[ ! -r "$record" ] || cat "$record"
printf '\\0'
if [ -r "$record" ]; then
  ${TABLES_OF_RECORD} "$record" | while read -r family name; do nft -s list table "$family" "$name" </dev/null 2>/dev/null; done
fi
printf '\\0'
nft list tables 2>/dev/null </dev/null | grep -Fqx ${quoteAll([`table ${table}`])} && printf there
printf '\\0'`;
}

function noAnswer(): HomelabError {
  return new HomelabError({
    code: 'probes/no-answer',
    message: 'the host did not tell which firewall rules are loaded',
    hint: 'Try `nft list tables` on the host.',
  });
}
