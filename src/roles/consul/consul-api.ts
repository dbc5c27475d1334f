import { bracketed, isLocal } from '../shared/cluster-members.js';
import type { ConsulParams } from './consul-params.js';

/** Where the agent is asked on its own host, and whether anybody's certificate has to do. */
export interface ConsulApi {
  /** Without a slash at its end. */
  readonly base: string;
  readonly isInsecure: boolean;
}

/** The HTTP interface as the host itself reaches it; null where there is none. */
export function consulApi(wanted: ConsulParams): ConsulApi | null {
  const address = ownAddress(wanted.client_addresses);
  // The certificate speaks of server.DATACENTER.consul, not of an address.
  if (wanted.http_port !== false)
    return { base: `http://${bracketed(address)}:${wanted.http_port}`, isInsecure: false };
  if (wanted.https_port !== false)
    return { base: `https://${bracketed(address)}:${wanted.https_port}`, isInsecure: true };
  return null;
}

function ownAddress(addresses: readonly string[]): string {
  const local = addresses.find((address) => isLocal(address));
  if (local !== undefined) return local;
  if (addresses.includes('0.0.0.0')) return '127.0.0.1';
  return addresses.includes('::') ? '::1' : (addresses[0] ?? '127.0.0.1');
}
