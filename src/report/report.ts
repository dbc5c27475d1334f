import type { EventSink } from '../core/events.js';
import type { RunResult } from '../core/result.js';
import type { Output } from './terminal.js';

/** Shows one run. `sink` takes its events; the rest is called by the command, in this order. */
export interface Report {
  /** Never throws, never waits. */
  readonly sink: EventSink;
  /** Shows what would change, before it is asked whether it should. */
  showPlan(plan: Pick<RunResult, 'hosts' | 'upgrade'>): Promise<void>;
  /**
   * Clears the screen of everything that moves, lets `ask` have the terminal, and goes on once it has settled.
   * Events that arrive meanwhile are not lost. Settles as `ask` does.
   */
  pauseFor<T>(ask: () => Promise<T>): Promise<T>;
  /** Shows the outcome. The last call of a run that ended. */
  finish(result: RunResult): Promise<void>;
  /** Gives the terminal back where a run ends by an error instead of a result. May be called after `finish`. */
  close(): Promise<void>;
}

/** What every report is made from. */
export interface ReportOptions {
  /** As the user typed it: `plan`, `provision`, … A plan and a drift check show their diff at the end. */
  readonly command: string;
  readonly isColor: boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Columns to cut lines to; undefined: nothing is cut. */
  readonly width: number | undefined;
}

/** Whether the diff is what the command is for, so that it is shown at the end without being asked for. */
export function isReadOnly(command: string): boolean {
  return command === 'plan' || command === 'drift';
}
