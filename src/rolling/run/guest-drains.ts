import type { DrainHost } from '../../core/drain.js';
import { toHomelabError } from '../../core/errors.js';
import { isInterruption } from '../interrupted.js';
import type { GuestMemories } from '../journal/guest-memory.js';
import type { UpgradeEntry } from '../journal/upgrade-entry.js';
import type { FoundDrain } from './bound-drain.js';
import { findForReboot, guestSite } from './guest-site.js';
import type { HostSurvey, SurveyOptions } from './host-survey.js';
import type { Stages } from './stage.js';
import { drainStage, servingStage, STAGES, undrainStage } from './stage-names.js';
import { isStopping, untilReady, untilServing } from './until-serving.js';
import { guestNotBack, guestNotFound, guestStaysDrained } from './upgrade-failures.js';

export interface GuestDrainsOptions extends Pick<SurveyOptions, 'tools' | 'request' | 'signal'> {
  /** The machine they run on. */
  readonly host: string;
  /** Those that are drained, in that order. */
  readonly surveys: readonly HostSurvey[];
  /** What an earlier run knew of them. */
  readonly memories: GuestMemories;
  /** Of the machine: what is done to its guests is told there. */
  readonly stages: Stages;
  readonly journal: { readonly write: (entry: UpgradeEntry) => void };
}

interface Guest {
  readonly name: string;
  readonly survey: HostSurvey;
  drains: readonly FoundDrain[];
  /** Labels of those that are in force. */
  readonly drained: Set<string>;
}

interface GuestDrain {
  readonly guest: Guest;
  readonly drain: FoundDrain;
}

/**
 * The drains of what runs on a machine: put in force just before that boots, undone once they serve again. Each is written down
 * before it is done, as what belongs to the machine.
 */
export class GuestDrains {
  readonly #options: GuestDrainsOptions;
  readonly #guests: readonly Guest[];
  /** Those that were reached again since the boot. */
  readonly #back = new Set<Guest>();

  constructor(options: GuestDrainsOptions) {
    this.#options = options;
    this.#guests = options.surveys.map((survey) => {
      const { name } = survey.host;
      const drained = new Set(options.memories.get(name)?.drained);
      return { name, survey, drains: survey.drains, drained };
    });
  }

  get surveys(): readonly HostSurvey[] {
    return this.#options.surveys;
  }

  get names(): readonly string[] {
    return this.#guests.map(({ name }) => name);
  }

  /** Puts all of them in force. Nothing is touched where one of the guests cannot be asked. @throws HomelabError `drain/…`, `rolling/guests`, `engine/locked` */
  async drain(): Promise<void> {
    this.#back.clear();
    for (const guest of this.#guests) await this.#find(guest);
    for (const guest of this.#guests) for (const drain of guest.drains) await this.#drain({ guest, drain });
    // Held over the boot, the lock of one that does not come back would be waited for.
    await this.letGo();
  }

  /** The machine does not boot: why, half a sentence. */
  forgo(reason: string): void {
    for (const { name, drains } of this.#guests)
      for (const { label } of drains) this.#options.stages.forgo(drainStage(label, name), reason);
  }

  /**
   * Reaches the guests again, starts what a drain had stopped, and waits until they serve as far as no drain keeps them from it.
   * Nothing where the machine did not boot and none was drained. @throws HomelabError `rolling/…`, `drain/…`
   */
  async awaitBack(isRebooted: boolean): Promise<void> {
    this.#requireAll();
    const inForce = this.#inForce;
    if (this.#guests.length === 0 || (!isRebooted && inForce.length === 0)) return;
    for (const one of inForce.filter(({ drain }) => isStopping(drain))) await this.#undrain(one);
    await this.#options.stages.run(STAGES.guests, async () => {
      for (const guest of this.#guests.toReversed()) await this.#awaitBack(guest);
      return { status: 'ok' };
    });
  }

  /** Brings back what is still drained, last what was drained first. @throws HomelabError `rolling/…`, `drain/…` */
  async undrain(): Promise<void> {
    const left = this.#inForce;
    for (const one of left) await this.#undrain(one);
    for (const { guest, drain } of left.toReversed())
      await this.#options.stages.run(servingStage(drain.label, guest.name), () =>
        untilServing(drain, guest.survey, this.#options),
      );
  }

  /** Lets go of their locks. One that cannot be released is that of a dead shell soon, and then nobody's. */
  async letGo(): Promise<void> {
    await Promise.all(this.#guests.map(({ survey }) => survey.reached.release().catch(() => {})));
  }

  /** In the order in which they are undone. */
  get #inForce(): readonly GuestDrain[] {
    return this.#guests
      .toReversed()
      .flatMap((guest) => guest.drains.toReversed().map((drain) => ({ guest, drain })))
      .filter(({ guest, drain }) => guest.drained.has(drain.label));
  }

  async #find(guest: Guest): Promise<void> {
    const { host, journal } = this.#options;
    const { survey, name, drained } = guest;
    if (survey.drains.length === 0) return;
    try {
      await survey.reached.comeBack();
      await survey.reached.ledger.take();
      // What is drained already, by this run or the one before, is not as it was found.
      if (drained.size > 0) return;
      guest.drains = await findForReboot(survey, this.#options);
    } catch (thrown) {
      throw isInterruption(thrown) ? thrown : guestNotFound(host, name, toHomelabError(thrown));
    }
    const drains = Object.fromEntries(guest.drains.map(({ label, found }) => [label, found]));
    const services = survey.services.map((service) => service.name);
    journal.write({ is: 'guest-found', host, guest: name, drains, services });
  }

  async #drain({ guest, drain }: GuestDrain): Promise<void> {
    const { host, stages, journal } = this.#options;
    const { label, definition, params, found } = drain;
    const stage = drainStage(label, guest.name);
    const reason = definition.describe(found);
    if (reason === undefined) return stages.forgo(stage, 'nothing has to be moved any more');
    await stages.run(stage, async () => {
      journal.write({ is: 'guest-draining', host, guest: guest.name, drain: label });
      guest.drained.add(label);
      await definition.drain(this.#site(guest), params, found);
      return { status: 'changed', changes: [{ field: 'drain', before: null, after: reason }] };
    });
  }

  async #undrain({ guest, drain }: GuestDrain): Promise<void> {
    const { host, stages, journal } = this.#options;
    const { label, definition, params, found } = drain;
    await stages.run(undrainStage(label, guest.name), async () => {
      await this.#reach(guest);
      await definition.undrain(this.#site(guest), params, found);
      journal.write({ is: 'guest-undrained', host, guest: guest.name, drain: label });
      guest.drained.delete(label);
      return { status: 'changed' };
    });
  }

  /** There again, and with what it has in a quorum. */
  async #awaitBack(guest: Guest): Promise<void> {
    await this.#reach(guest);
    for (const drain of guest.drains)
      if (!guest.drained.has(drain.label)) await untilServing(drain, guest.survey, this.#options);
    await untilReady(guest.survey, this.#options);
  }

  /** Over a new connection: that of before ended with the boot. */
  async #reach(guest: Guest): Promise<void> {
    if (this.#back.has(guest)) return;
    const { host, request } = this.#options;
    try {
      await guest.survey.reached.reconnect(request.healthTimeoutSeconds * 1000);
    } catch (cause) {
      throw guestNotBack(host, guest.name, toHomelabError(cause));
    }
    this.#back.add(guest);
    if (guest.drained.size > 0) await guest.survey.reached.ledger.take();
  }

  /** What an earlier run has drained can be brought back as long as guest and drain are still there. */
  #requireAll(): void {
    const { host, memories } = this.#options;
    for (const [name, { drained }] of memories) {
      const guest = this.#guests.find((one) => one.name === name);
      const lost = [...drained].find(
        (label) => guest?.drains.every((drain) => drain.label !== label) !== false,
      );
      if (lost !== undefined)
        throw guestStaysDrained(host, name, { label: lost, isThere: guest !== undefined });
    }
  }

  #site(guest: Guest): DrainHost {
    return guestSite(guest.survey, this.#options);
  }
}
