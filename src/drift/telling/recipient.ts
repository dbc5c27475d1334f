import type { NotifyMessage, NotifyTarget } from '../../core/notification.js';
import { hasRoom, recent } from './pace.js';
import { NOTHING_TOLD, type Told, type ToldMemory } from './told.js';

/** How the outside is reached: answers why it did not work, in half a sentence, or undefined. */
export type Deliver = (target: NotifyTarget, message: NotifyMessage) => Promise<string | undefined>;

/** What there is to tell somebody, and what is noted afterwards. */
export interface Tidings {
  /** Undefined: nothing. */
  readonly message: NotifyMessage | undefined;
  /** Noted once it was told, and where there is nothing to tell. */
  readonly settled: Told;
  /** Noted where it could not be told. */
  readonly owed: Told;
}

/** How a target is told, and where it is kept what it was. */
export interface Reach {
  readonly memory: ToldMemory;
  readonly deliver: Deliver;
}

/** One target, and what is remembered of it. */
export class Recipient {
  readonly target: NotifyTarget;
  readonly key: string;
  readonly #memory: ToldMemory;
  readonly #deliver: Deliver;

  /** @param key what it is remembered by */
  constructor(target: NotifyTarget, key: string, { memory, deliver }: Reach) {
    this.target = target;
    this.key = key;
    this.#memory = memory;
    this.#deliver = deliver;
  }

  /**
   * Tells what `compare` makes of what it was told before, unless it got as many messages as it may within the hour, and notes
   * what it knows now.
   * @returns why it could not be told, in half a sentence; undefined: it was, or there was nothing to tell, or it has to wait
   */
  async tell(compare: (told: Told) => Tidings, now: Date): Promise<string | undefined> {
    let told: Told;
    try {
      told = (await this.#memory.load(this.key)) ?? NOTHING_TOLD;
    } catch {
      return 'what it was told before could not be read';
    }
    const { message, settled, owed } = compare(told);
    const sentAt = recent(told.sentAt, now);
    if (message === undefined) return this.#note(told, { ...settled, sentAt });
    if (!hasRoom(sentAt, now)) return this.#note(told, { ...owed, sentAt });
    const said = await this.#deliver(this.target, message);
    if (said !== undefined) return (await this.#note(told, { ...owed, sentAt })) ?? said;
    const messages = told.messages + 1;
    return this.#note(told, { ...settled, messages, sentAt: [...sentAt, now.toISOString()] });
  }

  async #note(before: Told, after: Told): Promise<string | undefined> {
    if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
    try {
      await this.#memory.save(this.key, after);
      return undefined;
    } catch {
      return 'what it was told could not be noted';
    }
  }
}
