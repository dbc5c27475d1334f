import type { SourcePosition } from '../core/errors.js';
import type { BecomeMethod, HostConfig, TransportName, Variable } from '../core/host-config.js';
import type { Draft } from './draft.js';
import { portsOf } from './ports.js';
import { hostRolling } from './rolling.js';
import { settingOf } from './setting.js';
import { layerOf, placeBelow, stack, type VariableLayer } from './variables.js';
import type { VarsFile } from './vars-files.js';

/** What hosts are resolved from. */
export interface ResolvedParts {
  readonly draft: Draft;
  readonly chains: ReadonlyMap<string, readonly string[] | undefined>;
  readonly groupFiles: ReadonlyMap<string, VarsFile>;
  readonly hostFiles: ReadonlyMap<string, VarsFile>;
  readonly setVars: VariableLayer;
  /** The account that homelab itself runs under: whom `local` works as. */
  readonly localUser: string;
}

/** The variables of a group: those beside it, then those of its file. */
export function groupVariables(parts: ResolvedParts, name: string): VariableLayer {
  return stack([...ownLayers(parts.draft.groups.get(name), parts.groupFiles.get(name), `group ${name}`)]);
}

/** A host with everything said about it; what is wrong in the draft is as if it had not been said. */
export function resolveHost(parts: ResolvedParts, name: string): HostConfig {
  const { draft } = parts;
  const piece = draft.hosts.get(name);
  const own = piece?.value ?? {};
  const settings = settingsOf(parts, name);
  const setting = (key: string) => settings.get(key)?.value;
  const groups = [...new Set(own.groups ?? [])];
  const [port, ...otherPorts] = portsOf(setting('port'));
  return {
    name,
    address: own.address,
    port,
    otherPorts,
    user: setting('user') as string | undefined,
    via: parts.chains.get(name),
    identity: setting('identity') as readonly string[] | undefined,
    transport: setting('transport') as TransportName,
    become: setting('become') as BecomeMethod,
    hostKeys: own.host_key ?? [],
    groups,
    vars: stack([
      inventoryLayer(draft),
      ...groups.map((group) => groupVariables(parts, group)),
      ...ownLayers(piece, parts.hostFiles.get(name), `host ${name}`),
      parts.setVars,
    ]),
    optional: own.optional ?? false,
    runsOn: own.runs_on,
    dependsOn: own.depends_on ?? [],
    rolling: hostRolling(draft, name),
    source: piece?.source ?? UNKNOWN_PLACE,
    settings,
  };
}

const UNKNOWN_PLACE: SourcePosition = { file: 'inventory', line: 1, column: 1 };

const SETTING_NAMES = [
  ...(['address', 'port', 'user', 'via', 'identity', 'transport', 'become', 'host_key', 'groups'] as const),
  ...(['optional', 'runs_on', 'depends_on', 'health', 'drain', 'window', 'snapshot', 'backup'] as const),
];

/** Every setting that somebody gave, and those that have a default of their own (origin `default`). */
function settingsOf(
  { draft, chains, localUser }: ResolvedParts,
  name: string,
): ReadonlyMap<string, Variable> {
  const settings = new Map<string, Variable>();
  for (const key of SETTING_NAMES) {
    const found = settingOf(draft, name, key);
    // A default way is not taken by the hosts it goes through.
    const isTaken = key !== 'via' || chains.get(name) !== undefined;
    if (found !== undefined && isTaken) settings.set(key, found);
  }
  if (!settings.has('transport')) settings.set('transport', byDefault('ssh2'));
  const isLocal = settings.get('transport')?.value === 'local';
  const user = settings.get('user')?.value ?? (isLocal ? localUser : undefined);
  if (!settings.has('become')) settings.set('become', byDefault(user === 'root' ? 'none' : 'sudo'));
  return settings;
}

function byDefault(value: unknown): Variable {
  return { value, origin: 'default', source: undefined };
}

function inventoryLayer(draft: Draft): VariableLayer {
  const variables = [...draft.vars].map(
    ([name, { value, source, document }]) =>
      [
        name,
        { value, source, origin: 'vars', placeOf: placeBelow({ document, path: ['vars', name] }) },
      ] as const,
  );
  return new Map(variables);
}

interface VarsHolder {
  readonly document: VarsFile['document'];
  readonly path: VarsFile['path'];
  readonly value: { readonly vars?: Record<string, unknown> | null | undefined };
}

function ownLayers(
  piece: VarsHolder | undefined,
  file: VarsFile | undefined,
  origin: string,
): VariableLayer[] {
  return [
    ...(piece === undefined
      ? []
      : [layerOf(piece.value.vars ?? {}, origin, { ...piece, path: [...piece.path, 'vars'] })]),
    ...(file === undefined ? [] : [layerOf(file.value, origin, { ...file, path: [] })]),
  ];
}
