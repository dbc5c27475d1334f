import { chmodSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';

/** statfs(2): file systems that live in memory. */
const TMPFS = 0x01021994;
const RAMFS = 0x858458f6;

/** Signals that end the process, with the exit code that a shell gives them: the folder goes first. */
const ENDING: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 };

/** A folder in memory that only we may enter, with one call that ends it, whatever is in it by then. */
export interface PrivateFolder {
  readonly path: string;
  /** False while another program has the terminal: Ctrl-C is its business then. */
  isInterruptible: boolean;
  readonly remove: () => void;
}

/**
 * A new folder on a file system in memory: in `$XDG_RUNTIME_DIR` or `/dev/shm`. It goes with the process too, should
 * nobody remove it, signals included; a killed one (SIGKILL) leaves it to the next boot.
 * @throws HomelabError `secret/no-memory-folder`
 */
export function makePrivateFolder(candidates: readonly string[]): PrivateFolder {
  for (const parent of candidates.filter(isInMemory)) {
    const path = tryMake(parent);
    if (path === undefined) continue;
    return ownFolder(path);
  }
  throw new HomelabError({
    code: 'secret/no-memory-folder',
    message: 'there is no folder in memory where the plain text could lie while you edit it',
    hint: 'Use `homelab secret view` to read and `homelab secret encrypt` to write, or mount a tmpfs at $XDG_RUNTIME_DIR or /dev/shm.',
  });
}

function ownFolder(path: string): PrivateFolder {
  const leave = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGINT' && !folder.isInterruptible) return;
    // Leaving removes it; until then we go on listening.
    process.exit(ENDING[signal]);
  };
  const folder: PrivateFolder = {
    path,
    isInterruptible: true,
    remove: () => {
      // First: a terminal that goes away may send its signal twice, and nobody would be there for the second.
      rmSync(path, { recursive: true, force: true });
      process.off('exit', folder.remove);
      for (const signal of Object.keys(ENDING)) process.off(signal, leave);
    },
  };
  process.on('exit', folder.remove);
  for (const signal of Object.keys(ENDING)) process.on(signal, leave);
  return folder;
}

/** Where a folder in memory is looked for. */
export function memoryFolders(env: Readonly<Record<string, string | undefined>>): string[] {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  return [...(runtime.startsWith('/') ? [runtime] : []), '/dev/shm'];
}

function isInMemory(path: string): boolean {
  try {
    return [TMPFS, RAMFS].includes(statfsSync(path).type);
  } catch {
    return false;
  }
}

function tryMake(parent: string): string | undefined {
  try {
    const path = mkdtempSync(join(parent, 'homelab-secret-'));
    chmodSync(path, 0o700);
    return path;
  } catch {
    return undefined;
  }
}
