import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import type { StorePlace } from '../../drift/store/store-lock.js';
import { ownerOf } from '../../engine/run-owner.js';
import { stateFolder } from '../../history/history-folder.js';
import type { OpenSettings } from './project-command.js';

/** A project, and what flags say in its place. */
export type Remembering = Pick<OpenSettings, 'dir' | 'settings' | 'instead'>;

/** Where it is kept what is remembered of a project's hosts: those of another inventory are other hosts, whatever their names. */
export function driftMemory({ dir, settings, instead: { inventory } }: Remembering, run: string): StorePlace {
  const own = join(stateFolder({ projectDir: dir, state: settings.state }), 'drift');
  const folder = inventory === undefined ? own : join(own, `inventory-${nameOf(relative(dir, inventory))}`);
  return { folder, owner: ownerOf(run) };
}

/**
 * What tells checks apart of which each compares with what it has told itself: with another inventory, and with other variables, what
 * is found is not what the others find. Empty for the project as it is.
 */
export function tellingScope({ dir, instead: { inventory, variables } }: Remembering): string {
  if (inventory === undefined && variables.length === 0) return '';
  return nameOf(JSON.stringify([inventory === undefined ? null : relative(dir, inventory), ...variables]));
}

/** 16 hexadecimal digits that tell nothing. */
function nameOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
