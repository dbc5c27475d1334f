import { setTimeout as sleep } from 'node:timers/promises';
import { HomelabError } from '../core/errors.js';

const GIVE_UP_AFTER_MS = 10_000;

/** Kills what `list` finds until it finds nothing. Never this process. @throws HomelabError `lab/cannot-kill` after 10 s */
export async function killAll(list: () => number[] | Promise<number[]>): Promise<void> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    const ids = (await list()).filter((id) => id !== process.pid);
    if (ids.length === 0) return;
    if (Date.now() > deadline) throw cannotKill(ids);
    for (const id of ids) kill(id);
    await sleep(20);
  }
}

/** Kills a process. One that has ended by itself is no fault. */
export function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // There is none any more.
  }
}

function cannotKill(ids: readonly number[]): HomelabError {
  return new HomelabError({
    code: 'lab/cannot-kill',
    message: `Processes of the lab do not end: ${ids.join(', ')}`,
    hint: 'They may be waiting for a disk. Try `homelab lab down` again.',
  });
}
