import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** Whether the shell finds a program of this name (no slash in it). Without a process. */
export const programs: Reader<boolean> = {
  name: 'programs',
  script: (keys) => `index=0
for program in ${quoteAll(keys)}; do
  command -v -- "$program" >/dev/null 2>&1 && printf '%s\\n' "$index"
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const found = new Set(stdout.split('\n'));
    return keys.map((_, index) => found.has(String(index)));
  },
};
