import type { PackageUpgrade } from '../../core/drain.js';
import type { PendingUpgrade } from '../systems/upgrade-system.js';

const MOST_NAMED = 10;

/** What comes other than was planned, by the names of packages; undefined: nothing. */
export function differenceOf(planned: PendingUpgrade, now: PendingUpgrade): string | undefined {
  const [before, after] = [entriesOf(planned), entriesOf(now)];
  const names = [...symmetric(before, after)].map((entry) => entry.split(' ', 1)[0] ?? '');
  const all = [...new Set(names)].toSorted();
  if (all.length === 0) return undefined;
  const more = all.length - MOST_NAMED;
  return all.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function entriesOf({ packages, added, removed }: PendingUpgrade): ReadonlySet<string> {
  return new Set([
    ...packages.map(({ name, to }) => `${name} ${to}`),
    ...added.map((name) => `${name} comes`),
    ...removed.map((name) => `${name} goes`),
  ]);
}

function symmetric(one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([
    ...[...one].filter((entry) => !other.has(entry)),
    ...[...other].filter((entry) => !one.has(entry)),
  ]);
}

/**
 * Of the names that are pending once an upgrade has ended: what it was to upgrade and did not, and what came out since it began.
 */
export function partOf(
  left: readonly PackageUpgrade[],
  wanted: readonly PackageUpgrade[],
): readonly [failed: readonly string[], newer: readonly string[]] {
  const before = new Map(wanted.map(({ name, from }) => [name, from]));
  const isFailed = ({ name, from }: PackageUpgrade): boolean => before.get(name) === from;
  return [namesOf(left.filter(isFailed)), namesOf(left.filter((one) => !isFailed(one)))];
}

function namesOf(packages: readonly PackageUpgrade[]): readonly string[] {
  return packages.map(({ name }) => name);
}
