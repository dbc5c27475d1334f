import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decodeText } from '../core/content.js';
import { HomelabError, HomelabErrors } from '../core/errors.js';
import type { Inventory } from '../core/host-config.js';
import { addEntries } from '../yaml/add-entries.js';
import { readBytes } from '../yaml/parse-yaml.js';
import { readInventory, type InventoryOptions } from './load-inventory.js';
import type { NewHost } from './new-hosts.js';
import { displayPath } from './project.js';
import { isYamlName } from './sources.js';

/** An inventory with hosts more, and the one file that has to be written for it to be true. */
export interface HostAddition {
  readonly inventory: Inventory;
  /** Absolute. */
  readonly file: string;
  /** As the user would type it. */
  readonly shown: string;
  /** Empty where the file is not there yet. */
  readonly before: string;
  readonly after: string;
}

/**
 * Hosts more at the end of inventory/hosts.yml, or of the file that stands for it; nothing is written.
 * @throws HomelabError `inventory/dynamic-source` where a program makes the inventory
 * @throws HomelabErrors `inventory/…`, `yaml/…` where the inventory would have mistakes with them
 */
export async function addHosts(options: InventoryOptions, hosts: readonly NewHost[]): Promise<HostAddition> {
  const { projectDir, inventoryFile } = options;
  const file =
    inventoryFile === undefined ? join(projectDir, 'inventory', 'hosts.yml') : resolve(inventoryFile);
  const shown = displayPath(projectDir, file);
  if (!isYamlName(file) && existsSync(file) && (statSync(file).mode & 0o111) !== 0)
    throw madeByProgram(shown);
  const before = existsSync(file) ? (decodeText(readBytes(file, shown)) ?? '') : '';
  const entries = hosts.map((host) => [host.name, entryOf(host)] as const);
  const after = addEntries(before, { displayPath: shown, section: 'hosts', entries });
  const { inventory, errors } = await readInventory({ ...options, texts: new Map([[file, after]]) });
  if (errors.length > 0) throw new HomelabErrors(errors);
  return { inventory, file, shown, before, after };
}

function entryOf({ address, port, user, via }: NewHost): Record<string, unknown> {
  const written = { address, port, user, via: via?.length === 1 ? via[0] : via };
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}

function madeByProgram(shown: string): HomelabError {
  return new HomelabError({
    code: 'inventory/dynamic-source',
    message: `${shown} is a program: a host cannot be written into what it prints`,
    hint: 'Add the host where the program has its hosts from.',
  });
}
