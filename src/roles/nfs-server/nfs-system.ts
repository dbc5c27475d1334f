import type { Facts } from '../../core/facts.js';

/** How a system keeps an NFS server. */
export interface NfsSystem {
  readonly package: string;
  readonly service: string;
}

const SYSTEMS: Readonly<Record<string, NfsSystem>> = {
  debian: { package: 'nfs-kernel-server', service: 'nfs-server' },
  redhat: { package: 'nfs-utils', service: 'nfs-server' },
  alpine: { package: 'nfs-utils', service: 'nfs' },
};

/** Undefined where it is not known. */
export function nfsSystem({ os }: Facts): NfsSystem | undefined {
  return Object.hasOwn(SYSTEMS, os.family) ? SYSTEMS[os.family] : undefined;
}
