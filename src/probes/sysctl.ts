import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** A setting of the kernel as it is now. */
export interface SysctlEntry {
  /** As the kernel prints it, without the final newline; undefined where it may not be read. */
  readonly value: string | undefined;
}

/**
 * The setting at a path below /proc/sys (`net/ipv4/ip_forward`); null where the kernel has none. One `grep` for all:
 * a shell's `read` takes single bytes, and the kernel answers the second one with the end of the file.
 * Answer: `PATH:LINE` for each line, NUL, then the index of each path that exists, one a line.
 */
export const sysctl: Reader<SysctlEntry | null> = {
  name: 'sysctl',
  script: (keys) => `set -- ${quoteAll(keys.map((key) => `/proc/sys/${key}`))}
grep -asH '' -- "$@" </dev/null
printf '\\0'
index=0
for path do
  [ ! -f "$path" ] || printf '%s\\n' "$index"
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const at = stdout.indexOf('\0');
    const lines = stdout.slice(0, Math.max(at, 0)).split('\n');
    const existing = new Set(stdout.slice(at + 1).split('\n'));
    return keys.map((key, index) => {
      if (at === -1 || !existing.has(String(index))) return null;
      const start = `/proc/sys/${key}:`;
      const own = lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
      return { value: own.length === 0 ? undefined : own.join('\n') };
    });
  },
};
