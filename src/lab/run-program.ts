import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { HomelabError } from '../core/errors.js';

export interface ProgramOptions {
  readonly cwd?: string | undefined;
  /** The whole environment. Default: this process's, with the system's program folders in PATH. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly stdin?: string | Uint8Array | undefined;
  /** `inherit`: the program has this process's terminal and nothing is captured. Default: `capture`. */
  readonly stdio?: 'capture' | 'inherit' | undefined;
  /** Then it is killed, and its code is 137. Default: none. */
  readonly timeoutMs?: number | undefined;
}

export interface ProgramResult {
  /** Exit code; 128 and the signal's number where a signal ended it, as a shell tells it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs of the system's administrator are not in everybody's PATH. */
export function systemPath(): string {
  return `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`;
}

/** Runs a program to its end. @throws HomelabError `lab/command-failed` where it cannot be started at all */
export function runProgram(argv: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const isCaptured = options.stdio !== 'inherit';
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? { ...process.env, PATH: systemPath() },
      stdio: isCaptured ? ['pipe', 'pipe', 'pipe'] : 'inherit',
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    // A program that ends without reading its input is no fault.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.stdin ?? '');
    child.on('error', (cause) => reject(failure(argv, cause.message, cause)));
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? 128 + (signal ? constants.signals[signal] : 0),
        stdout: Buffer.concat(stdout).toString(),
        stderr: Buffer.concat(stderr).toString(),
      }),
    );
  });
}

/** What the program printed. @throws HomelabError `lab/command-failed` where it cannot be started or its code is not 0 */
export async function mustRun(argv: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await runProgram(argv, options);
  if (code === 0) return stdout;
  throw failure(argv, `exit code ${code}${lastLines(stderr || stdout)}`);
}

/** The end of a program's output, on lines of its own; empty where it said nothing. */
export function lastLines(output: string, count = 8): string {
  const lines = output.trim().split('\n').slice(-count).join('\n');
  return lines === '' ? '' : `\n${lines}`;
}

function failure(argv: readonly string[], reason: string, cause?: unknown): HomelabError {
  return new HomelabError({
    code: 'lab/command-failed',
    message: `${argv.slice(0, 6).join(' ')}: ${reason}`,
    hint: 'Run `homelab lab down`, then `homelab lab up` again. If it stays, this computer lacks what the lab needs.',
    cause,
  });
}
