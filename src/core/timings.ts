/** What a run spends time on. The first four are the controller's own, the others are of one host. */
export const PHASES = [
  'start',
  'project',
  'compile',
  'jump',
  'connect',
  'handshake',
  'login',
  'shell',
  'facts',
  'items',
  'probe',
] as const;
export type Phase = (typeof PHASES)[number];

/** One stretch of time, in milliseconds since the process began. */
export interface Timing {
  readonly phase: Phase;
  /** Of a host or jump host; null: of the controller. */
  readonly host: string | null;
  readonly startMs: number;
  readonly durationMs: number;
}

/** Notes where the time of a run goes. `performance.now()` counts from the start of the process. */
export class Timings {
  readonly #all: Timing[] = [];

  /** In the order they ended. */
  get all(): readonly Timing[] {
    return this.#all;
  }

  /** `phase` began at `startMs` and has ended just now. Answers when that was, for what comes next. */
  add(phase: Phase, host: string | null, startMs: number): number {
    const now = performance.now();
    this.#all.push({ phase, host, startMs, durationMs: now - startMs });
    return now;
  }
}
