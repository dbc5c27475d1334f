import type { ReadableHost } from '../../../core/task.js';
import { loginFooting } from '../../../probes/login-footing.js';
import { sshPeers } from '../../../probes/ssh-peers.js';
import type { PackageManager } from './manager.js';

/** Programs that matter only to a login that comes by one of their interfaces. */
const BY_INTERFACE: Readonly<Record<string, RegExp>> = {
  wpa_supplicant: /^wl/,
  iwd: /^wl/,
  tailscaled: /^tailscale/,
  'zerotier-one': /^zt/,
  'wg-quick': /^wg/,
};

/**
 * What the login at work stands on that would go with packages, a sentence for each package. One round trip.
 * @param names of installed packages, as the manager is told
 */
export async function lostWith(
  host: ReadableHost,
  names: readonly string[],
  { name: manager, removals }: PackageManager,
): Promise<string[]> {
  const [footing, along, peer] = await Promise.all([
    host.read(loginFooting, manager),
    removals === undefined ? [] : host.read(removals, names.join(' ')),
    host.read(sshPeers, ''),
  ]);
  const going = new Set([...names, ...along]);
  const counts = ({ path }: { path: string }): boolean => {
    const interfaces = BY_INTERFACE[path.split('/').at(-1) ?? ''];
    return interfaces === undefined || interfaces.test(peer?.interface ?? '');
  };
  const lost = footing.filter((one) => going.has(one.package) && counts(one));
  return [...new Set(lost.map((one) => one.package))].map((one) => {
    const paths = [...new Set(lost.filter((other) => other.package === one).map(({ path }) => path))];
    return `${one} goes${names.includes(one) ? '' : ' along'}, with ${paths.join(', ')}`;
  });
}
