import type { RunEvent } from '../core/events.js';
import type { HostResult, TaskStatus } from '../core/result.js';
import { isFailure } from './counts.js';

/** One host of the live list. */
export interface LiveRow {
  readonly host: string;
  state: 'waiting' | 'running' | 'done';
  /** What it does right now, e.g. the name of a task; empty: nothing to tell. */
  current: string;
  /** Items applied or found in order, and how many of them changed. */
  finished: number;
  changed: number;
  /** Items there are to go through; undefined until the plan is known. */
  total: number | undefined;
  /** What became of it, once known: by the plan first, by the run at the end. */
  result: HostResult | undefined;
}

/** Looking at the hosts comes first, changing them after; a plan only looks. */
export type LivePhase = 'reading' | 'applying';

/** What the live list shows, kept apart from how: events go in, rows come out. */
export class LiveModel {
  readonly rows = new Map<string, LiveRow>();
  phase: LivePhase = 'reading';
  isInterrupted = false;
  /** Which wave of an upgrade is at work, in words; empty: none. */
  wave = '';

  /** Takes an event. Hosts that were not announced get a row as they appear. */
  update(event: RunEvent): void {
    switch (event.type) {
      case 'run-started':
        for (const host of event.hosts) this.#row(host);
        return;
      case 'host-started':
        return this.#run(event.host, 'connecting');
      case 'host-connected':
        return this.#run(event.host, 'reading');
      case 'host-planned':
        return this.#planned(event.result);
      case 'play-started':
        return this.#startApplying();
      case 'wave-started':
        this.wave = `wave ${event.wave} of ${event.count}`;
        // An upgrade has more stages than its plan tells of.
        for (const row of this.rows.values()) row.total = undefined;
        return this.#startApplying();
      case 'task-started':
        this.#startApplying();
        return this.#run(event.host, event.name);
      case 'task-finished':
        return this.#taskFinished(event.host, event.result.status);
      case 'host-finished':
        return this.#done(event.result);
      case 'interrupted':
        this.isInterrupted = true;
        return;
    }
  }

  #row(host: string): LiveRow {
    const known = this.rows.get(host);
    if (known !== undefined) return known;
    const row: LiveRow = {
      host,
      state: 'waiting',
      current: '',
      finished: 0,
      changed: 0,
      total: undefined,
      result: undefined,
    };
    this.rows.set(host, row);
    return row;
  }

  #run(host: string, current: string): void {
    const row = this.#row(host);
    // A host that is done stays done: an event that comes late must not wake it.
    if (row.state === 'done' && row.result !== undefined && isFailure(row.result.status)) return;
    row.state = 'running';
    row.current = current;
  }

  #planned(result: HostResult): void {
    this.#done(result);
    this.#row(result.host).total = result.tasks.filter((task) => task.status !== 'skipped').length;
  }

  #done(result: HostResult): void {
    const row = this.#row(result.host);
    row.state = 'done';
    row.current = '';
    row.result = result;
  }

  /** What is planned is not done: hosts with something to change wait for their turn. */
  #startApplying(): void {
    if (this.phase === 'applying') return;
    this.phase = 'applying';
    for (const row of this.rows.values()) if (row.result?.status === 'pending') row.state = 'waiting';
  }

  #taskFinished(host: string, status: TaskStatus): void {
    const row = this.#row(host);
    if (status === 'skipped') return;
    row.finished += 1;
    if (status === 'changed') row.changed += 1;
    row.current = '';
  }
}
