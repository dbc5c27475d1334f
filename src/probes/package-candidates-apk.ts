import { quoteAll } from '../core/quote.js';
import type { OffersReader, UpgradesReader } from './package-candidates.js';
import { splitApkName } from './packages-apk.js';

/** What the lists of apk offer for `name`, the installed version included. One `apk` for all, without network. */
export const apkOffers: OffersReader = {
  name: 'package-candidates-apk',
  script: (keys) => `apk --no-network policy -- ${quoteAll(keys)} 2>/dev/null; true`,
  parse: ({ stdout }, keys) => {
    const found = parsePolicies(stdout);
    return keys.map((key) => found.get(key) ?? []);
  },
};

/** What apk calls newer than the installed package; versions of tagged repositories do not count. One `apk` for all. */
export const apkUpgrades: UpgradesReader = {
  name: 'package-upgrades-apk',
  script: (keys) => `apk --no-network version -- ${quoteAll(keys)} 2>/dev/null; true`,
  parse: ({ stdout }, keys) => {
    const newer = new Map(
      stdout.split('\n').flatMap((line): [string, string][] => {
        const [, installed, version] = /^(\S+)\s+<\s+(\S+)/.exec(line) ?? [];
        const name = installed === undefined ? undefined : splitApkName(installed)?.[0];
        return name === undefined || version === undefined ? [] : [[name, version]];
      }),
    );
    return keys.map((key) => newer.get(key) ?? null);
  },
};

/**
 * `NAME policy:`, then each version indented by two with a colon, its sources by four. A version is offered where a
 * source other than the database of what is installed has it.
 */
function parsePolicies(text: string): Map<string, string[]> {
  const policies = new Map<string, string[]>();
  let versions: string[] = [];
  let version: string | undefined;
  for (const line of text.split('\n')) {
    const name = /^(\S+) policy:$/.exec(line)?.[1];
    if (name !== undefined) policies.set(name, (versions = []));
    version = /^ {2}(\d\S*):$/.exec(line)?.[1] ?? version;
    const source = /^ {4}(\S.*)$/.exec(line)?.[1];
    if (source === undefined || version === undefined || /(?:^|\/)lib\/apk\/db\//.test(source)) continue;
    if (!versions.includes(version)) versions.push(version);
  }
  return policies;
}
