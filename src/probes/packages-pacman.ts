import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { unreadable, type PackageEntry } from './packages.js';

/**
 * The package `name` of pacman's local database, null where it is not installed. Two `pacman` for all. Answer: lines
 * `name version`, NUL, the names of `IgnorePkg`, pacman.conf(5), NUL, the names of what was installed as a dependency.
 * @throws HomelabError `probes/no-answer` where the database cannot be read
 */
export const pacmanPackages: Reader<PackageEntry | null> = {
  name: 'packages-pacman',
  script: (keys) => `pacman -Q -- ${quoteAll(keys)}
code=$?
printf '\\0'
pacman-conf IgnorePkg 2>/dev/null
printf '\\0'
pacman -Qdq -- ${quoteAll(keys)} 2>/dev/null
exit "$code"`,
  parse: ({ code, stdout, stderr }, keys) => {
    // 0: all are installed; 1: some are not.
    if (code > 1) throw unreadable(`\`pacman -Q\` failed: ${stderr.trim().slice(0, 200)}`, 'pacman -Dk');
    const [list = '', ignored = '', dependencies = ''] = stdout.split('\0');
    const held = new Set(ignored.split(/\s+/));
    const auto = new Set(dependencies.split('\n'));
    const versions = parseNameVersions(list);
    return keys.map((key) => {
      const version = versions.get(key);
      return version === undefined
        ? null
        : { status: 'installed', version, isHeld: held.has(key), isAuto: auto.has(key) };
    });
  },
};

/** Lines `name version` as pacman prints them. */
function parseNameVersions(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap((line): [string, string][] => {
      const [, name, version] = /^(\S+) (\S+)$/.exec(line) ?? [];
      return name === undefined || version === undefined ? [] : [[name, version]];
    }),
  );
}
