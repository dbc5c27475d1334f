import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { ATTEMPT } from './readiness.js';

/** Seconds that a program may take to tell its version. */
const LIMIT = 10;

/** The key that asks the program of `argv` for its version. */
export function versionKey(argv: readonly string[]): string {
  return JSON.stringify(argv);
}

/**
 * The version that a program prints, e.g. `1.8.7` of `Consul v1.8.7`: the first number with dots in the first lines of
 * what it prints. Null where there is no such program, or it prints none. Keys are those of {@link versionKey}.
 */
export const programVersions: Reader<string | null> = {
  name: 'program-versions',
  script: (keys) => {
    const asked = keys.map((key, index) => {
      const argv = JSON.parse(key) as readonly string[];
      const asking = `attempt ${LIMIT} ${quoteAll(argv)} </dev/null 2>&1`;
      return `${asking} | head -n 3 | tr -cd '[:print:]\\n' | cut -c 1-200 | sed 's/^/${index}:/'`;
    });
    return `${ATTEMPT}\n${asked.join('\n')}\ntrue`;
  },
  parse: ({ stdout }, keys) => {
    const lines = stdout.split('\n');
    return keys.map((_, index) => {
      const own = lines
        .filter((line) => line.startsWith(`${index}:`))
        .map((line) => line.slice(`${index}:`.length));
      return versionIn(own.join('\n'));
    });
  },
};

function versionIn(text: string): string | null {
  return /\d+(?:\.\d+)+/.exec(text)?.[0] ?? null;
}
