import type { BenchLab } from '../bench-lab.js';
import type { BenchOptions } from '../options.js';
import type { Measurement } from '../measure/interleave.js';
import type { Stopwatch } from '../measure/stopwatch.js';
import type { Target } from '../report/target.js';

/** What a scenario works with. */
export interface Stage {
  readonly lab: BenchLab;
  readonly watch: Stopwatch;
  /** The command that starts homelab. */
  readonly homelab: readonly string[];
  readonly options: BenchOptions;
  /** Set by Ctrl-C. */
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** What a scenario found out. */
export interface Findings {
  readonly title: string;
  readonly measurements: readonly Measurement[];
  readonly targets: readonly Target[];
  /** What else is to be read beside the numbers: sentences. */
  readonly notes: readonly string[];
  /** What the others are compared with in the table; default: homelab. */
  readonly reference?: string;
}

/** The measurement of a contender in a case. @throws Error where it was not measured */
export function measured(findings: readonly Measurement[], name: string, contender: string): Measurement {
  const found = findings.find((one) => one.case === name && one.contender === contender);
  if (!found) throw new Error(`${contender} was not measured at ${name}`);
  return found;
}
