import type { Facts } from '../../core/facts.js';
import { isOlder } from '../../core/is-older.js';

/** Where a system keeps unbound. */
export interface UnboundSystem {
  /** What is installed: unbound itself, and what it cannot start without. */
  readonly packages: readonly string[];
  /** The folder whose files unbound.conf includes. */
  readonly folder: string;
  /** Whether unbound.conf has to be told so, and the folder made. */
  readonly isIncludeMissing: boolean;
  /** Where unbound-control reaches it, if nothing else says so. */
  readonly control?: string | undefined;
  /** Where the key of the root is to be before anything can be checked, and where it comes from. */
  readonly rootKey?: { readonly path: string; readonly from: string } | undefined;
  /** Certificates of authorities, and what brings them. */
  readonly authorities: { readonly path: string; readonly package: string };
}

const SOCKET = '/run/unbound.ctl';

/** The first releases whose package has unbound-control reach it. */
const FIRST_WITH_CONTROL: Readonly<Record<string, string>> = { debian: '12', ubuntu: '23.04' };

const AUTHORITIES = { path: '/etc/ssl/certs/ca-certificates.crt', package: 'ca-certificates' };

const SYSTEMS: Readonly<Record<string, UnboundSystem>> = {
  debian: {
    packages: ['unbound', 'dns-root-data'],
    folder: '/etc/unbound/unbound.conf.d',
    isIncludeMissing: false,
    rootKey: { path: '/var/lib/unbound/root.key', from: '/usr/share/dns/root.key' },
    authorities: AUTHORITIES,
  },
  redhat: {
    packages: ['unbound'],
    folder: '/etc/unbound/conf.d',
    isIncludeMissing: false,
    authorities: { path: '/etc/pki/tls/certs/ca-bundle.crt', package: 'ca-certificates' },
  },
  alpine: {
    packages: ['unbound'],
    folder: '/etc/unbound/unbound.conf.d',
    isIncludeMissing: true,
    control: SOCKET,
    authorities: AUTHORITIES,
  },
};

/** How the system keeps unbound; undefined where this is not known. */
export function unboundSystem({ os }: Facts): UnboundSystem | undefined {
  const system = Object.hasOwn(SYSTEMS, os.family) ? SYSTEMS[os.family] : undefined;
  const first = Object.hasOwn(FIRST_WITH_CONTROL, os.id) ? FIRST_WITH_CONTROL[os.id] : undefined;
  if (system === undefined || first === undefined || os.version === '' || !isOlder(os.version, first))
    return system;
  return { ...system, control: SOCKET };
}
