import type { Facts } from '../../core/facts.js';

/** Where a system keeps chrony. */
export interface ChronySystem {
  readonly config: string;
  /** The folder whose `*.conf` files are read, `confdir` of chrony.conf(5). */
  readonly folder: string;
  /** Whether the package brings that folder. */
  readonly isFolderBrought: boolean;
  readonly service: string;
  /** Where the drift of the clock is kept from one start to the next. */
  readonly driftFile: string;
  /** Keys that the package brings, for commands and for symmetric authentication; undefined where there is no such file. */
  readonly keyFile: string | undefined;
  /** File with the options that the service starts chronyd with, and how they stand there. */
  readonly options: { readonly path: string; readonly key: string; readonly usual: string };
  /** Packages that keep the time as well; a package manager refuses to have two, or two would pull at the clock. */
  readonly rivals: readonly string[];
}

const SYSTEMS: Readonly<Record<string, ChronySystem>> = {
  debian: {
    config: '/etc/chrony/chrony.conf',
    folder: '/etc/chrony/conf.d',
    isFolderBrought: true,
    service: 'chrony',
    driftFile: '/var/lib/chrony/chrony.drift',
    keyFile: '/etc/chrony/chrony.keys',
    options: { path: '/etc/default/chrony', key: 'DAEMON_OPTS', usual: '-F 1' },
    rivals: ['systemd-timesyncd', 'ntp', 'ntpsec', 'openntpd'],
  },
  redhat: {
    config: '/etc/chrony.conf',
    folder: '/etc/chrony.d',
    isFolderBrought: false,
    service: 'chronyd',
    driftFile: '/var/lib/chrony/drift',
    keyFile: '/etc/chrony.keys',
    options: { path: '/etc/sysconfig/chronyd', key: 'OPTIONS', usual: '-F 2' },
    rivals: ['ntp', 'ntpsec', 'openntpd'],
  },
  alpine: {
    config: '/etc/chrony/chrony.conf',
    folder: '/etc/chrony/conf.d',
    isFolderBrought: false,
    service: 'chronyd',
    driftFile: '/var/lib/chrony/chrony.drift',
    keyFile: undefined,
    options: { path: '/etc/conf.d/chronyd', key: 'ARGS', usual: '' },
    rivals: ['ntpsec', 'openntpd'],
  },
};

/** How the system keeps chrony; undefined where this is not known. */
export function chronySystem({ os }: Facts): ChronySystem | undefined {
  return Object.hasOwn(SYSTEMS, os.family) ? SYSTEMS[os.family] : undefined;
}

const VENDOR_ZONES = ['debian', 'ubuntu', 'fedora', 'centos', 'rhel', 'alpine'];

/** The pool that a distribution has of its own (https://www.ntppool.org/en/vendors.html), else the one for everybody. */
export function usualPool({ os }: Facts): string {
  return VENDOR_ZONES.includes(os.id) ? `2.${os.id}.pool.ntp.org` : '2.pool.ntp.org';
}
