import { HomelabError } from '../core/errors.js';
import { quote, quoteAll } from '../core/quote.js';
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
  /** It came for the sake of others only, and may go with them; left out where the reader cannot tell. */
  readonly isAuto?: boolean;
}

/**
 * Prints `name arch` of those packages of `names` (between blanks) that apt has marked as installed automatically. The
 * file is what `apt-mark showauto` reads, which also loads all lists: half a second, where this takes a millisecond.
 */
const MARKS = `NF == 0 { name = arch = "" }
$1 == "Package:" { name = $2 }
$1 == "Architecture:" { arch = $2 }
$1 == "Auto-Installed:" && $2 == 1 && index(names, " " name " ") { print name, arch }`;

/**
 * The package `name` or `name:arch` of dpkg's database; null where dpkg has never had it. One `dpkg-query` for all,
 * which is asked for dpkg itself too: its architecture is the host's own. Answer: its lines, NUL, apt's marks.
 * @throws HomelabError `probes/no-answer` where dpkg's database cannot be read
 */
export const packages: Reader<PackageEntry | null> = {
  name: 'packages',
  script: (keys) =>
    `dpkg-query -W -f '\${Package}\\t\${Architecture}\\t\${Version}\\t\${db:Status-Want}\\t\${db:Status-Status}\\n' -- dpkg ${quoteAll(keys)} 2>/dev/null
code=$?
printf '\\0'
awk -v names=${quote(` ${keys.map((key) => key.replace(/:.*/, '')).join(' ')} `)} ${quote(MARKS)} /var/lib/apt/extended_states 2>/dev/null
exit "$code"`,
  parse: (output, keys) => {
    refuseFailure(output);
    const [list = '', marks = ''] = output.stdout.split('\0');
    const rows = list.split('\n').flatMap(parseRow);
    const auto = new Set(marks.split('\n'));
    const native = rows.find(({ name }) => name === 'dpkg')?.architecture;
    const isAuto = (row: Row, asked: string | undefined): boolean => {
      // A package for all architectures has the host's own there. Of a bare name apt-mark(8) means that one too.
      const marked = row.architecture === 'all' ? native : row.architecture;
      return (asked !== undefined || marked === native) && auto.has(`${row.name} ${marked}`);
    };
    return keys.map((key) => {
      const [name, architecture] = key.split(':');
      const own = rows.filter(
        (row) => row.name === name && (architecture === undefined || row.architecture === architecture),
      );
      const row = own.find(({ entry }) => entry.status === 'installed') ?? own[0];
      return row === undefined ? null : { ...row.entry, isAuto: isAuto(row, architecture) };
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
