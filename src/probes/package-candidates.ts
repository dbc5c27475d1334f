import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** The versions of a package that the lists of the host offer, in no order; none where they do not know it. */
export type OffersReader = Reader<readonly string[]>;

/** The version that would take the place of the installed one; null where there is none, or no package installed. */
export type UpgradesReader = Reader<string | null>;

const policyScript = (keys: readonly string[]): string =>
  `apt-cache policy -- ${quoteAll(keys)} 2>/dev/null; true`;

/** What apt's lists offer for a package `name` or `name:arch`, apt-cache(8); the installed version is among it. One process. */
export const aptOffers: OffersReader = {
  name: 'package-candidates',
  script: policyScript,
  parse: ({ stdout }, keys) =>
    policiesOf(stdout, keys).map((policy) => (policy?.candidate === undefined ? [] : policy.versions)),
};

/** What apt would put in the place of an installed package. One `apt-cache` for all. */
export const aptUpgrades: UpgradesReader = {
  name: 'package-upgrades',
  script: policyScript,
  parse: ({ stdout }, keys) =>
    policiesOf(stdout, keys).map((policy) => {
      const { installed, candidate } = policy ?? {};
      return installed === undefined || candidate === installed ? null : (candidate ?? null);
    }),
};

interface Policy {
  installed: string | undefined;
  candidate: string | undefined;
  readonly versions: string[];
}

function policiesOf(text: string, keys: readonly string[]): (Policy | undefined)[] {
  const found = parsePolicies(text);
  // apt leaves the architecture out where it is the host's own.
  return keys.map((key) => found.get(key) ?? found.get(key.replace(/:.*/, '')));
}

function parsePolicies(text: string): Map<string, Policy> {
  const policies = new Map<string, Policy>();
  let current: Policy | undefined;
  for (const line of text.split('\n')) {
    const name = /^(\S+):$/.exec(line)?.[1];
    if (name !== undefined) {
      current = { installed: undefined, candidate: undefined, versions: [] };
      policies.set(name, current);
    }
    const [, word, chosen] = /^ {2}(Installed|Candidate): (\S+)$/.exec(line) ?? [];
    if (chosen !== undefined && chosen !== '(none)' && current !== undefined)
      current[word === 'Installed' ? 'installed' : 'candidate'] = chosen;
    // ` *** 1.2 500` is the installed version, `     1.2 500` another; sources are indented further.
    const version = /^ (?:\*{3}| {3}) (\S+)(?: -?\d+.*)?$/.exec(line)?.[1];
    if (version !== undefined) current?.versions.push(version);
  }
  return policies;
}
