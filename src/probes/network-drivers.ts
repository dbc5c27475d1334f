import type { Reader } from '../core/reader.js';
import { kernelModuleName } from './kernel-modules.js';

/**
 * Names of the modules that drive network interfaces which are not down, in the kernel's spelling; virtual interfaces have
 * none. The key says nothing. Answer: where the links in /sys lead, a line each.
 */
export const networkDrivers: Reader<readonly string[]> = {
  name: 'network-drivers',
  script: () => `for link in /sys/class/net/*/device/driver/module; do
  state=
  read -r state <"\${link%/device/driver/module}/operstate"
  [ ! -L "$link" ] || [ "$state" = down ] || readlink "$link"
done 2>/dev/null
true`,
  parse: ({ stdout }, keys) => {
    const names = stdout.split('\n').flatMap((line) => /\/([A-Za-z0-9_-]+)$/.exec(line)?.[1] ?? []);
    const found = [...new Set(names.map(kernelModuleName))];
    return keys.map(() => found);
  },
};
