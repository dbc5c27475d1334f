import type { TimedProgram } from '../measure/stopwatch.js';

/** A way to find out whether machines are as the forty-item playbook says. */
export interface Contender {
  readonly name: string;
  /** What a person would type, as the controller. */
  check(hosts: readonly string[]): TimedProgram;
  /** Rounds it takes part in, where it is too slow for all of them. */
  readonly maxRounds?: number;
  /** Run, unmeasured, before each of its turns: the same is left of earlier runs each time. */
  prepare?(hosts: readonly string[]): Promise<void>;
  /** Whether its check ended as it does where everything is in sync. */
  isInSync(code: number, output: string): boolean;
  /** Whether its check says that something about `subject` of `host` differs. */
  tells(output: string, host: string, subject: string): boolean;
}
