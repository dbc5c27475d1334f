import type { DriftCause, DriftState } from '../../../src/core/drift.js';
import { HomelabError } from '../../../src/core/errors.js';
import type { HostResult, RunResult, TaskResult } from '../../../src/core/result.js';

/** What a check finds of a host, in short. */
export interface FoundInShort {
  readonly state?: DriftState;
  /** Items that differ: ids that are names, too. */
  readonly items?: readonly string[];
  /** Further items that were looked at. */
  readonly looked?: readonly string[];
}

const NO_COUNTS: Readonly<Record<DriftCause, number>> = { host: 0, inventory: 0, both: 0 };
const SINCE = '2026-01-31T02:00:00.000Z';

/** An item of a result; one that differs was changed on the host. */
export function task(name: string, differs: boolean, rest: Partial<TaskResult> = {}): TaskResult {
  return {
    id: name,
    name,
    kind: 'file',
    status: differs ? 'pending' : 'ok',
    changes: differs ? [{ field: 'content', before: 'OLD-VALUE', after: 'NEW-VALUE' }] : [],
    sensitive: false,
    error: null,
    ...(differs
      ? { drift: { cause: 'host', fields: { content: 'host' }, since: SINCE, inSyncAt: null } }
      : {}),
    ...rest,
  };
}

/** The result of a check that found this, by host. */
export function checkResult(
  found: Readonly<Record<string, FoundInShort>>,
  rest: Partial<RunResult> = {},
): RunResult {
  const hosts = Object.entries(found).map(([host, { items = [], looked = [], state }]) => {
    const known = state ?? (items.length > 0 ? 'drifted' : 'in-sync');
    return { host, state: known, items, looked };
  });
  return {
    command: 'drift',
    run: '20260131T020000.000-abcdef',
    exitCode: 2,
    durationMs: 1,
    hosts: hosts.map(({ host, state, items, looked }): HostResult => ({
      host,
      status: state === 'lost' || state === 'off' ? 'unreachable' : state === 'drifted' ? 'drifted' : 'ok',
      durationMs: 1,
      roundTrips: 1,
      error:
        state === 'lost'
          ? new HomelabError({ code: 'transport/unreachable', message: 'VALUE of the host' })
          : null,
      tasks: [...items.map((name) => task(name, true)), ...looked.map((name) => task(name, false))],
    })),
    drift: {
      at: '2026-01-31T02:00:00.000Z',
      hosts: hosts.map(({ host, state, items }) => ({
        host,
        state,
        items: { ...NO_COUNTS, host: items.length },
      })),
    },
    ...rest,
  };
}
