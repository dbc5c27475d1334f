import type { Section, SectionResult } from '../../core/shell.js';

/** How a step of a guarded change ended. */
export interface StepResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface StepResults {
  /** Those that ran, in their order. */
  readonly steps: readonly StepResult[];
  /** False: whoever ran them was ended before the end. */
  readonly isComplete: boolean;
  /** Whether one of them ended otherwise than its section allows. */
  hasFailed(sections: readonly Section[]): boolean;
}

/** Reads what `resultScript` prints. Data from a host: what is missing is taken as not run. */
export function parseResults({ stdout }: Pick<SectionResult, 'stdout'>): StepResults {
  const [applied = '', ...parts] = stdout.toString('latin1').split('\0');
  const steps: StepResult[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [code = '', out = '', err = ''] = parts.slice(at, at + 3);
    steps.push({ code: Number.parseInt(code, 10) || 0, stdout: bytes(out), stderr: bytes(err) });
  }
  return {
    steps,
    isComplete: applied === 'applied',
    hasFailed: (sections) =>
      steps.length < sections.length ||
      steps.some(({ code }, index) => !(sections[index]?.successCodes ?? [0]).includes(code)),
  };
}

function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
