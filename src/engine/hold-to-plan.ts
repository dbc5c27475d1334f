import { randomBytes } from 'node:crypto';
import { HomelabError } from '../core/errors.js';
import { Fingerprints } from '../core/fingerprint.js';
import type { HostSession } from './host-session.js';
import { compareHosts, saveHost, type SavedPlan } from './saved-plan.js';

/** The plan of the hosts that could be planned to their end. */
export function savePlan(sessions: readonly HostSession[]): SavedPlan {
  const salt = randomBytes(16).toString('hex');
  const prints = new Fingerprints(salt);
  const planned = sessions.filter((session) => session.isActive);
  return { salt, hosts: planned.map((session) => saveHost(session, prints)) };
}

/** Takes out every host that is not as it was when `plan` was made, or of which it says nothing. */
export function holdToPlan(sessions: readonly HostSession[], plan: SavedPlan): void {
  const prints = new Fingerprints(plan.salt);
  for (const session of sessions.filter((one) => one.isActive)) {
    const planned = plan.hosts.find(({ host }) => host === session.host.name);
    if (planned === undefined) {
      session.fail(notPlanned(session.host.name));
      continue;
    }
    const { wanted, seen } = compareHosts(planned, saveHost(session, prints));
    if (wanted.length > 0) session.fail(projectChanged(session.host.name, wanted));
    else if (seen.length > 0) session.fail(hostChanged(session.host.name, seen));
  }
}

/** Items that are named; the rest is counted. */
const MOST_NAMED = 5;

function named(list: readonly string[]): string {
  const more = list.length - MOST_NAMED;
  return list.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function hostChanged(host: string, seen: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'engine/changed-since-plan',
    host,
    message: `${host} has changed since the plan was made: ${named(seen)}`,
    hint: 'Nothing was applied there. Make a new plan and look at it.',
  });
}

function projectChanged(host: string, wanted: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'engine/project-changed-since-plan',
    host,
    message: `what is wanted of ${host} is not what it was when the plan was made: ${named(wanted)}`,
    hint: 'Nothing was applied there. The project, --set or the facts of the host are others: make a new plan.',
  });
}

function notPlanned(host: string): HomelabError {
  return new HomelabError({
    code: 'engine/not-planned',
    host,
    message: `the plan says nothing of ${host}: it was not chosen, not reached, or failed when the plan was made`,
    hint: 'Nothing was applied there. Make a new plan.',
  });
}
