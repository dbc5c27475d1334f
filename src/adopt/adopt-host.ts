import { HomelabError, toHomelabError } from '../core/errors.js';
import type { HostConfig } from '../core/host-config.js';
import { keyWeakness } from '../core/key-strength.js';
import type { RemoteShell } from '../core/shell.js';
import type { Transport } from '../core/transport.js';
import { installKeys, type InstalledKeys } from './authorized-keys.js';
import type { InstallKey } from './install-keys.js';
import { proveAccess, type ProvenAccess } from './prove-access.js';

/** How a host is come to. */
export interface AdoptWays {
  /** By keys, as every run does. */
  readonly transport: Transport;
  /** By a password, as the account itself; undefined: nobody wants to give one. */
  readonly openByPassword: ((host: HostConfig) => Promise<RemoteShell>) | undefined;
  /** The keys that are to be let in. @throws HomelabError `adopt/…` */
  readonly keys: (host: HostConfig) => Promise<readonly InstallKey[]>;
  /** Whether those were named: then they are installed although another key is let in already. */
  readonly areKeysNamed: boolean;
}

/** What became of a host. */
export interface Adoption extends InstalledKeys {
  /** Undefined where it could not be proven: then `error` says why. */
  readonly access: ProvenAccess | undefined;
  readonly error: HomelabError | undefined;
  /** What its owner should know besides. */
  readonly notes: readonly string[];
}

const NOTHING: InstalledKeys = { added: [], tightened: [] };

/**
 * Lets the operator in with a key, and proves it by a new login with that alone, and that root can be become. Where a key
 * is let in already, nothing is changed. @throws HomelabError where nothing could be done: `transport/…`, `adopt/…`
 */
export async function adoptHost(host: HostConfig, ways: AdoptWays): Promise<Adoption> {
  const { transport } = ways;
  const byKey = await openByKey(transport, host);
  if (!(byKey instanceof HomelabError) && !ways.areKeysNamed) return proven(transport, host, NOTHING);
  const keys = await ways.keys(host);
  const shell = byKey instanceof HomelabError ? await openByPassword(host, ways, byKey) : byKey;
  const installed = await installKeys(shell, host.name, keys);
  await shell.close();
  // Nothing of what is open now may help: neither the password nor a key that was accepted before.
  const afresh = transport.afresh();
  try {
    return await proven(afresh, host, installed);
  } finally {
    await afresh.close();
  }
}

/** A shell of the account itself; the error where no key is let in. */
async function openByKey(transport: Transport, host: HostConfig): Promise<RemoteShell | HomelabError> {
  try {
    return await transport.open({ ...host, become: 'none' });
  } catch (thrown) {
    const error = toHomelabError(thrown);
    if (error.code !== 'transport/auth-failed') throw thrown;
    return error;
  }
}

async function openByPassword(
  host: HostConfig,
  ways: AdoptWays,
  { code, message, cause }: HomelabError,
): Promise<RemoteShell> {
  if (ways.openByPassword !== undefined) return ways.openByPassword(host);
  const hint = 'Give --ask-pass too: then the password is asked for once, and your key is installed.';
  throw new HomelabError({ code, message, hint, host: host.name, cause });
}

async function proven(transport: Transport, host: HostConfig, installed: InstalledKeys): Promise<Adoption> {
  try {
    const access = await proveAccess(transport, host);
    return { ...installed, access, error: undefined, notes: notesOn(access) };
  } catch (thrown) {
    const error = toHomelabError(thrown);
    if (error.code === 'run/interrupted') throw thrown;
    const isRefused = error.code === 'transport/auth-failed';
    const told = isRefused ? keyNotAccepted(host.name, error) : error;
    return { ...installed, access: undefined, error: told, notes: [] };
  }
}

function notesOn({ login }: ProvenAccess): string[] {
  const weakness = login?.key === undefined ? undefined : keyWeakness(login.key);
  return weakness === undefined ? [] : [`the key that is let in ${weakness}`];
}

function keyNotAccepted(host: string, cause: HomelabError): HomelabError {
  return new HomelabError({
    code: 'adopt/key-not-accepted',
    host,
    message: `the key is installed, and ${host} lets nobody in with it: ${cause.message}`,
    hint: 'Is its private half here (agent, identity)? On the machine: a home that others may write to (chmod go-w ~), AuthorizedKeysFile and PubkeyAuthentication in sshd_config, the log of sshd.',
    cause,
  });
}
