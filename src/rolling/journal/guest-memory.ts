import type { UpgradeEntry } from './upgrade-entry.js';

/** What is remembered of a guest whose machine was to boot. */
export interface GuestMemory {
  /** How each drain adapter found it, by label. */
  readonly drains: ReadonlyMap<string, unknown>;
  /** Names of the services that ran. */
  readonly services: ReadonlySet<string>;
  /** Labels of drains that were begun and not undone. */
  readonly drained: ReadonlySet<string>;
}

/** Guests of one machine by their name, in the order they were found. */
export type GuestMemories = ReadonlyMap<string, GuestMemory>;

type GuestEntry = Extract<UpgradeEntry, { is: 'guest-found' | 'guest-draining' | 'guest-undrained' }>;

/** Whether an entry tells of a guest of its host. */
export function isOfGuest(entry: UpgradeEntry): entry is GuestEntry {
  return entry.is === 'guest-found' || entry.is === 'guest-draining' || entry.is === 'guest-undrained';
}

/** The guests as they are known after an entry. Of one that was not found nothing can be remembered. */
export function afterGuestEntry(guests: GuestMemories, entry: GuestEntry): GuestMemories {
  const { guest } = entry;
  if (entry.is === 'guest-found') {
    const found = { drains: new Map(Object.entries(entry.drains)), services: new Set(entry.services) };
    return new Map([...guests, [guest, { ...found, drained: new Set<string>() }]]);
  }
  const known = guests.get(guest);
  if (known === undefined) return guests;
  const others = [...known.drained].filter((label) => label !== entry.drain);
  const drained = new Set(entry.is === 'guest-draining' ? [...others, entry.drain] : others);
  return new Map([...guests, [guest, { ...known, drained }]]);
}

/** The entries that the memory of a machine's guests was made of. */
export function guestEntries(host: string, guests: GuestMemories): readonly UpgradeEntry[] {
  return [...guests].flatMap(([guest, { drains, services, drained }]): UpgradeEntry[] => [
    { is: 'guest-found', host, guest, drains: Object.fromEntries(drains), services: [...services] },
    ...[...drained].map((drain) => ({ is: 'guest-draining', host, guest, drain }) as const),
  ]);
}

/** Names of the guests of which a drain is in force. */
export function drainedGuests(guests: GuestMemories): readonly string[] {
  return [...guests].flatMap(([name, { drained }]) => (drained.size > 0 ? [name] : []));
}
