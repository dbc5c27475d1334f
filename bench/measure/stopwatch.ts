import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnInLab } from '../../src/lab/exec-in-lab.js';
import type { BenchLab } from '../bench-lab.js';
import type { RunAnswer, RunRequest } from './run-request.js';

const TIMEKEEPER = fileURLToPath(new URL('timekeeper.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** One program run as the controller; the rest of {@link RunRequest} is filled in. */
export type TimedProgram = Pick<RunRequest, 'argv'> &
  Partial<Pick<RunRequest, 'cwd' | 'env' | 'isMemoryWatched'>>;

/** Runs programs as the lab's controller, one at a time, and tells what each took. */
export class Stopwatch {
  readonly #lab: BenchLab;
  readonly #keeper: ChildProcess;
  readonly #ended: Promise<never>;

  /** `signal` ends what is being run, and rejects {@link run} with its reason. */
  constructor(lab: BenchLab, signal: AbortSignal) {
    this.#lab = lab;
    this.#keeper = spawnInLab(lab.id, [process.execPath, '--import', 'tsx', TIMEKEEPER], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#ended = once(this.#keeper, 'exit').then(() => {
      signal.throwIfAborted();
      throw new Error('The timekeeper ended');
    });
    // Nobody may be waiting when it ends as it should.
    this.#ended.catch(() => {});
    signal.addEventListener('abort', () => this.stop());
  }

  /** @throws Error where the timekeeper ended, as it does when the lab is taken down */
  async run({
    argv,
    cwd = this.#lab.folder,
    env = {},
    isMemoryWatched = false,
  }: TimedProgram): Promise<RunAnswer> {
    const costFile = join(this.#lab.folder, 'cost');
    const request: RunRequest = { argv, cwd, env, costFile, isMemoryWatched };
    const answered = once(this.#keeper, 'message') as Promise<[RunAnswer]>;
    this.#keeper.send(request);
    const [answer] = await Promise.race([answered, this.#ended]);
    return answer;
  }

  /** Ends the timekeeper, and what it runs. */
  stop(): void {
    if (this.#keeper.connected) this.#keeper.disconnect();
  }
}
