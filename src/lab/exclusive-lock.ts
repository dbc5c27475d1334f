import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { HomelabError } from '../core/errors.js';

/** Longer than the slowest thing done under a lock: building an image on a slow line. */
const WAIT_SECONDS = 900;

/**
 * Runs `work` while no other process holds the lock `file`. The lock is a flock(2) of a child that lives as long as
 * this process or `work` does, so nothing is left to clean up after a crash.
 * @throws HomelabError `lab/locked` where another process holds it for 15 minutes
 */
export async function withLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn('flock', ['-w', String(WAIT_SECONDS), file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    // Ctrl-C is for `work`; the lock must outlast it.
    detached: true,
  });
  const closed = once(holder, 'close');
  const isHeld = await Promise.race([once(holder.stdout, 'data').then(() => true), closed.then(() => false)]);
  if (!isHeld)
    throw new HomelabError({
      code: 'lab/locked',
      message: `Another lab command is still at work (${file})`,
      hint: 'Wait for it or end it, then try again.',
    });
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await closed;
  }
}
