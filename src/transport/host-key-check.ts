import { HomelabError } from '../core/errors.js';
import { fingerprint, type HostKey } from './known-hosts.js';
import type { CheckedHost, HostKeyStore, KnownKey } from './host-key-store.js';

export interface HostKeyPolicy {
  readonly store: HostKeyStore;
  /** Pin a host that nothing is known about, instead of refusing it. */
  readonly acceptNew: boolean;
}

/**
 * Returns when the server is who it was. A key that differs from what is known is refused whatever the policy says.
 * @throws HomelabError `transport/host-key-revoked`, `/host-key-changed`, `/host-key-unknown`, `/host-certificate-only`
 */
export async function checkHostKey(host: CheckedHost, key: HostKey, policy: HostKeyPolicy): Promise<void> {
  const { store, acceptNew } = policy;
  const known = await store.lookUp(host);
  const revoked = known.revoked.find((entry) => entry.key.blob.equals(key.blob));
  if (revoked !== undefined) throw revokedKey(host, key, revoked);
  if (known.accepted.some((entry) => entry.key.blob.equals(key.blob))) return;
  if (known.accepted.length > 0) throw changedKey(host, key, known.accepted);
  if (known.hasAuthority)
    throw new HomelabError({
      code: 'transport/host-certificate-only',
      host: host.name,
      message: `${host.name} is known by a certificate authority only, and host certificates cannot be checked here`,
      hint: `Compare the fingerprint with the host's console, then: homelab trust ${host.name}`,
    });
  if (!acceptNew) throw unknownKey(host, key);
  await store.pin(host, [key]);
}

function revokedKey(host: CheckedHost, key: HostKey, entry: KnownKey): HomelabError {
  return new HomelabError({
    code: 'transport/host-key-revoked',
    host: host.name,
    message: `${host.name} (${host.knownAs}) shows a key that is revoked: ${key.type} ${fingerprint(key)} (${entry.where})`,
    hint: 'Give the host a new key and pin that one; do not connect before.',
  });
}

function changedKey(host: CheckedHost, key: HostKey, accepted: readonly KnownKey[]): HomelabError {
  const expected = accepted.find((entry) => entry.key.type === key.type) ?? accepted[0];
  const known =
    expected === undefined ? '' : `${expected.key.type} ${fingerprint(expected.key)} (${expected.where})`;
  return new HomelabError({
    code: 'transport/host-key-changed',
    host: host.name,
    message: `The host key of ${host.name} (${host.knownAs}) has changed: known is ${known}, shown is ${key.type} ${fingerprint(key)}`,
    hint: `Somebody may be listening in. If the machine is really new, remove the known key there and run: homelab trust ${host.name}`,
  });
}

function unknownKey(host: CheckedHost, key: HostKey): HomelabError {
  return new HomelabError({
    code: 'transport/host-key-unknown',
    host: host.name,
    message: `The host key of ${host.name} (${host.knownAs}) is not known: ${key.type} ${fingerprint(key)}`,
    hint: `Compare the fingerprint with the host's console, then: homelab trust ${host.name}`,
  });
}
