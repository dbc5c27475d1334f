import { quote, quoteAll } from '../core/quote.js';
import type { OffersReader, UpgradesReader } from './package-candidates.js';
import { evr, isOf, ownArchitecture, type RpmName } from './rpm-names.js';

/** One line a package. dnf 4 ends each with a newline of its own as well, dnf 5 does not. */
const FORMAT = String.raw`%{name}\t%{arch}\t%{epoch}\t%{version}-%{release}\n`;

/**
 * From the cache alone: a probe fetches nothing. Where a repository has no cache yet, dnf answers nothing at all. dnf 5
 * knows no `--`; no name of a package begins with a dash.
 */
const query = (keys: readonly string[], options: readonly string[]): string =>
  `dnf -q -C repoquery ${quoteAll(options)} --qf ${quote(FORMAT)} ${quoteAll(keys)} 2>/dev/null; true`;

/** What the cached lists of dnf offer for `name` or `name.arch`. One `dnf` for all. */
export const dnfOffers: OffersReader = {
  name: 'package-candidates-dnf',
  script: (keys) => query(keys, ['--available']),
  parse: ({ stdout }, keys) => keys.map((key) => versionsOf(key, stdout)),
};

/** What dnf would put in the place of an installed package; locks and excludes are heeded. One `dnf` for all. */
export const dnfUpgrades: UpgradesReader = {
  name: 'package-upgrades-dnf',
  script: (keys) => query(keys, ['--upgrades', '--latest-limit=1']),
  parse: ({ stdout }, keys) => keys.map((key) => versionsOf(key, stdout).at(-1) ?? null),
};

function versionsOf(key: string, text: string): string[] {
  const rows = text.split('\n').flatMap(parseRow);
  return ownArchitecture(rows.filter((row) => isOf(key, row))).map(({ version }) => version);
}

function parseRow(line: string): (RpmName & { readonly version: string })[] {
  const [name, arch, epoch, version, ...rest] = line.split('\t');
  if (name === undefined || arch === undefined || epoch === undefined || version === undefined) return [];
  return rest.length > 0 ? [] : [{ name, arch, version: evr(epoch, version) }];
}
