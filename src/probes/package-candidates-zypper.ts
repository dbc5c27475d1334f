import { quoteAll } from '../core/quote.js';
import type { OffersReader, UpgradesReader } from './package-candidates.js';
import { isOf, ownArchitecture } from './rpm-names.js';

/** Reads only: without `--no-refresh` zypper would fetch lists that are due. */
const ZYPPER = 'zypper --non-interactive --no-refresh -q --xmlout';

/** What the lists of zypper offer for `name` or `name.arch`. One `zypper` for all. */
export const zypperOffers: OffersReader = {
  name: 'package-candidates-zypper',
  script: (keys) =>
    `${ZYPPER} search -s --match-exact -t package -- ${quoteAll([...new Set(keys.map(bareName))])} 2>/dev/null; true`,
  parse: ({ stdout }, keys) => {
    const rows = elements(stdout, 'solvable').filter(
      // What is installed and offered by nobody is listed as well.
      ({ repository }) => repository !== undefined && !repository.startsWith('('),
    );
    return keys.map((key) => versionsOf(key, rows));
  },
};

/** What zypper's solver would put in the place of an installed package; locks and vendors are heeded. One process. */
export const zypperUpgrades: UpgradesReader = {
  name: 'package-upgrades-zypper',
  script: () => `${ZYPPER} list-updates -t package 2>/dev/null; true`,
  parse: ({ stdout }, keys) => {
    const rows = elements(stdout, 'update');
    return keys.map((key) => versionsOf(key, rows).at(-1) ?? null);
  },
};

/** zypper searches for names; an architecture is looked for in what it finds. Names with a dot are asked for both ways. */
function bareName(key: string): string {
  return key.replace(/\.(?:noarch|x86_64|i[3-6]86|aarch64|armv\dhl|ppc64le|s390x|riscv64)$/, '');
}

type Attributes = Readonly<Record<string, string | undefined>>;

function versionsOf(key: string, rows: readonly Attributes[]): string[] {
  const own = rows.flatMap(({ name, arch, edition }) =>
    name === undefined || arch === undefined || edition === undefined ? [] : [{ name, arch, edition }],
  );
  return ownArchitecture(own.filter((row) => isOf(key, row))).map(({ edition }) => edition);
}

/** The attributes of all elements of one name. No value that matters here holds a quote or an entity. */
function elements(xml: string, name: string): Attributes[] {
  const tags = xml.match(new RegExp(`<${name}\\s[^>]*>`, 'g')) ?? [];
  return tags.map((tag) =>
    Object.fromEntries([...tag.matchAll(/\s([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  );
}
