import type { Facts } from '../../core/facts.js';

/** Where a system keeps dnsmasq, and what it makes of its configuration. */
export interface DnsmasqSystem {
  /** Packages whose upgrade is one of the service. */
  readonly packages: readonly string[];
  /** The folder of what is read besides dnsmasq.conf. */
  readonly folder: string;
  /** Lines of dnsmasq.conf that contradict the role, as a regular expression. */
  readonly contradictions?: string | undefined;
  /**
   * Commands that check the configuration with that folder. Debian names it on the command line, and its own check says
   * nothing of what is wrong.
   */
  readonly check: readonly string[];
}

const SYSTEMS: Readonly<Record<string, DnsmasqSystem>> = {
  debian: {
    packages: ['dnsmasq', 'dnsmasq-base'],
    folder: '/etc/dnsmasq.d',
    check: [
      'dnsmasq --test --conf-dir=/etc/dnsmasq.d,.dpkg-dist,.dpkg-old,.dpkg-new',
      '/usr/share/dnsmasq/systemd-helper checkconfig',
    ],
  },
  redhat: {
    packages: ['dnsmasq'],
    folder: '/etc/dnsmasq.d',
    contradictions: '^(?:interface=lo|bind-interfaces|local-service=host)$',
    check: ['dnsmasq --test'],
  },
  alpine: { packages: ['dnsmasq'], folder: '/etc/dnsmasq.d', check: ['dnsmasq --test'] },
};

/** How the system keeps dnsmasq; undefined where this is not known. */
export function dnsmasqSystem({ os }: Facts): DnsmasqSystem | undefined {
  return Object.hasOwn(SYSTEMS, os.family) ? SYSTEMS[os.family] : undefined;
}
