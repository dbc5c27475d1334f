import type { MaybeState } from '../core/state.js';
import { hostRecord } from '../probes/host-journal.js';
import type { HostSession } from './host-session.js';

/** What a run saw of one item. */
export interface Observation {
  /** As {@link TaskResult.id}. */
  readonly id: string;
  /** Every field that was read; undefined: it was not looked at, or could not be known. */
  readonly seen: MaybeState | undefined;
}

/** What a run saw of one host. */
export interface HostObservations {
  readonly host: string;
  /** In the order of the host's items. */
  readonly items: readonly Observation[];
}

/** What was seen of a host the last time each item was looked at; undefined where it was not reached. */
export function observationsOf(session: HostSession): HostObservations | undefined {
  if (session.reached === undefined) return undefined;
  const items = session.items.map((item) => {
    const probed = session.probed.get(item);
    return { id: item.id, seen: probed?.is === 'known' ? probed.before : undefined };
  });
  return { host: session.host.name, items };
}

/**
 * Whether another run applies on a host, or has since it was read: what was seen of it is of no time. Asks the host once
 * more where something differs; one that does not answer is unreachable from now on.
 */
export async function isBusy(session: HostSession): Promise<boolean> {
  const { reached } = session;
  if (reached === undefined || session.error !== null) return false;
  if (reached.ledger.otherLock !== undefined) return true;
  if (!session.hasWork) return false;
  try {
    const { lock, journalText } = await reached.shell.read(hostRecord, '');
    return lock !== undefined || journalText !== reached.record.journalText;
  } catch (thrown) {
    session.failToReach(thrown);
    return false;
  }
}
