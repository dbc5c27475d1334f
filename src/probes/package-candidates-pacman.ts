import { quoteAll } from '../core/quote.js';
import type { OffersReader, UpgradesReader } from './package-candidates.js';

/** What the sync databases of pacman offer for `name`, in the order of the repositories. One `pacman` for all. */
export const pacmanOffers: OffersReader = {
  name: 'package-candidates-pacman',
  script: (keys) => `pacman -Si -- ${quoteAll(keys)} 2>/dev/null; true`,
  parse: ({ stdout }, keys) => {
    const found = new Map<string, string[]>();
    let name: string | undefined;
    for (const line of stdout.split('\n')) {
      const [, field, value] = /^(Name|Version)\s+: (\S+)$/.exec(line) ?? [];
      if (field === 'Name') name = value;
      if (field !== 'Version' || name === undefined || value === undefined) continue;
      found.set(name, [...(found.get(name) ?? []), value]);
      name = undefined;
    }
    return keys.map((key) => found.get(key) ?? []);
  },
};

/** What pacman calls newer than the installed package, as `name old -> new`. One `pacman` for all. */
export const pacmanUpgrades: UpgradesReader = {
  name: 'package-upgrades-pacman',
  script: (keys) => `pacman -Qu -- ${quoteAll(keys)} 2>/dev/null; true`,
  parse: ({ stdout }, keys) => {
    const newer = new Map(
      stdout.split('\n').flatMap((line): [string, string][] => {
        const [, name, version] = /^(\S+) \S+ -> (\S+)(?: \[.*\])?$/.exec(line) ?? [];
        return name === undefined || version === undefined ? [] : [[name, version]];
      }),
    );
    return keys.map((key) => newer.get(key) ?? null);
  },
};
