import type { EventSink } from '../../core/events.js';
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
  #begun = 0;

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

  /** Tells that a wave begins, which one it is, and how many there are: those of `rest` come later. */
  tell(wave: readonly UpgradeSession[], rest: readonly UpgradeSession[], sink: EventSink): void {
    this.#begun += 1;
    const later = new Set(rest.filter((one) => !wave.includes(one)).map(({ host }) => host.name));
    const left = this.#plan.waves.filter(({ hosts }) => hosts.some(({ host }) => later.has(host)));
    sink({
      type: 'wave-started',
      wave: this.#begun,
      count: this.#begun + left.length,
      hosts: wave.map(({ host }) => host.name),
    });
  }
}

function leadersAmong(sessions: readonly UpgradeSession[]): string {
  const leaders = sessions.filter(({ survey }) => survey !== undefined && isLeader(survey));
  return leaders.map(({ host }) => host.name).join(' ');
}
