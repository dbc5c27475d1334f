import { HomelabError } from '../core/errors.js';
import { quoteAll } from '../core/quote.js';
import type { Reader, ReaderOutput } from '../core/reader.js';

/** A package that the database of the host's package manager knows about. */
export interface PackageEntry {
  /** `installed`; of dpkg also `config-files`, `half-configured` and what else `db:Status-Status` says, dpkg-query(1). */
  readonly status: string;
  /** As the manager writes it; empty where none is installed. */
  readonly version: string;
  /** Further versions that are installed beside `version`, as rpm allows for kernels. */
  readonly otherVersions?: readonly string[];
  /** Somebody told the manager to leave it as it is. */
  readonly isHeld: boolean;
}

/**
 * The package `name` or `name:arch` of dpkg's database; null where dpkg has never had it. One `dpkg-query` for all.
 * @throws HomelabError `probes/no-answer` where dpkg's database cannot be read
 */
export const packages: Reader<PackageEntry | null> = {
  name: 'packages',
  script: (keys) =>
    `dpkg-query -W -f '\${Package}\\t\${Architecture}\\t\${Version}\\t\${db:Status-Want}\\t\${db:Status-Status}\\n' -- ${quoteAll(keys)} 2>/dev/null`,
  parse: (output, keys) => {
    refuseFailure(output);
    const rows = output.stdout.split('\n').flatMap(parseRow);
    return keys.map((key) => {
      const [name, architecture] = key.split(':');
      const own = rows.filter(
        (row) => row.name === name && (architecture === undefined || row.architecture === architecture),
      );
      return (own.find((row) => row.entry.status === 'installed') ?? own[0])?.entry ?? null;
    });
  },
};

interface Row {
  readonly name: string;
  readonly architecture: string;
  readonly entry: PackageEntry;
}

function parseRow(line: string): Row[] {
  const [name, architecture, version, want, status, ...rest] = line.split('\t');
  if (name === undefined || architecture === undefined || version === undefined) return [];
  if (want === undefined || status === undefined || status === '' || rest.length > 0) return [];
  return [{ name, architecture, entry: { status, version, isHeld: want === 'hold' } }];
}

/** 0: all known; 1: some are not; anything else says that the database was not read. */
function refuseFailure({ code }: ReaderOutput): void {
  if (code !== 0 && code !== 1)
    throw unreadable(`\`dpkg-query\` failed with exit code ${code}`, 'dpkg --audit');
}

/** The error for a database of packages that did not answer. `look`: a command that tells more. */
export function unreadable(what: string, look: string): HomelabError {
  return new HomelabError({
    code: 'probes/no-answer',
    message: `the packages of the host cannot be read: ${what}`,
    hint: `Look at \`${look}\` on the host.`,
  });
}
