import { quote, quoteAll } from '../core/quote.js';
import type { Reader, ReaderOutput } from '../core/reader.js';
import { unreadable, type PackageEntry } from './packages.js';
import { evr, isOf, type RpmName } from './rpm-names.js';

/** One line a package, rpm(8); `(none)` where there is no epoch. */
const FORMAT = String.raw`%{NAME}\t%{ARCH}\t%{EPOCH}\t%{VERSION}-%{RELEASE}\n`;

/** Where `dnf versionlock` (4 and 5) and `zypper addlock` write down what they hold. */
const LOCK_FILES = ['/etc/dnf/plugins/versionlock.list', '/etc/dnf/versionlock.toml', '/etc/zypp/locks'];

/**
 * The package `name` or `name.arch` of rpm's database, null where it is not installed. One `rpm` for all. Answer: its
 * lines, NUL, the lock files. Versions read `version-release`, with `epoch:` before it where that is not 0.
 * @throws HomelabError `probes/no-answer` where rpm's database cannot be read
 */
export const rpmPackages: Reader<PackageEntry | null> = {
  name: 'packages-rpm',
  script: (keys) => `rpm -q --qf ${quote(FORMAT)} -- ${quoteAll(keys)}
code=$?
printf '\\0'
cat ${quoteAll(LOCK_FILES)} 2>/dev/null
exit "$code"`,
  parse: (output, keys) => {
    const [list = '', locks = ''] = output.stdout.split('\0');
    const rows = list.split('\n').flatMap(parseRow);
    refuseFailure(output, rows.length);
    const held = heldNames(locks);
    return keys.map((key) => {
      const own = rows.filter((row) => isOf(key, row));
      const newest = own.at(-1);
      if (newest === undefined) return null;
      const others = own.slice(0, -1).map(({ version }) => version);
      return {
        status: 'installed',
        version: newest.version,
        ...(others.length === 0 ? {} : { otherVersions: others }),
        isHeld: held.has(newest.name),
      };
    });
  },
};

function parseRow(line: string): (RpmName & { readonly version: string })[] {
  const [name, arch, epoch, version, ...rest] = line.split('\t');
  if (name === undefined || arch === undefined || epoch === undefined || version === undefined) return [];
  return rest.length > 0 ? [] : [{ name, arch, version: evr(epoch, version) }];
}

/** The exit code counts the packages that are not installed, so only what rpm complains about tells of a failure. */
function refuseFailure({ code, stderr }: ReaderOutput, rowCount: number): void {
  const isMissing = code === 127 && rowCount === 0;
  if (isMissing || /^error: .*(?:database|rpmdb)/im.test(stderr))
    throw unreadable(
      `\`rpm\` failed: ${stderr.split('\n')[0]?.slice(0, 200) ?? ''}`,
      'rpmdb --verifydb /var/lib/rpm/*',
    );
}

/** `name-epoch:version-release.arch` of dnf 4, `name = "…"` of dnf 5, `solvable_name: …` of zypper. */
function heldNames(text: string): Set<string> {
  const names = text.split('\n').flatMap((line) => {
    const [, dnf4, dnf5, zypper] =
      /^(?:([A-Za-z0-9_][\w.+-]*)-\d+:[^-\s]+-\S+|\s*name\s*=\s*"([^"]+)"|solvable_name: *(\S+))\s*$/.exec(
        line,
      ) ?? [];
    return dnf4 ?? dnf5 ?? zypper ?? [];
  });
  return new Set(names);
}
