import type { SeenState } from './downtime-ledger.js';
import { DowntimeLedger, type Account } from './downtime-ledger.js';
import { Members } from './members.js';
import type { Service } from './services.js';

/** A question that is under way. */
export interface Ask {
  readonly name: string;
  readonly atMs: number;
}

interface Entry extends Ask {
  /** Undefined: no answer yet. */
  outcome: SeenState | 'dropped' | undefined;
}

/**
 * The ledgers of all services. Answers come in any order and are counted in the order of their questions: one that is
 * slow to fail must not end up behind the success that came after it.
 */
export class Accounts {
  readonly #ledgers: ReadonlyMap<string, DowntimeLedger>;
  /** By the name of the whole. */
  readonly #members: ReadonlyMap<string, Members>;
  /** By the name of a member. */
  readonly #wholes: ReadonlyMap<string, readonly string[]>;
  readonly #entries: Entry[] = [];

  constructor(services: readonly Service[]) {
    this.#ledgers = new Map(services.map(({ name }) => [name, new DowntimeLedger()]));
    const wholes = services.filter((one) => one.is === 'whole');
    this.#members = new Map(wholes.map(({ name, members }) => [name, new Members(members)]));
    this.#wholes = wholesByMember(wholes);
  }

  /** A question that is asked now, which is not before the one before it. */
  begin(name: string, atMs: number): Ask {
    const entry: Entry = { name, atMs, outcome: undefined };
    this.#entries.push(entry);
    return entry;
  }

  /** What came of it; `dropped`: it is as if it had not been asked. Only the first answer counts. */
  settle(ask: Ask, outcome: SeenState | 'dropped'): void {
    const entry = ask as Entry;
    entry.outcome ??= outcome;
    const firstOpen = this.#entries.findIndex((one) => one.outcome === undefined);
    const settled = this.#entries.splice(0, firstOpen === -1 ? this.#entries.length : firstOpen);
    this.#count(settled, { ledgers: this.#ledgers, members: this.#members });
  }

  /** Everything that was answered, by name of the service. */
  all(): ReadonlyMap<string, Account> {
    const ledgers = copied(this.#ledgers);
    this.#count(this.#entries, { ledgers, members: copied(this.#members) });
    return new Map([...ledgers].map(([name, ledger]) => [name, ledger.account()]));
  }

  #count(
    entries: readonly Entry[],
    { ledgers, members }: Readonly<{ ledgers: Kept<DowntimeLedger>; members: Kept<Members> }>,
  ): void {
    for (const { name, atMs, outcome } of entries) {
      if (outcome === undefined || outcome === 'dropped') continue;
      ledgers.get(name)?.add({ atMs, state: outcome });
      for (const whole of this.#wholes.get(name) ?? []) {
        const state = members.get(whole)?.add(name, outcome);
        if (state !== undefined) ledgers.get(whole)?.add({ atMs, state });
      }
    }
  }
}

type Kept<Value> = ReadonlyMap<string, Value>;

function copied<Value extends { copy(): Value }>(kept: Kept<Value>): Kept<Value> {
  return new Map([...kept].map(([name, value]) => [name, value.copy()]));
}

/** The names of the wholes that a service is a member of, by its name. */
export function wholesByMember(
  wholes: readonly (Service & { readonly is: 'whole' })[],
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { name, members } of wholes)
    for (const member of members) found.set(member, [...(found.get(member) ?? []), name]);
  return found;
}
