import type { DriftCause, DriftState, HostCheck } from '../../core/drift.js';
import { isDrifted } from '../compare/explain-host.js';
import { aboutOf } from './about-item.js';
import type { HostResult, RunResult, TaskResult } from '../../core/result.js';

/** An item that differs, as far as people are told of it: no values. */
export interface FoundItem {
  readonly id: string;
  readonly kind: string;
  /** A path, a unit, an account; else the name of the item. */
  readonly name: string;
  /** What it acts on: see aboutOf. */
  readonly about: string | undefined;
  /** Undefined: nobody knows. */
  readonly cause: DriftCause | undefined;
  /** Names of the fields that differ; none where the item is secret. */
  readonly fields: readonly string[];
  /** The first check that found it so, ISO 8601 in UTC; undefined: nobody knows. */
  readonly since: string | undefined;
}

/** What a check found of one host, as far as people are told of it. */
export interface FoundHost {
  readonly host: string;
  readonly state: DriftState;
  readonly counts: HostCheck['items'];
  readonly items: readonly FoundItem[];
  /** Ids of all items that the check looked at. */
  readonly looked: ReadonlySet<string>;
  /** Why it is lost: `not reached` or `not checked`, and a code. Undefined: it is not. */
  readonly lostFor: string | undefined;
}

/** What a check found of each host, in the order of the run; empty where the run was no check. */
export function foundHosts({ drift, hosts }: Pick<RunResult, 'drift' | 'hosts'>): readonly FoundHost[] {
  const results = new Map(hosts.map((result) => [result.host, result]));
  return (drift?.hosts ?? []).map(({ host, state, items: counts }) => {
    const result = results.get(host);
    const tasks = result?.tasks ?? [];
    return {
      host,
      state,
      counts,
      items: state === 'drifted' ? tasks.filter(isDrifted).map(foundItem) : [],
      looked: new Set(tasks.map(({ id }) => id)),
      lostFor: state === 'lost' ? reasonOf(result) : undefined,
    };
  });
}

function foundItem({ id, kind, name, subject, sensitive, changes, drift }: TaskResult): FoundItem {
  const fields = drift === undefined ? changes.map(({ field }) => field) : Object.keys(drift.fields);
  return {
    id,
    kind,
    name: subject ?? name,
    about: aboutOf(kind, subject),
    cause: drift?.cause,
    fields: sensitive ? [] : fields,
    since: drift?.since,
  };
}

/** Codes only: the words of an error may hold what a host has said. */
function reasonOf(result: HostResult | undefined): string {
  const failed = result?.tasks.find(({ status }) => status === 'failed');
  const code = result?.error?.code ?? failed?.error?.code;
  const what = result?.status === 'unreachable' ? 'not reached' : 'could not be checked';
  return code === undefined ? what : `${what} (${code})`;
}
