/** What the timekeeper is asked to run. */
export interface RunRequest {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** Added to the controller's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A file of its own for time(1). Absolute. */
  readonly costFile: string;
  /** Looks at the memory of all its processes again and again, which disturbs its time. */
  readonly isMemoryWatched: boolean;
}

/** What came of it. */
export interface RunAnswer {
  /** Exit code; 128 and the signal's number where a signal ended it. */
  readonly code: number;
  /** From before it was started until it had ended. */
  readonly seconds: number;
  /** User and system time of it and all it waited for. */
  readonly cpuSeconds: number;
  /** Peak resident memory of the largest of its processes. */
  readonly largestBytes: number;
  /** Peak of the memory of all its processes together, shared pages counted once; only where it was watched. */
  readonly treePeakBytes: number | undefined;
  /** What it printed, both streams. */
  readonly output: string;
  readonly stdout: string;
}
