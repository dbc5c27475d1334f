import { toHomelabError, type HomelabError } from '../../core/errors.js';
import type { EventSink } from '../../core/events.js';
import type { TaskResult } from '../../core/result.js';
import type { Change } from '../../core/state.js';

/** A step of an upgrade on one host, as people and programs are told of it. */
export interface Stage {
  /** Unique on its host, e.g. `upgrade/packages`. */
  readonly id: string;
  readonly name: string;
  /** What sort it is, e.g. `packages`, `drain`, `reboot`. */
  readonly kind: string;
  /** It may take minutes. */
  readonly isLong?: boolean;
}

/** What became of a stage. */
export interface StageOutcome {
  readonly status: 'ok' | 'changed' | 'skipped' | 'pending' | 'unknown';
  readonly changes?: readonly Change[] | undefined;
  /** Why it was skipped, or what else is worth telling: half a sentence. */
  readonly reason?: string | undefined;
  /** What was done other than the plan had shown, e.g. names of packages. */
  readonly differsFromPlan?: string | undefined;
}

/** The stage with its outcome, in the words of all reports. */
export function stageResult({ id, name, kind }: Stage, outcome: StageOutcome | HomelabError): TaskResult {
  const known = { id, name, kind, sensitive: false };
  if (outcome instanceof Error) return { ...known, status: 'failed', changes: [], error: outcome };
  const { status, changes = [], reason, differsFromPlan } = outcome;
  return { ...known, status, changes, reason, differsFromPlan, error: null };
}

/** Keeps the stages of one host, and tells of each as it begins and ends. */
export class Stages {
  readonly #host: string;
  readonly #sink: EventSink;
  readonly #results = new Map<string, TaskResult>();

  constructor(host: string, sink: EventSink) {
    this.#host = host;
    this.#sink = sink;
  }

  get results(): readonly TaskResult[] {
    return [...this.#results.values()];
  }

  /** What a plan saw, in place of what it had seen before; each gives way to what becomes of it. */
  show(results: readonly TaskResult[]): void {
    this.#results.clear();
    for (const result of results) this.#results.set(result.id, result);
  }

  /** Whether anything on the host is other than before. */
  get hasChanged(): boolean {
    return this.results.some(({ status }) => status === 'changed');
  }

  /** Whether anything that a plan saw, or thought possible, is still to come. */
  get isLeft(): boolean {
    return this.results.some(({ status }) => status === 'pending' || status === 'unknown');
  }

  /** Does the stage. What it throws is kept as its failure, and thrown on. @throws HomelabError as `work` does */
  async run(stage: Stage, work: () => Promise<StageOutcome>): Promise<void> {
    const { id, name, isLong = false } = stage;
    this.#sink({ type: 'task-started', host: this.#host, id, name, isLong });
    try {
      this.#end(stageResult(stage, await work()));
    } catch (thrown) {
      this.#end(stageResult(stage, toHomelabError(thrown)));
      throw thrown;
    }
  }

  /** What the plan had shown and nobody came to. */
  skipWhatIsLeft(): void {
    for (const { id } of this.#results.values()) this.#skip(id, 'not reached');
  }

  /** What the plan had shown, or thought possible, and turned out not to be needed: why, half a sentence. */
  forgo({ id }: Stage, reason: string): void {
    this.#skip(id, reason);
  }

  #skip(id: string, reason: string): void {
    const result = this.#results.get(id);
    if (result?.status === 'pending' || result?.status === 'unknown')
      this.#results.set(id, { ...result, status: 'skipped', reason });
  }

  #end(result: TaskResult): void {
    this.#results.set(result.id, result);
    this.#sink({ type: 'task-finished', host: this.#host, result });
  }
}
