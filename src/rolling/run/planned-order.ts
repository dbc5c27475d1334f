import type { WavePlan } from '../../core/waves.js';
import { isLeader } from './host-survey.js';
import type { UpgradeSession } from './upgrade-host-session.js';

/**
 * The waves as they were shown, as long as nothing makes another order needful: another leader does. What drops out of a wave makes
 * room for nobody, so that what was shown is what is done.
 */
export class PlannedOrder {
  readonly #wavesOf: (sessions: readonly UpgradeSession[]) => WavePlan;
  #plan: WavePlan;
  #leaders: string;

  constructor(
    plan: WavePlan,
    sessions: readonly UpgradeSession[],
    wavesOf: (sessions: readonly UpgradeSession[]) => WavePlan,
  ) {
    this.#plan = plan;
    this.#leaders = leadersAmong(sessions);
    this.#wavesOf = wavesOf;
  }

  /** The hosts of the next wave of which some are left; empty: none are. */
  next(rest: readonly UpgradeSession[]): readonly UpgradeSession[] {
    const leaders = leadersAmong(rest);
    if (leaders !== '' && leaders !== this.#leaders) {
      this.#plan = this.#wavesOf(rest);
      this.#leaders = leaders;
    }
    for (const { hosts } of this.#plan.waves) {
      const left = rest.filter((session) => hosts.some(({ host }) => host === session.host.name));
      if (left.length > 0) return left;
    }
    return [];
  }
}

function leadersAmong(sessions: readonly UpgradeSession[]): string {
  const leaders = sessions.filter(({ survey }) => survey !== undefined && isLeader(survey));
  return leaders.map(({ host }) => host.name).join(' ');
}
