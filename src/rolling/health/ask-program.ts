import { spawn } from 'node:child_process';
import { down, UP, type Sight } from './sight.js';

const MOST_CHARACTERS = 2000;

/** Runs a program on this machine. Up: exit code 0. Aborted: it ends, with what it has started. */
export function askProgram(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<Sight> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(down('no answer'));
    // A group of its own: what it has started ends with it.
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let said = '';
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString('utf8')).slice(-MOST_CHARACTERS);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const end = (): void => {
      resolve(down('no answer'));
      endGroup(child.pid);
    };
    signal.addEventListener('abort', end, { once: true });
    child.on('error', (error) => resolve(down(error.message)));
    child.on('exit', (code) => {
      if (code === 0) resolve(UP);
    });
    // What it left running may keep its output open: then the signal ends that.
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', end);
      const words = lastLine(said) ?? (killedBy === null ? `exit code ${code}` : `ended by ${killedBy}`);
      resolve(code === 0 ? UP : down(words));
    });
  });
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

function lastLine(text: string): string | undefined {
  return text
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '');
}
