import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/**
 * Names in the directory at an absolute path, sorted, hidden ones included; null where there is no directory.
 * Read by the shell itself, without a process. A name that is not UTF-8 holds U+FFFD.
 * Answer: `INDEX/` for each directory and `INDEX/NAME` for each entry, each ended by NUL.
 */
export const directoryEntries: Reader<readonly string[] | null> = {
  name: 'directory-entries',
  script: (keys) => `set -- ${quoteAll(keys)}
index=0
for path do
  if [ -d "$path" ] && [ ! -L "$path" ]; then
    printf '%s/\\0' "$index"
    for entry in "$path"/* "$path"/.[!.]* "$path"/..?*; do
      if [ -e "$entry" ] || [ -L "$entry" ]; then printf '%s/%s\\0' "$index" "\${entry##*/}"; fi
    done
  fi
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const found = new Map<number, Set<string>>();
    for (const answer of stdout.split('\0')) {
      const [, index, name] = /^(\d{1,9})\/([^/]*)$/.exec(answer) ?? [];
      if (index === undefined || name === undefined) continue;
      const names = found.get(Number(index)) ?? new Set<string>();
      found.set(Number(index), names);
      if (name !== '' && name !== '.' && name !== '..') names.add(name);
    }
    return keys.map((_, index) => {
      const names = found.get(index);
      return names === undefined ? null : [...names].toSorted();
    });
  },
};
