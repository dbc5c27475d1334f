import type { Topology } from '../../core/topology.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import { carriedGuests } from './carried-guests.js';
import type { Away } from './group-limits.js';
import { findForReboot } from './guest-site.js';
import type { SurveyOptions } from './host-survey.js';
import { plannedStages, type PlannedGuest } from './planned-stages.js';
import type { UpgradeSession } from './upgrade-host-session.js';
import { isToBeDone } from './who-is-away.js';

interface PlanOptions extends Pick<SurveyOptions, 'tools' | 'signal'> {
  readonly sessions: readonly UpgradeSession[];
  readonly away: Away;
  readonly topology: Topology;
  /** Of the host. */
  readonly request: UpgradeRequest;
}

/**
 * Shows what is drained on a host's guests before it boots, among its own stages, and tells which guests go down as they are. Only
 * reads; a guest that cannot be asked is a failure of the host.
 */
export async function planGuests(session: UpgradeSession, options: PlanOptions): Promise<void> {
  const { survey } = session;
  if (survey === undefined || !isToBeDone(session)) return;
  const { surveys, notDrained } = carriedGuests(session, options);
  session.session.notes.push(...notDrained);
  try {
    const guests: PlannedGuest[] = [];
    for (const guest of surveys) {
      const isDrained = (survey.memory?.guests.get(guest.host.name)?.drained.size ?? 0) > 0;
      // As the run before has found it.
      const drains = isDrained ? guest.drains : await findForReboot(guest, options);
      guests.push({ host: guest.host, drains });
    }
    session.stages.show(plannedStages(survey, options.request, guests));
  } catch (thrown) {
    session.session.fail(thrown);
  }
}
