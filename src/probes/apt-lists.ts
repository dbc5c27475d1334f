import type { Reader } from '../core/reader.js';

/** The package lists that apt has fetched. */
export interface AptLists {
  /** Since they were last fetched, by the host's own clock; undefined where there are none. */
  readonly ageSeconds: number | undefined;
}

/** How old apt's lists are. The key says nothing. Answer: now, then the time of the lists and `lists` where there are some. */
export const aptLists: Reader<AptLists> = {
  name: 'apt-lists',
  script: () => `date +%s
stat -c %Y -- /var/lib/apt/lists 2>/dev/null
for list in /var/lib/apt/lists/*_Packages* /var/lib/apt/lists/*_InRelease; do
  if [ -f "$list" ]; then printf 'lists\\n'; break; fi
done
true`,
  parse: ({ stdout }, keys) => {
    const [now, fetched, mark] = stdout.split('\n');
    const age = Number(now || Number.NaN) - Number(fetched || Number.NaN);
    const lists = { ageSeconds: mark === 'lists' && Number.isFinite(age) ? Math.max(0, age) : undefined };
    return keys.map(() => lists);
  },
};
