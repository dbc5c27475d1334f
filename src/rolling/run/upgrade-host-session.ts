import type { HostConfig } from '../../core/host-config.js';
import type { EventSink } from '../../core/events.js';
import type { HostResult, HostStatus } from '../../core/result.js';
import { HostSession, type ReachOptions } from '../../engine/host-session.js';
import type { HostSurvey } from './host-survey.js';
import { Stages } from './stage.js';

/** One host through one upgrade. */
export class UpgradeSession {
  readonly host: HostConfig;
  readonly session: HostSession;
  readonly stages: Stages;
  /** Undefined: it was not reached, or could not be looked at. */
  survey: HostSurvey | undefined;
  /** Takes no part, and is not at fault: why, half a sentence. */
  leftOut: string | undefined;
  /** Left out with something to do: outside of its window, for example. */
  isPending = false;
  isRolledBack = false;
  /** Done by this run, or an earlier one. */
  isDone = false;
  readonly #sink: EventSink;
  #hasEnded = false;

  constructor(host: HostConfig, sink: EventSink) {
    this.host = host;
    this.session = new HostSession(host);
    this.stages = new Stages(host.name, sink);
    this.#sink = sink;
  }

  /** Lets go of the host and tells what became of it, once. */
  async end(): Promise<void> {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    await this.session.release();
    this.stages.skipWhatIsLeft();
    this.session.finish();
    this.#sink({ type: 'host-finished', result: this.result });
  }

  /** Connects and reads the facts. Failures are kept, not thrown. */
  async reach(options: Omit<ReachOptions, 'plays'>): Promise<void> {
    await this.session.reach({ ...options, plays: [] });
  }

  get hasFailed(): boolean {
    return this.session.error !== null && this.leftOut === undefined;
  }

  get result(): HostResult {
    const { session, stages, leftOut } = this;
    const notes = leftOut === undefined ? session.notes : [...session.notes, leftOut];
    // An optional host that is off is no failure.
    const error = leftOut === undefined ? session.error : null;
    return { ...session.result, status: this.#status(), error, tasks: stages.results, notes };
  }

  #status(): HostStatus {
    const { session, stages } = this;
    if (this.isPending) return 'pending';
    if (this.leftOut !== undefined) return 'ok';
    if (session.isUnreachable) return 'unreachable';
    if (this.isRolledBack) return 'rolled-back';
    if (session.error !== null) return 'failed';
    if (session.isStopped) return stages.hasChanged ? 'changed' : 'skipped';
    if (stages.isLeft) return 'pending';
    return stages.hasChanged ? 'changed' : 'ok';
  }
}
