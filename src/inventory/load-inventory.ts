import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { GroupConfig, Inventory, Variable } from '../core/host-config.js';
import { openDocument } from '../secrets/open-document.js';
import { SecretOpener } from '../secrets/secret-opener.js';
import type { YamlDocument } from '../yaml/document.js';
import { type Draft, draftInventory } from './draft.js';
import { directJumps, resolveChains } from './jumps.js';
import { Problems } from './problems.js';
import { checkReferences } from './references.js';
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
  const { projectDir, setVars = new Map(), secrets = new SecretOpener() } = options;
  const inventoryFile = options.inventoryFile === undefined ? undefined : resolve(options.inventoryFile);
  const place = { projectDir, inventoryFile };
  const problems = new Problems();
  const written = await readSources(place, problems);
  const isWhole = problems.isEmpty;
  const documents = await Promise.all(written.map((one) => opened(one, secrets, problems)));
  const draft = draftInventory(documents, problems);
  // What an unreadable file holds is not missing: only a whole inventory can tell which names do not exist.
  if (!isWhole) problems.throwIfAny();
  checkReferences(draft, problems);
  const chains = resolveChains(draft, directJumps(draft), problems);
  const varsIn = (name: string, what: 'group' | 'host', known: Iterable<string>) =>
    readVarsFiles(
      { path: join(inventoryFolder(place), name), projectDir, what, secrets },
      [...known],
      problems,
    );
  const groupFiles = await varsIn('group_vars', 'group', draft.groups.keys());
  const hostFiles = await varsIn('host_vars', 'host', draft.hosts.keys());
  problems.throwIfAny();
  const localUser = options.localUser ?? userInfo().username;
  const parts: ResolvedParts = {
    draft,
    chains,
    groupFiles,
    hostFiles,
    setVars: setLayer(setVars),
    localUser,
  };
  const hosts = new Map([...draft.hosts.keys()].map((name) => [name, resolveHost(parts, name)]));
  const varsFiles = [...groupFiles.values(), ...hostFiles.values()].map(({ document }) => document);
  return {
    hosts,
    groups: new Map([...draft.groups.keys()].map((name) => [name, resolveGroup(parts, name)])),
    files: [...documents, ...varsFiles].map(({ file }) => file),
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
    settings: groupSettings(draft, name),
  };
}

/** `max_unavailable` and `quorum`, each with its place. */
function groupSettings(draft: Draft, name: string): ReadonlyMap<string, Variable> {
  const piece = draft.groups.get(name);
  const entries = Object.entries(piece?.value ?? {}).filter(([key]) => key !== 'vars');
  return new Map(
    entries.map(([key, value]) => {
      const source = piece?.document.locateKey([...piece.path, key]);
      return [key, { value, origin: `group ${name}`, source }];
    }),
  );
}
