import { carriedGuests, type Carriage } from './carried-guests.js';
import { GuestDrains, type GuestDrainsOptions } from './guest-drains.js';
import type { UpgradeSession } from './upgrade-host-session.js';

type Options = Carriage & Pick<GuestDrainsOptions, 'tools' | 'request' | 'signal' | 'journal'>;

/** The drains of what runs on a host as things stand now. Of those that are not drained the host tells, once. */
export function createGuestDrains(session: UpgradeSession, options: Options): GuestDrains {
  const { surveys, notDrained } = carriedGuests(session, options);
  const { notes } = session.session;
  notes.push(...notDrained.filter((one) => !notes.includes(one)));
  return new GuestDrains({
    ...options,
    host: session.host.name,
    surveys,
    memories: session.survey?.memory?.guests ?? new Map(),
    stages: session.stages,
  });
}
