import type { RunAnswer } from './run-request.js';
import type { Stopwatch, TimedProgram } from './stopwatch.js';
import { maximumOf, medianOf, minimumOf } from './statistics.js';

/** Something to be measured beside others. */
export interface Candidate {
  /** What it is measured at: `4 hosts`. */
  readonly case: string;
  readonly contender: string;
  readonly program: TimedProgram;
  /** Rounds it takes part in; default: all. */
  readonly maxRounds?: number | undefined;
  /** Run, unmeasured, before each of its turns. */
  readonly prepare?: () => Promise<void> | undefined;
  /** Throws where a run did not do what it was measured for. */
  readonly prove: (answer: RunAnswer) => void | Promise<void>;
}

/** What one contender took in one case. */
export interface Measurement {
  readonly scenario: string;
  readonly case: string;
  readonly contender: string;
  readonly runs: number;
  readonly medianSeconds: number;
  readonly minSeconds: number;
  readonly cpuSeconds: number;
  /** Peak resident memory of its largest process. */
  readonly largestBytes: number;
  /** Peak of all its processes together. */
  readonly treePeakBytes: number | undefined;
}

export interface InterleaveOptions {
  readonly scenario: string;
  readonly rounds: number;
  /** Ends between two runs. */
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/**
 * Measures the candidates in turn, round after round, so that what else the computer does falls on all of them. The
 * order of each round begins at another one. A first round warms up and looks at memory; its times are not counted.
 */
export async function interleave(
  watch: Stopwatch,
  candidates: readonly Candidate[],
  options: InterleaveOptions,
): Promise<Measurement[]> {
  const answers = candidates.map((): RunAnswer[] => []);
  const warmUps: RunAnswer[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    options.onProgress(
      `${options.scenario}: ${round === 0 ? 'warm-up' : `round ${round} of ${options.rounds}`}`,
    );
    for (let turn = 0; turn < candidates.length; turn++) {
      const index = (turn + round) % candidates.length;
      const candidate = candidates[index];
      if (!candidate || round > (candidate.maxRounds ?? options.rounds)) continue;
      options.signal.throwIfAborted();
      await candidate.prepare?.();
      const answer = await watch.run({ ...candidate.program, isMemoryWatched: round === 0 });
      await candidate.prove(answer);
      if (round === 0) warmUps[index] = answer;
      else answers[index]?.push(answer);
    }
  }
  return candidates.map((candidate, index) =>
    measurementOf(options.scenario, candidate, answers[index] ?? [], warmUps[index]),
  );
}

function measurementOf(
  scenario: string,
  candidate: Candidate,
  answers: readonly RunAnswer[],
  warmUp: RunAnswer | undefined,
): Measurement {
  const seconds = answers.map((answer) => answer.seconds);
  return {
    scenario,
    case: candidate.case,
    contender: candidate.contender,
    runs: answers.length,
    medianSeconds: medianOf(seconds),
    minSeconds: minimumOf(seconds),
    cpuSeconds: medianOf(answers.map((answer) => answer.cpuSeconds)),
    largestBytes: maximumOf(answers.map((answer) => answer.largestBytes)),
    treePeakBytes: warmUp?.treePeakBytes,
  };
}
