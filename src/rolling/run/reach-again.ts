import { toHomelabError } from '../../core/errors.js';
import type { HostSurvey } from './host-survey.js';
import { notReachedAgain } from './upgrade-failures.js';

/**
 * Proves that all that had been reached through a jump host is reached again, over new connections: those of before ended with
 * its boot. @throws HomelabError `rolling/children`
 */
export async function reachAgain(
  jumpHost: string,
  children: readonly Pick<HostSurvey, 'host' | 'reached'>[],
  timeoutMs: number,
): Promise<void> {
  for (const { reached, host } of children) {
    try {
      await reached.reconnect(timeoutMs);
    } catch (cause) {
      throw notReachedAgain(jumpHost, host.name, toHomelabError(cause));
    }
  }
}
