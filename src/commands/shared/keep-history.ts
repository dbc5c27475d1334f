import { toHomelabError } from '../../core/errors.js';
import type { StorePlace } from '../../drift/store/store-lock.js';
import { visible } from '../../report/sanitize.js';
import { driftMemory, type Remembering } from './drift-memory.js';

/**
 * Works with what is remembered of a project's hosts. Where that cannot be used, says so on stderr: a run is none the worse for
 * it, and the next check knows less.
 * @returns undefined where it cannot be used
 */
export async function keepHistory<T>(
  project: Remembering,
  run: string,
  use: (place: StorePlace) => Promise<T>,
): Promise<T | undefined> {
  try {
    return await use(driftMemory(project, run));
  } catch (thrown) {
    const { message, hint } = toHomelabError(thrown);
    process.stderr.write(`warning: ${visible(message)}${hint === undefined ? '' : `\n${visible(hint)}`}\n`);
    return undefined;
  }
}
