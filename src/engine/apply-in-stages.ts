import type { HostConfig } from '../core/host-config.js';
import type { HostSession } from './host-session.js';
import { stagesOf } from './stages.js';

/**
 * Applies to the hosts that have something to do, stage by stage ({@link stagesOf}). Where the canary fails, the others are
 * left alone; a host that another is reached through is, where that one is not done.
 */
export async function applyInStages(
  sessions: readonly HostSession[],
  inventory: readonly HostConfig[],
  applyTo: (sessions: readonly HostSession[], isFirst: boolean) => Promise<void>,
): Promise<void> {
  const names = new Set(
    inventory.flatMap(({ via = [], runsOn }) => (runsOn === undefined ? via : [...via, runsOn])),
  );
  for (const { needs } of sessions) for (const name of needs) names.add(name);
  const due = sessions.filter((session) => session.isActive && session.hasWork);
  const stages = stagesOf(
    due.map(({ host, needs }) => ({ name: host.name, needs })),
    (name) => names.has(name),
  );
  let failed: string | undefined;
  for (const [index, { hosts, isCanary }] of stages.entries()) {
    const now = due.filter(({ host }) => hosts.includes(host.name));
    for (const session of now) {
      const behind = sessions.find(
        (other) => other.needs.includes(session.host.name) && !other.isDone && !isOff(other),
      );
      if (failed !== undefined) leave(session, `${failed} was to go first, and failed`);
      else if (behind !== undefined)
        leave(session, `${behind.host.name} is reached through it, and is not done`);
    }
    await applyTo(
      now.filter((session) => session.isActive),
      index === 0,
    );
    if (isCanary) failed = now.find((session) => !session.isDone)?.host.name;
  }
}

function leave(session: HostSession, why: string): void {
  session.notes.push(`left alone: ${why}`);
  session.isStopped = true;
}

/** One that may be away holds nobody up. */
function isOff({ host, isUnreachable }: HostSession): boolean {
  return host.optional && isUnreachable;
}
