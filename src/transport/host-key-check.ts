import { HomelabError } from '../core/errors.js';
import { fingerprint, type HostKey } from './known-hosts.js';
import type { CheckedHost, HostKeyStore, KnownKey, KnownKeys } from './host-key-store.js';

export interface HostKeyPolicy {
  readonly store: HostKeyStore;
  /** Pin a host that nothing is known about, instead of refusing it. */
  readonly acceptNew: boolean;
}

/** A key as a server shows it. */
export interface ShownKey {
  readonly type: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

/**
 * Returns when the server is who it was. A key that differs from what is known is refused whatever the policy says.
 * @throws HomelabError `transport/host-key-revoked`, `/host-key-changed`, `/host-key-unknown`, `/host-certificate-only`
 */
export async function checkHostKey(host: CheckedHost, key: HostKey, policy: HostKeyPolicy): Promise<void> {
  const { store, acceptNew } = policy;
  const known = await store.lookUp(host);
  const isRevoked = known.revoked.some((entry) => entry.key.blob.equals(key.blob));
  if (!isRevoked && known.accepted.some((entry) => entry.key.blob.equals(key.blob))) {
    if (known.isByOtherPort) await keepForPort(host, key, store);
    return;
  }
  const shown = { type: key.type, fingerprint: fingerprint(key) };
  if (isRevoked || known.accepted.length > 0) throw hostKeyRefusal(host, shown, known);
  if (known.authorities.length > 0)
    throw new HomelabError({
      code: 'transport/host-certificate-only',
      host: host.name,
      message: `${host.name} is known by a certificate authority only, and the transport ssh2 cannot check host certificates`,
      hint: `Set transport: openssh for the host; or compare the fingerprint with its console, then: homelab trust ${host.name}`,
    });
  if (!acceptNew) throw hostKeyRefusal(host, shown, known);
  await store.pin(host, [key]);
}

/** Pins a key that another port of the host is known by. It counts anyway, so a project that cannot be written is no failure. */
export async function keepForPort(host: CheckedHost, key: HostKey, store: HostKeyStore): Promise<void> {
  await store.pin(host, [key]).catch(() => undefined);
}

/** Why a key that is not accepted is refused: `transport/host-key-revoked`, `/host-key-changed`, `/host-key-unknown`. */
export function hostKeyRefusal(host: CheckedHost, key: ShownKey, known: KnownKeys): HomelabError {
  const revoked = known.revoked.find((entry) => fingerprint(entry.key) === key.fingerprint);
  if (revoked !== undefined) return revokedKey(host, key, revoked);
  return known.accepted.length > 0 ? changedKey(host, key, known.accepted) : unknownKey(host, key);
}

function revokedKey(host: CheckedHost, key: ShownKey, entry: KnownKey): HomelabError {
  return new HomelabError({
    code: 'transport/host-key-revoked',
    host: host.name,
    message: `${host.name} (${host.knownAs}) shows a key that is revoked: ${key.type} ${key.fingerprint} (${entry.where})`,
    hint: 'Give the host a new key and pin that one; do not connect before.',
  });
}

function changedKey(host: CheckedHost, key: ShownKey, accepted: readonly KnownKey[]): HomelabError {
  const expected = accepted.find((entry) => entry.key.type === key.type) ?? accepted[0];
  const known =
    expected === undefined ? '' : `${expected.key.type} ${fingerprint(expected.key)} (${expected.where})`;
  return new HomelabError({
    code: 'transport/host-key-changed',
    host: host.name,
    message: `The host key of ${host.name} (${host.knownAs}) has changed: known is ${known}, shown is ${key.type} ${key.fingerprint}`,
    hint: `Somebody may be listening in. If the machine is really new, remove the known key there and run: homelab trust ${host.name}`,
  });
}

function unknownKey(host: CheckedHost, key: ShownKey): HomelabError {
  return new HomelabError({
    code: 'transport/host-key-unknown',
    host: host.name,
    message: `The host key of ${host.name} (${host.knownAs}) is not known: ${key.type} ${key.fingerprint}`,
    hint: `Compare the fingerprint with the host's console, then: homelab trust ${host.name}`,
  });
}
