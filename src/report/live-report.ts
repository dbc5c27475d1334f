import type { RunEvent } from '../core/events.js';
import { LiveList } from './live-list.js';
import { LiveModel } from './live-model.js';
import { outcome } from './outcome.js';
import { createPalette, type Palette } from './palette.js';
import { wholePlanText } from './upgrade-text.js';
import { isReadOnly, type Report, type ReportOptions } from './report.js';

/** Events after which there is something to look at while waiting. */
const STARTING: readonly RunEvent['type'][] = [
  'run-started',
  'host-started',
  'host-connected',
  'play-started',
  'wave-started',
  'task-started',
];

/** The list on a terminal: at most one at a time, none while somebody else has the terminal. */
class LiveReport implements Report {
  readonly #options: ReportOptions;
  readonly #palette: Palette;
  readonly #model = new LiveModel();
  #list: LiveList | undefined;
  #stopping: Promise<void> | undefined;
  /** How many have asked for the terminal and not given it back. */
  #pauses = 0;
  #isClosed = false;

  constructor(options: ReportOptions, palette: Palette) {
    this.#options = options;
    this.#palette = palette;
  }

  readonly sink = (event: RunEvent): void => {
    this.#model.update(event);
    if (!STARTING.includes(event.type) || this.#list !== undefined) return;
    if (this.#pauses === 0 && !this.#isClosed) this.#start();
  };

  readonly showPlan: Report['showPlan'] = (plan) =>
    this.pauseFor(async () => void this.#options.stdout.write(`${wholePlanText(plan, this.#style)}\n`));

  async pauseFor<T>(ask: () => Promise<T>): Promise<T> {
    this.#pauses += 1;
    try {
      await this.#stop(false);
      return await ask();
    } finally {
      this.#pauses -= 1;
      if (this.#pauses === 0 && this.#isWorking) this.#start();
    }
  }

  readonly finish: Report['finish'] = async (result) => {
    this.#isClosed = true;
    // The diff of a read-only run names every host with what became of it: rows above it would say it twice.
    await this.#stop(!isReadOnly(this.#options.command) && this.#model.phase === 'applying');
    this.#options.stdout.write(outcome(result, this.#style));
  };

  readonly close: Report['close'] = async () => {
    this.#isClosed = true;
    await this.#stop(false);
  };

  get #style(): { palette: Palette; width: number | undefined } {
    return { palette: this.#palette, width: this.#options.width };
  }

  /** Whether some host is at work right now, so that the list is missed. */
  get #isWorking(): boolean {
    return !this.#isClosed && [...this.#model.rows.values()].some((row) => row.state === 'running');
  }

  #start(): void {
    const { stdout, stderr } = this.#options;
    this.#list ??= new LiveList({ model: this.#model, palette: this.#palette, stdout, stderr });
  }

  async #stop(isKept: boolean): Promise<void> {
    if (this.#list !== undefined) this.#stopping = this.#list.stop(isKept);
    this.#list = undefined;
    // Also where somebody else has stopped it: the screen is free only when it is cleared.
    await this.#stopping;
  }
}

/** A list that redraws itself, one row per host; the diff and the outcome are printed after it. For a terminal. */
export async function createLiveReport(options: ReportOptions): Promise<Report> {
  return new LiveReport(options, await createPalette(options.isColor));
}
