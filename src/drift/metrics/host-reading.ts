import { isLookedAt, type DriftCause, type HostCheck, type PastCheck } from '../../core/drift.js';
import { roleOfItem } from '../../core/item-role.js';
import type { DriftResult, TaskResult } from '../../core/result.js';
import { isDrifted } from '../compare/explain-host.js';

/** One item that is not as it should be. */
export interface DriftedItem {
  /** Empty: of none. */
  readonly role: string;
  /** Undefined: nobody knows. */
  readonly cause: DriftCause | undefined;
  readonly since: string | undefined;
}

/** What was seen when somebody looked at a host. */
export interface Look {
  /** When the check began. */
  readonly at: string;
  /** Roles that have items there, the empty one for items of none included. */
  readonly roles: readonly string[];
  readonly drifted: readonly DriftedItem[];
}

/** What is known of a host: by this check or, where this one does not tell, by the last one that did. */
export interface HostReading {
  readonly host: string;
  /** Whether the last check that tried to look could; undefined: none has tried, as far as anybody knows. */
  readonly isChecked: boolean | undefined;
  /** The last look; undefined: there was none, as far as anybody knows. */
  readonly look: Look | undefined;
}

/**
 * What is known of `host` after a check. Of one that this check did not look at (not chosen, busy, off, lost) it is what the history
 * tells; where that is not there either, nothing.
 */
export function hostReading(host: string, result: DriftResult): HostReading {
  const checks = [thisCheck(result), ...pastChecks(result)];
  const found = checks.flatMap((check) => stateIn(check, host));
  const tried = found.find(({ state }) => isLookedAt(state) || state === 'lost');
  const seen = found.find(({ state }) => isLookedAt(state));
  return {
    host,
    isChecked: tried === undefined ? undefined : isLookedAt(tried.state),
    look: seen === undefined ? undefined : lookOf(host, seen, result),
  };
}

type Check = Pick<PastCheck, 'run' | 'at' | 'hosts'>;
type Found = Pick<Check, 'run' | 'at'> & Pick<HostCheck, 'state'>;

function thisCheck({ run, drift: { at, hosts } }: DriftResult): Check {
  return { run, at, hosts };
}

function pastChecks({ run, drift }: DriftResult): readonly Check[] {
  return (drift.history?.checks ?? []).filter((check) => check.run !== run);
}

function stateIn({ run, at, hosts }: Check, host: string): Found[] {
  return hosts.filter((one) => one.host === host).map(({ state }) => ({ run, at, state }));
}

function lookOf(host: string, { run, at }: Found, result: DriftResult): Look {
  const drifted = run === result.run ? driftedNow(host, result) : driftedThen(host, result);
  const tasks = run === result.run ? tasksOf(host, result) : [];
  const roles = [...tasks.map(({ id }) => roleOfItem(id) ?? ''), ...drifted.map(({ role }) => role), ''];
  return { at, drifted, roles: [...new Set(roles)].toSorted() };
}

function tasksOf(host: string, { hosts }: DriftResult): readonly TaskResult[] {
  return hosts.find((one) => one.host === host)?.tasks ?? [];
}

function driftedNow(host: string, result: DriftResult): DriftedItem[] {
  return tasksOf(host, result)
    .filter(isDrifted)
    .map(({ id, drift }) => ({ role: roleOfItem(id) ?? '', cause: drift?.cause, since: drift?.since }));
}

/** What still differed when somebody looked last: episodes go on until a look finds them over. */
function driftedThen(host: string, { drift: { history } }: DriftResult): DriftedItem[] {
  return (history?.episodes ?? [])
    .filter((episode) => episode.host === host && episode.until === null)
    .map(({ item, cause, since }) => ({ role: roleOfItem(item) ?? '', cause, since }));
}
