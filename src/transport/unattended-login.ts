import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { HostConfig, Inventory } from '../core/host-config.js';
import { environmentForPrograms } from '../core/secret-variables.js';
import type { Endpoint } from './endpoint.js';
import { IdentityFiles } from './identity-file.js';
import { agentKeys, DEFAULT_NAMES, localUser } from './key-ring.js';
import { Routes } from './routes.js';
import { expandHome, SshConfig } from './ssh-config.js';

export interface UnattendedOptions {
  readonly inventory: Inventory;
  readonly hosts: readonly HostConfig[];
  readonly sshConfigFile: string | undefined;
  /** As the process that logs in will have it: an agent that is not named here is none. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What logins need when nobody is there to type. */
export interface UnattendedLogins {
  /** Private key files that are there, absolute, each once. */
  readonly files: readonly string[];
  /** Names of hosts (jump hosts too) whose only keys want a passphrase, with one of these. */
  readonly locked: readonly { readonly host: string; readonly path: string }[];
  /** Names of hosts for which neither a file nor an agent has a key that is known. */
  readonly keyless: readonly string[];
}

type KeyState = 'open' | 'locked' | 'public';

/**
 * Which keys log in to `hosts` and to the jump hosts before them. Nothing is connected to.
 * @throws HomelabError what {@link Routes.resolve} throws
 */
export async function unattendedLogins(options: UnattendedOptions): Promise<UnattendedLogins> {
  const files = new IdentityFiles(() => Promise.resolve(undefined));
  const found = new Set<string>();
  const locked: { host: string; path: string }[] = [];
  const keyless: string[] = [];
  for (const endpoint of await endpointsOf(options)) {
    const sources = { files, home: homeOf(options), env: options.env };
    const paths = keyFiles(endpoint, sources.home);
    const states = await Promise.all(paths.map(async (path) => [path, await stateOf(files, path)] as const));
    for (const [path, state] of states) if (state !== 'public') found.add(path);
    const held = endpoint.agent === 'none' ? [] : await agentKeys(endpoint, sources);
    if (held.length > 0 || states.some(([, state]) => state === 'open')) continue;
    const wanting = states.find(([, state]) => state === 'locked');
    if (wanting === undefined) keyless.push(endpoint.name);
    else locked.push({ host: endpoint.name, path: wanting[0] });
  }
  return { files: [...found], locked, keyless };
}

const homeOf = ({ env }: UnattendedOptions): string => env['HOME'] ?? homedir();

/** Of each name one: jump hosts before those behind them. */
async function endpointsOf(options: UnattendedOptions): Promise<readonly Endpoint[]> {
  const { inventory, hosts, sshConfigFile: file, env } = options;
  const endpoints = new Map<string, Endpoint>();
  for (const isProgram of [false, true]) {
    const config = new SshConfig({
      file,
      home: homeOf(options),
      env: environmentForPrograms(env),
      isProgram,
    });
    const routes = new Routes({ inventory, config, user: localUser(), isProgram });
    for (const host of hosts.filter(({ transport }) => transport === (isProgram ? 'openssh' : 'ssh2'))) {
      const endpoint = await routes.resolve(host);
      for (const one of [...endpoint.via, endpoint]) endpoints.set(one.key, one);
    }
  }
  return [...endpoints.values()];
}

/** Those that are there, absolute. */
function keyFiles({ identities }: Endpoint, home: string): string[] {
  const named = identities?.filter((path) => path !== 'none').map((path) => expandHome(path, home));
  return (named ?? DEFAULT_NAMES.map((name) => join(home, '.ssh', name))).filter((path) => existsSync(path));
}

/** A key on hardware, or one of a format that ssh2 does not read, is the ssh program's: it counts as open. */
async function stateOf(files: IdentityFiles, path: string): Promise<KeyState> {
  const file = await files.load(path).catch(() => undefined);
  if (file === undefined || file.isLocked) return file === undefined ? 'open' : 'locked';
  return file.unlock().then(
    () => 'open' as const,
    () => 'public' as const,
  );
}
