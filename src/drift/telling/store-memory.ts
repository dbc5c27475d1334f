import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { takeProcessLock } from '../../engine/process-lock.js';
import type { StorePlace } from '../store/store-lock.js';
import { useStore } from '../store/use-store.js';
import { toldSchema, type ToldMemory } from './told.js';

/** The memory in the file that keeps what is remembered of hosts. What nobody can read there counts as never told. */
export function storeMemory(place: StorePlace): ToldMemory {
  return {
    load: (target) => useStore(place, (store) => toldSchema.safeParse(store.told(target)).data),
    save: (target, told) => useStore(place, (store) => store.saveTold(target, told)),
  };
}

/** How long another check may take to tell: more than three attempts of the slowest target. */
const PATIENCE_MS = 240_000;
const PAUSE_MS = 100;

/**
 * Lets `tell` work while no other check of this project tells: two at the same time would tell the same twice. After four minutes
 * it goes on all the same, and where no lock can be had.
 */
export async function tellAlone<T>({ folder, owner }: StorePlace, tell: () => Promise<T>): Promise<T> {
  const release = await takeTurn(join(folder, 'telling'), owner);
  try {
    return await tell();
  } finally {
    release();
  }
}

async function takeTurn(path: string, owner: StorePlace['owner']): Promise<() => void> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await delay(PAUSE_MS)) {
    try {
      const lock = takeProcessLock(path, owner);
      if (lock.isTaken) return lock.release;
    } catch {
      // Nothing can be written there, the memory neither: that is told where it is read.
      break;
    }
  }
  return () => undefined;
}
