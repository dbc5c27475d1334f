import { join } from 'node:path';
import { toHomelabError } from '../../core/errors.js';
import type { StorePlace } from '../../drift/store/store-lock.js';
import { ownerOf } from '../../engine/run-owner.js';
import { stateFolder } from '../../history/history-folder.js';
import { visible } from '../../report/sanitize.js';
import type { OpenProject } from './project-command.js';

/**
 * Works with what is remembered of a project's hosts. Where that cannot be used, says so on stderr: a run is none the worse for
 * it, and the next check knows less.
 * @returns undefined where it cannot be used
 */
export async function keepHistory<T>(
  { dir, settings }: Pick<OpenProject, 'dir' | 'settings'>,
  run: string,
  use: (place: StorePlace) => Promise<T>,
): Promise<T | undefined> {
  const folder = join(stateFolder({ projectDir: dir, state: settings.state }), 'drift');
  try {
    return await use({ folder, owner: ownerOf(run) });
  } catch (thrown) {
    const { message, hint } = toHomelabError(thrown);
    process.stderr.write(`warning: ${visible(message)}${hint === undefined ? '' : `\n${visible(hint)}`}\n`);
    return undefined;
  }
}
