import { homedir } from 'node:os';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';

/** The lab that commands mean when no other is named. */
export const DEFAULT_LAB_ID = 'lab';

/** Every lab has a folder of this one, named by its id: its machines' disks, its state, the controller's home. */
export const LABS_FOLDER = '/var/lib/homelab-lab';

/**
 * Names of everything a lab has, all of them telling its id, so that it can be found and ended even where its state
 * was lost. An id has no dot, so no lab's prefix begins another's.
 */
export interface LabNames {
  readonly id: string;
  /** Begins the name of each of its network namespaces, and names its control group. */
  readonly prefix: string;
  readonly switchNamespace: string;
  readonly controllerNamespace: string;
  /** Absolute. */
  readonly folder: string;
  machineNamespace(hostname: string): string;
  machineFolder(hostname: string): string;
}

/** @throws HomelabError `lab/bad-id` where `id` is not 1 to 24 of a–z, 0–9 and inner hyphens */
export function labNames(id: string): LabNames {
  if (!isLabId(id))
    throw new HomelabError({
      code: 'lab/bad-id',
      message: `Not a name for a lab: ${JSON.stringify(id)}`,
      hint: 'Use at most 24 lower-case letters, digits and hyphens, and begin and end with a letter or digit.',
    });
  const folder = join(LABS_FOLDER, id);
  const prefix = `homelab.${id}`;
  return {
    id,
    prefix,
    switchNamespace: `${prefix}.switch`,
    controllerNamespace: `${prefix}.controller`,
    folder,
    machineNamespace: (hostname) => `${prefix}.machine.${hostname}`,
    machineFolder: (hostname) => join(folder, 'machines', hostname),
  };
}

/** Whether `id` can name a lab. */
export function isLabId(id: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$/.test(id);
}

/** Where images and packages are kept between labs (XDG Base Directory Specification). */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base?.startsWith('/') ? base : join(homedir(), '.cache'), 'homelab', 'lab');
}
