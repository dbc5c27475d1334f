import type { PackageLists } from './package-lists.js';
import { parseAge } from './package-lists.js';
import type { Reader } from '../core/reader.js';

/** How old apt's lists are. The key says nothing. Answer: now, then the time of the lists and `lists` where there are some. */
export const aptLists: Reader<PackageLists> = {
  name: 'apt-lists',
  script: () => `date +%s
stat -c %Y -- /var/lib/apt/lists 2>/dev/null
for list in /var/lib/apt/lists/*_Packages* /var/lib/apt/lists/*_InRelease; do
  if [ -f "$list" ]; then printf 'lists\\n'; break; fi
done
true`,
  parse: ({ stdout }, keys) => {
    const [now, fetched, mark] = stdout.split('\n');
    const lists = { ageSeconds: mark === 'lists' ? parseAge(now, fetched) : undefined };
    return keys.map(() => lists);
  },
};
