import { spawn } from 'node:child_process';
import type { NotifyMessage, NotifyTarget } from '../core/notification.js';
import { redact } from '../core/redaction.js';
import { environmentForPrograms } from '../core/secret-variables.js';
import type { NotDelivered } from './attempts.js';

const LIMIT_MS = 30_000;

/**
 * Runs a program of this machine that reads title, an empty line and the text; HOMELAB_OUTCOME has the outcomes, a blank between
 * them. It is run once: nobody knows how far one came that failed.
 */
export function runCommand(
  { argv: [program = '', ...args] }: NotifyTarget & { to: 'command' },
  { title, text, outcomes }: NotifyMessage,
): Promise<NotDelivered | undefined> {
  return new Promise((resolve) => {
    const fail = (said: string): void => resolve({ said, isPassing: false });
    const child = spawn(program, args, {
      env: { ...environmentForPrograms(process.env), HOMELAB_OUTCOME: outcomes.join(' ') },
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    const timer = setTimeout(() => {
      fail(`it did not end within ${LIMIT_MS / 1000} s`);
      // A group of its own: what it has started ends with it.
      if (child.pid !== undefined) endGroup(child.pid);
    }, LIMIT_MS);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail(`it could not be started (${error.code ?? error.name})`);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(undefined);
      else fail(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`);
    });
    // One that does not read is none the worse for it.
    child.stdin.on('error', () => undefined);
    child.stdin.end(redact(`${title}\n\n${text}\n`));
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
