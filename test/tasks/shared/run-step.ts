import { spawn } from 'node:child_process';
import { toShell } from '../../../src/core/command.js';
import type { Step } from '../../../src/core/step.js';
import type { HostShell } from '../../probes/shells.js';

export interface StepOutcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a step on this computer as a section of a request would: in `shell`, in a known environment, without input. */
export async function runStepHere(
  { argv, path }: HostShell,
  step: Step,
  env: Readonly<Record<string, string>> = {},
): Promise<StepOutcome> {
  if (step.do !== 'run') throw new Error('Only the engine writes');
  const [program, ...rest] = argv;
  const child = spawn(program, [...rest, '-c', toShell(step.command)], {
    env: { LC_ALL: 'C', PATH: path, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve)),
  ]);
  return { code, stdout, stderr };
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
