import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** `loaded`, `builtin` (part of the kernel, always there), or `missing` (not loaded). */
export type ModuleState = 'loaded' | 'builtin' | 'missing';

/** The name as the kernel writes it: dashes and underscores are the same, and it takes underscores. */
export function kernelModuleName(name: string): string {
  return name.replaceAll('-', '_');
}

/**
 * The state of the module of a name in the kernel's spelling. `initstate` is there for a loaded module alone; one that
 * is built in has no folder in /sys where it takes no parameters, and is then in `modules.builtin`.
 * Answer: `INDEX:loaded` or `INDEX:builtin`, then the lines of `modules.builtin` that may name a key.
 */
export const kernelModules: Reader<ModuleState> = {
  name: 'kernel-modules',
  script: (keys) => {
    const names = keys.map((key) => `/${key.replaceAll('_', '[-_]')}\\.ko`);
    return `set -- ${quoteAll(keys)}
index=0
for module do
  if [ -e "/sys/module/$module/initstate" ]; then
    printf '%s:loaded\\n' "$index"
  elif [ -d "/sys/module/$module" ]; then
    printf '%s:builtin\\n' "$index"
  fi
  index=$((index + 1))
done
grep -s ${quoteAll(names.flatMap((name) => ['-e', name]))} "/lib/modules/$(uname -r)/modules.builtin"
true`;
  },
  parse: ({ stdout }, keys) => {
    const states = new Map<string, ModuleState>();
    for (const line of stdout.split('\n')) {
      const builtin = /\/([^/]+)\.ko[^/]*$/.exec(line)?.[1];
      if (builtin !== undefined) states.set(kernelModuleName(builtin), 'builtin');
      const [, index, state] = /^(\d{1,9}):(loaded|builtin)$/.exec(line) ?? [];
      const key = keys[Number(index)];
      if (key !== undefined) states.set(key, state as ModuleState);
    }
    return keys.map((key) => states.get(key) ?? 'missing');
  },
};
