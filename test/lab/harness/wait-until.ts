import { setTimeout as sleep } from 'node:timers/promises';

const PAUSE_MS = 20;
/** Far beyond what anything here takes: a bound for what never comes, not a measure. */
const PATIENCE_MS = 40_000;

/** Asks again and again until the answer is true. Throws, with what was waited for, when it never is. */
export async function waitUntil(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  await waitUntilNone(what, async () => ((await isTrue()) ? [] : ['']));
}

/** Asks again and again until the answer is empty. Throws, with the last answer, when it never is. */
export async function waitUntilNone(what: string, list: () => Promise<readonly string[]>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let found = await list(); found.length > 0; found = await list()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}\n${found.join('\n')}`);
    await sleep(PAUSE_MS);
  }
}
