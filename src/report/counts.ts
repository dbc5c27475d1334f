import type { HostResult, HostStatus, TaskStatus } from '../core/result.js';
import { visible } from './sanitize.js';

/** Hosts of a run by what became of them, as CONTRACT's `summary`. */
export interface Summary {
  readonly hosts: number;
  readonly ok: number;
  readonly changed: number;
  /** Hosts that would change (plan) or have drifted (drift). */
  readonly pending: number;
  /** Hosts that failed, rolled back ones included. */
  readonly failed: number;
  readonly unreachable: number;
  readonly skipped: number;
}

/** Counts the hosts of a run. */
export function summarize(hosts: readonly HostResult[]): Summary {
  const count = (...statuses: readonly HostStatus[]): number =>
    hosts.filter((host) => statuses.includes(host.status)).length;
  return {
    hosts: hosts.length,
    ok: count('ok'),
    changed: count('changed'),
    pending: count('pending', 'drifted'),
    failed: count('failed', 'rolled-back'),
    unreachable: count('unreachable'),
    skipped: count('skipped'),
  };
}

/** How the last line and the host lines name each status, in the order they are told. */
const HOST_WORDS: readonly (readonly [HostStatus, string])[] = [
  ['failed', 'failed'],
  ['rolled-back', 'rolled back'],
  ['unreachable', 'unreachable'],
  ['changed', 'changed'],
  ['pending', 'to change'],
  ['drifted', 'drifted'],
  ['skipped', 'skipped'],
  ['ok', 'in sync'],
];

/** The last line of a run: `4 hosts: 1 changed, 3 in sync`. */
export function summaryLine(hosts: readonly HostResult[]): string {
  const parts = HOST_WORDS.map(([status, word]) => ({
    word,
    count: hosts.filter((host) => host.status === status).length,
  }))
    .filter(({ count }) => count > 0)
    .map(({ word, count }) => `${count} ${word}`);
  const total = `${hosts.length} host${hosts.length === 1 ? '' : 's'}`;
  return parts.length === 0 ? total : `${total}: ${parts.join(', ')}`;
}

function taskCounts(host: HostResult, words: readonly (readonly [TaskStatus, string])[]): string {
  // What only follows would change the host, but has not drifted.
  const tasks = host.tasks.filter((task) => host.status !== 'drifted' || task.isFollowing !== true);
  const applying = tasks.filter((task) => task.status !== 'skipped').length;
  const parts = words
    .map(([status, word]) => ({ word, count: tasks.filter((task) => task.status === status).length }))
    .filter(({ count }) => count > 0);
  const [first, ...rest] = parts.map(({ word, count }) => `${count} ${word}`);
  if (first === undefined) return '';
  const head = first.replace(' ', ` of ${applying} `);
  return [head, ...rest].join(', ');
}

/** The first line of why a host failed, with the task where there is one; empty where nothing failed. */
export function failureLine(host: HostResult): string {
  const task = host.tasks.find((one) => one.error !== null);
  const error = task?.error ?? host.error;
  if (error === null || error === undefined) return '';
  const name = task?.name ?? error.task;
  const [line = ''] = visible(error.message).split('\n');
  return name === undefined ? line : `${visible(name)}: ${line}`;
}

/** How the items that differ are counted for each status; the status' own words where none is. */
const TASK_WORDS: Partial<Record<HostStatus, readonly (readonly [TaskStatus, string])[]>> = {
  changed: [['changed', 'changed']],
  pending: [
    ['pending', 'to change'],
    ['unknown', 'unknown until applied'],
  ],
  drifted: [
    ['pending', 'drifted'],
    ['unknown', 'unknown'],
  ],
};

/** What became of a host in a few words: `in sync`, `3 of 12 to change, 1 unknown`, `unreachable: …`. */
export function outcomeText(host: HostResult): string {
  const word = HOST_WORDS.find(([status]) => status === host.status)?.[1] ?? host.status;
  if (isFailure(host.status)) return [word, failureLine(host)].filter((part) => part !== '').join(': ');
  return taskCounts(host, TASK_WORDS[host.status] ?? []) || word;
}

/** Whether the host did not get where it was to be, whatever the reason. */
export function isFailure(status: HostStatus): boolean {
  return status === 'failed' || status === 'unreachable' || status === 'rolled-back';
}
