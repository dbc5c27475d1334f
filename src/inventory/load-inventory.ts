import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { GroupConfig, Inventory, Variable } from '../core/host-config.js';
import { HomelabErrors, type HomelabError } from '../core/errors.js';
import { openDocument } from '../secrets/open-document.js';
import { SecretOpener } from '../secrets/secret-opener.js';
import type { YamlDocument } from '../yaml/document.js';
import { brokenHosts } from './broken-hosts.js';
import { type Draft, draftInventory } from './draft.js';
import { directJumps, resolveChains } from './jumps.js';
import { Problems } from './problems.js';
import { checkReferences } from './references.js';
import { groupRolling } from './rolling.js';
import { writtenAt } from './setting.js';
import { groupVariables, resolveHost, type ResolvedParts } from './resolve-host.js';
import { inventoryFolder, readSources } from './sources.js';
import { setLayer } from './variables.js';
import { readVarsFiles } from './vars-files.js';

export interface InventoryOptions {
  /** Absolute. */
  readonly projectDir: string;
  /** Replaces the host files of `inventory/`; `group_vars` and `host_vars` beside it apply. Relative to the working directory. */
  readonly inventoryFile?: string | undefined;
  /** From `--set`; see `parseSetFlags`. */
  readonly setVars?: ReadonlyMap<string, unknown> | undefined;
  /**
   * What opens encrypted values and files of variables; `sealed`: nobody reads variables, they stay as they are. Default:
   * each is an error, because there is no identity.
   */
  readonly secrets?: SecretOpener | 'sealed' | undefined;
  /** Texts by absolute path that stand for YAML files of hosts: as they would be. */
  readonly texts?: ReadonlyMap<string, string> | undefined;
  /** The account homelab runs under; default: asked of the system. `local` hosts are root's when this is. */
  readonly localUser?: string | undefined;
}

/**
 * The inventory of a project: files merged, variables stacked, jump chains followed.
 * @throws HomelabErrors every mistake at its place: `yaml/…`, `inventory/schema`, `inventory/name`,
 *   `inventory/variable-name`, `inventory/given-twice`, `inventory/unknown-host`, `inventory/unknown-group`,
 *   `inventory/jump-cycle`, `inventory/local-jump`, `inventory/circle`, `inventory/duplicate-address`,
 *   `inventory/dynamic-source`, `inventory/not-yaml`, `inventory/not-found`, `secret/…`
 */
export async function loadInventory(options: InventoryOptions): Promise<Inventory> {
  const { inventory, errors } = await readInventory(options);
  if (errors.length > 0) throw new HomelabErrors(errors);
  return inventory;
}

/** An inventory with what is wrong with it. */
export interface InventoryReading {
  /** Hosts with mistakes are in it, without what is wrong: others may name them. */
  readonly inventory: Inventory;
  /** In the order of their places. */
  readonly errors: readonly HomelabError[];
  /** False where a file cannot be read, or its sections are wrong: then names may be missing that it holds. */
  readonly isComplete: boolean;
  /** Hosts that have mistakes, or some of whose variables are not known. */
  readonly brokenHosts: ReadonlySet<string>;
}

/** As {@link loadInventory}; mistakes are not thrown but returned, with what can be told all the same. */
export async function readInventory(options: InventoryOptions): Promise<InventoryReading> {
  const { projectDir, setVars = new Map(), secrets = new SecretOpener() } = options;
  const inventoryFile = options.inventoryFile === undefined ? undefined : resolve(options.inventoryFile);
  const place = { projectDir, inventoryFile, texts: options.texts };
  const problems = new Problems();
  const sources = await readSources(place, problems);
  const areAllRead = problems.isEmpty;
  const documents = await Promise.all(sources.documents.map((one) => opened(one, secrets, problems)));
  const draft = draftInventory(documents, problems);
  const isComplete = areAllRead && draft.isComplete;
  // What an unreadable file holds is not missing: only a whole inventory can tell which names do not exist.
  if (isComplete) checkReferences(draft, problems);
  const chains = isComplete
    ? resolveChains(draft, directJumps(draft), problems)
    : new Map<string, string[]>();
  const varsIn = (name: string, what: 'group' | 'host', known: Iterable<string>) => {
    const folder = { path: join(inventoryFolder(place), name), projectDir, what, isComplete, secrets };
    return readVarsFiles(folder, [...known], problems);
  };
  const groupFiles = await varsIn('group_vars', 'group', draft.groups.keys());
  const hostFiles = await varsIn('host_vars', 'host', draft.hosts.keys());
  const parts: ResolvedParts = {
    draft,
    chains,
    groupFiles: groupFiles.byName,
    hostFiles: hostFiles.byName,
    setVars: setLayer(setVars),
    localUser: options.localUser ?? userInfo().username,
  };
  const errors = problems.inOrder();
  const broken = { draft, errors, groups: groupFiles.broken, hosts: hostFiles.broken };
  return {
    inventory: {
      hosts: new Map([...draft.hosts.keys()].map((name) => [name, resolveHost(parts, name)])),
      groups: new Map([...draft.groups.keys()].map((name) => [name, resolveGroup(parts, name)])),
      files: [...sources.shown, ...groupFiles.shown, ...hostFiles.shown],
    },
    errors,
    isComplete,
    // What another file says of a host is not known, either.
    brokenHosts: isComplete ? brokenHosts(broken) : new Set(draft.hosts.keys()),
  };
}

/** The document with its encrypted values opened, as far as that goes. */
async function opened(
  document: YamlDocument,
  secrets: SecretOpener | 'sealed',
  problems: Problems,
): Promise<YamlDocument> {
  if (secrets === 'sealed') return document;
  return (await problems.collectAsync(() => openDocument(document, secrets))) ?? document;
}

function resolveGroup(parts: ResolvedParts, name: string): GroupConfig {
  const { draft } = parts;
  const hosts = [...draft.hosts].filter(([, { value }]) => value.groups?.includes(name) ?? false);
  return {
    name,
    hosts: hosts.map(([host]) => host),
    vars: groupVariables(parts, name),
    rolling: groupRolling(draft, name),
    settings: groupSettings(draft, name),
  };
}

/** `max_unavailable` and `quorum`, each with its place. */
function groupSettings(draft: Draft, name: string): ReadonlyMap<string, Variable> {
  const piece = draft.groups.get(name);
  const entries = Object.entries(piece?.value ?? {}).filter(([key]) => key !== 'vars');
  return new Map(
    entries.map(([key]) => {
      const source = piece?.document.locateKey([...piece.path, key]);
      return [key, { value: piece && writtenAt(piece, key), origin: `group ${name}`, source }];
    }),
  );
}
