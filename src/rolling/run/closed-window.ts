import type { HostConfig } from '../../core/host-config.js';
import { isInWindow, parseTimeWindow } from '../../core/time-window.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';

/** Why a host must not be begun at this time; undefined: it may. Both its own window and that of the run have to be open. */
export function closedWindow(host: HostConfig, { window }: UpgradeRequest, at: Date): string | undefined {
  const ofRun = window === null ? undefined : parseTimeWindow(window);
  for (const one of [host.rolling.window, ofRun])
    if (one !== undefined && !isInWindow(one, at)) return `left out: outside of its window ${one.text}`;
  return undefined;
}
