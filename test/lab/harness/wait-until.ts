import { setTimeout as sleep } from 'node:timers/promises';

/** A look may start processes on a machine: what takes long is looked at less often, a tenth of the time later at most. */
const SHORTEST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 500;
/** Far beyond what anything here takes: a bound for what never comes, not a measure. */
const PATIENCE_MS = 40_000;

/** Asks again and again until the answer is true. Throws, with what was waited for, when it never is. */
export async function waitUntil(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  await waitUntilNone(what, async () => ((await isTrue()) ? [] : ['']));
}

/** Asks again and again until the answer is empty. Throws, with the last answer, when it never is. */
export async function waitUntilNone(what: string, list: () => Promise<readonly string[]>): Promise<void> {
  const startedAt = performance.now();
  for (let found = await list(); found.length > 0; found = await list()) {
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > PATIENCE_MS) throw new Error(`waited in vain until ${what}\n${found.join('\n')}`);
    await sleep(Math.min(Math.max(waitedMs / 10, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
  }
}
