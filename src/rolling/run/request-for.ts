import type { EarlierUpgrade } from '../journal/host-memory.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';

/** What is asked of one host. What an earlier run had finished was booted by that, if every host was to be. */
export function requestFor(
  host: string,
  { request, earlier }: { readonly request: UpgradeRequest; readonly earlier: EarlierUpgrade | undefined },
): UpgradeRequest {
  const isOver = request.reboot === 'always' && earlier?.done.has(host) === true;
  return isOver ? { ...request, reboot: 'needed' } : request;
}
