import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** A setting of the kernel as it is now. */
export interface SysctlEntry {
  /** As the kernel prints it, without the final newline; undefined where it may not be read. */
  readonly value: string | undefined;
  /** Whether it may be set from here: a container may not set what is its host's. */
  readonly isWritable: boolean;
}

/**
 * The setting at a path below /proc/sys (`net/ipv4/ip_forward`); null where the kernel has none. One `grep` for all:
 * a shell's `read` takes single bytes, and the kernel answers the second one with the end of the file.
 * Answer: `PATH:LINE` for each line, NUL, then the index of each path that exists, one a line, followed by `w` where
 * it may be written: it is opened for that and nothing is written, since busybox's `test -w` is always true for root.
 */
export const sysctl: Reader<SysctlEntry | null> = {
  name: 'sysctl',
  script: (keys) => `set -- ${quoteAll(keys.map((key) => `/proc/sys/${key}`))}
grep -asH '' -- "$@" </dev/null
printf '\\0'
index=0
for path do
  if [ -f "$path" ]; then
    if true >>"$path"; then printf '%sw\\n' "$index"; else printf '%s\\n' "$index"; fi
  fi
  index=$((index + 1))
done 2>/dev/null
true`,
  parse: ({ stdout }, keys) => {
    const at = stdout.indexOf('\0');
    const lines = stdout.slice(0, Math.max(at, 0)).split('\n');
    const existing = new Set(stdout.slice(at + 1).split('\n'));
    return keys.map((key, index) => {
      const isWritable = existing.has(`${index}w`);
      if (at === -1 || !(isWritable || existing.has(String(index)))) return null;
      const start = `/proc/sys/${key}:`;
      const own = lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
      return { value: own.length === 0 ? undefined : own.join('\n'), isWritable };
    });
  },
};
