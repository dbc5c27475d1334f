import { spawn } from 'node:child_process';
import { environmentForPrograms } from '../../core/secret-variables.js';

/** How a program ended. */
export interface Ended {
  /** 127: there is no such program; 128: a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of this machine to its end, with `stdin` on its input. Never throws. */
export type RunProgram = (argv: readonly string[], stdin?: string) => Promise<Ended>;

const TIMEOUT_MS = 60_000;
const NOT_FOUND = 127;
const BY_SIGNAL = 128;

/** Times are printed in UTC and words in English, so that they can be read again. */
export const runProgram: RunProgram = ([file = '', ...args], stdin = '') =>
  new Promise((resolve) => {
    const env = { ...environmentForPrograms(process.env), TZ: 'UTC', LC_ALL: 'C', SYSTEMD_COLORS: '0' };
    const child = spawn(file, args, { env, stdio: 'pipe', timeout: TIMEOUT_MS });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
    child.once('error', ({ message }) => resolve({ code: NOT_FOUND, stdout, stderr: message }));
    child.once('close', (code) => resolve({ code: code ?? BY_SIGNAL, stdout, stderr }));
  });
