import { HomelabError } from '../../../core/errors.js';
import { Unknown, type State } from '../../../core/state.js';
import type { ReadableHost } from '../../../core/task.js';
import type { PackageLists } from '../../../probes/package-lists.js';
import type { PackageEntry } from '../../../probes/packages.js';
import { parsePackage, type WantedPackage } from '../package-name.js';
import type { ListKeeping, PackageManager } from './manager.js';
import { managerFor } from './managers.js';

/** Parameters of the kind `package`. */
export interface PackageParams {
  readonly names: readonly string[];
  readonly state: 'present' | 'absent' | 'latest';
  /** Whether what they recommend is installed with them. */
  readonly recommends: boolean;
  /** Seconds. */
  readonly cache_max_age?: number | undefined;
}

export const ABSENT = 'absent';
/** The field `lists` where they have to be fetched first. */
export const OLD = 'old';

/** The field `marks.NAME` of a package that came for the sake of others, and of any other. */
const AUTO = 'auto';
export const MANUAL = 'manual';

/** What the field of one package is to say: `present`, `absent`, `latest`, or the version it is pinned to. */
export function wantedValue({ version }: WantedPackage, state: PackageParams['state']): string {
  return state === 'present' ? (version ?? state) : state;
}

/**
 * A field `names.NAME` for each package, `marks.NAME` where the manager tells for whose sake it is installed, and `lists`
 * where something has to be installed or upgraded, or the newest is wanted: `fresh` or `old`. Unknown where no list offers
 * what is wanted and lists are not fetched on their own.
 * @throws HomelabError `task/unsupported`, `task/bad-package-name`, `task/package-held`
 */
export async function probePackages(host: ReadableHost, params: PackageParams): Promise<State | Unknown> {
  const { names, state, cache_max_age: maxAge } = params;
  const wanted = names.map(parsePackage);
  const manager = managerFor(host.facts, wanted);
  const isLatest = state === 'latest';
  const [found, age] = await Promise.all([
    Promise.all(wanted.map((one) => readPackage(host, one, { manager, isLatest }))),
    isLatest && manager.lists !== undefined ? host.read(manager.lists.age, '') : null,
  ]);
  const values = wanted.map((one, index) => foundValue(one, found[index] ?? NOT_FOUND, { state, manager }));
  const isDue = (one: WantedPackage, index: number): boolean => values[index] !== wantedValue(one, state);
  const heldBack = wanted.find((one, index) => isDue(one, index) && found[index]?.entry?.isHeld === true);
  if (heldBack !== undefined) throw held(heldBack.name, manager);
  const observed = {
    ...Object.fromEntries(wanted.map(({ name }, index) => [`names.${name}`, values[index] ?? ABSENT])),
    ...(manager.keep === undefined || state === 'absent' ? {} : foundMarks(wanted, found)),
  };
  const due = wanted.filter(isDue);
  if (state === 'absent' || (due.length === 0 && age === null)) return observed;
  if (manager.lists === undefined) {
    const missing = await notOffered(host, due, manager);
    return missing.length === 0 ? observed : needsFullUpgrade(missing, manager);
  }
  const isGood = await areListsGood(host, due, { manager, lists: manager.lists, age, maxAge });
  return { ...observed, lists: isGood ? 'fresh' : OLD };
}

interface Found {
  readonly entry: PackageEntry | null;
  /** What would take its place; null where nothing would, or nobody asked. */
  readonly upgrade: string | null;
}

const NOT_FOUND: Found = { entry: null, upgrade: null };
/** What dpkg says of packages that are not there. */
const GONE = ['config-files', 'not-installed'];

async function readPackage(
  host: ReadableHost,
  { name }: WantedPackage,
  { manager, isLatest }: { readonly manager: PackageManager; readonly isLatest: boolean },
): Promise<Found> {
  const [entry, upgrade] = await Promise.all([
    host.read(manager.installed, name),
    isLatest ? host.read(manager.upgrades, name) : null,
  ]);
  return { entry, upgrade };
}

/** One package as found, in the words of what is wanted of it. */
function foundValue(
  { version: pin }: WantedPackage,
  { entry, upgrade }: Found,
  { state, manager }: { readonly state: PackageParams['state']; readonly manager: PackageManager },
): string {
  if (entry === null || GONE.includes(entry.status)) return ABSENT;
  if (entry.status !== 'installed') return entry.status;
  const { version, otherVersions = [] } = entry;
  if (state === 'latest') return upgrade === null ? 'latest' : `${version}, ${upgrade} is offered`;
  if (pin === undefined) return 'present';
  return [version, ...otherVersions].some((one) => manager.isVersion(one, pin)) ? pin : version;
}

/** What is not there yet becomes `manual` by being installed. */
function foundMarks(wanted: readonly WantedPackage[], found: readonly Found[]): State {
  const marks = found.map(({ entry }) =>
    entry?.isAuto === true && !GONE.includes(entry.status) ? AUTO : MANUAL,
  );
  return Object.fromEntries(wanted.map(({ name }, index) => [`marks.${name}`, marks[index] ?? MANUAL]));
}

interface KnownLists {
  readonly manager: PackageManager;
  readonly lists: ListKeeping;
  /** Null where nobody has asked yet. */
  readonly age: PackageLists | null;
  readonly maxAge: number | undefined;
}

/** Whether the lists can be installed from: not too old, and all that is due is in them. */
async function areListsGood(
  host: ReadableHost,
  due: readonly WantedPackage[],
  { manager, lists, age, maxAge = Number.POSITIVE_INFINITY }: KnownLists,
): Promise<boolean> {
  const [{ ageSeconds }, missing] = await Promise.all([
    age ?? host.read(lists.age, ''),
    notOffered(host, due, manager),
  ]);
  return missing.length === 0 && ageSeconds !== undefined && ageSeconds <= maxAge;
}

/** What of `due` no list offers. */
async function notOffered(
  host: ReadableHost,
  due: readonly WantedPackage[],
  manager: PackageManager,
): Promise<WantedPackage[]> {
  const offers = await Promise.all(due.map(({ name }) => host.read(manager.offers, name)));
  return due.filter(({ version: pin }, index) => {
    const versions = offers[index] ?? [];
    return pin === undefined ? versions.length === 0 : !versions.some((one) => manager.isVersion(one, pin));
  });
}

function needsFullUpgrade(missing: readonly WantedPackage[], { name: manager }: PackageManager): Unknown {
  const names = missing.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`));
  return new Unknown(
    `the lists of ${manager} on the host do not offer ${names.join(', ')}, and they are fetched with a full upgrade only: run \`pacman -Syu\` first`,
    ['packages:offered'],
  );
}

function held(name: string, manager: PackageManager): HomelabError {
  return new HomelabError({
    code: 'task/package-held',
    message: `the package ${name} is held and would have to change`,
    hint: `Release it on the host ${manager.release(name)}, or take it out of the playbook.`,
  });
}
