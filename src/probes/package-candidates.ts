import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** What apt would install, apt-cache(8). */
export interface PackageCandidate {
  readonly version: string;
  /** Every version that some source offers, the installed one included. */
  readonly versions: readonly string[];
}

/** What apt's lists offer for a package `name` or `name:arch`; null where there is no candidate. One `apt-cache` for all. */
export const packageCandidates: Reader<PackageCandidate | null> = {
  name: 'package-candidates',
  script: (keys) => `apt-cache policy -- ${quoteAll(keys)} 2>/dev/null; true`,
  parse: ({ stdout }, keys) => {
    const found = parsePolicies(stdout);
    return keys.map((key) => {
      // apt leaves the architecture out where it is the host's own.
      const policy = found.get(key) ?? found.get(key.replace(/:.*/, ''));
      if (policy === undefined || policy.candidate === undefined) return null;
      return { version: policy.candidate, versions: policy.versions };
    });
  },
};

interface Policy {
  candidate: string | undefined;
  readonly versions: string[];
}

function parsePolicies(text: string): Map<string, Policy> {
  const policies = new Map<string, Policy>();
  let current: Policy | undefined;
  for (const line of text.split('\n')) {
    const name = /^(\S+):$/.exec(line)?.[1];
    if (name !== undefined) {
      current = { candidate: undefined, versions: [] };
      policies.set(name, current);
    }
    const candidate = /^ {2}Candidate: (\S+)$/.exec(line)?.[1];
    if (candidate !== undefined && candidate !== '(none)' && current !== undefined)
      current.candidate = candidate;
    // ` *** 1.2 500` is the installed version, `     1.2 500` another; sources are indented further.
    const version = /^ (?:\*{3}| {3}) (\S+)(?: -?\d+.*)?$/.exec(line)?.[1];
    if (version !== undefined) current?.versions.push(version);
  }
  return policies;
}
