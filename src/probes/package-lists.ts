import type { Reader } from '../core/reader.js';

/** The package lists that the host has fetched. */
export interface PackageLists {
  /** Since they were last fetched, by the host's own clock; undefined where there are none. */
  readonly ageSeconds: number | undefined;
}

/**
 * A reader of the age of lists that lie where `globs` (shell patterns of ours) say: the newest counts. What is looked at
 * is when a file was last changed in any way (ctime), because the time of its contents may be the server's. The key says
 * nothing.
 */
export function packageListsAt(name: string, globs: readonly string[]): Reader<PackageLists> {
  return {
    name,
    script: () => `date +%s\nstat -c %Z -- ${globs.join(' ')} 2>/dev/null\ntrue`,
    parse: ({ stdout }, keys) => {
      const [now, ...times] = stdout.split('\n');
      const newest = times
        .filter((time) => /^\d{1,15}$/.test(time))
        .toSorted((a, b) => Number(b) - Number(a))[0];
      const lists = { ageSeconds: parseAge(now, newest) };
      return keys.map(() => lists);
    },
  };
}

/** Seconds from `then` to `now`, both as `date +%s` prints them; undefined where one is none. */
export function parseAge(now: string | undefined, then: string | undefined): number | undefined {
  const age = Number(now || Number.NaN) - Number(then || Number.NaN);
  return Number.isFinite(age) ? Math.max(0, age) : undefined;
}
