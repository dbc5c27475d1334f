import type { RoleContext } from '../../core/role.js';
import { isLoopback } from '../shared/dns-schema.js';
import { hostRecords, wholeName, type HostRecord } from '../shared/host-records.js';
import { dhcpLines } from './dhcp-lines.js';
import type { DnsmasqParams } from './dnsmasq-params.js';

/** Where names in Consul are. */
const CONSUL = 'consul';

/** A name that this configuration brings: whoever finds it, was answered by it. */
export function probeName({ domain }: DnsmasqParams): string {
  return `_homelab.${domain}`;
}

/** Where the host itself asks: always served, but for addresses that were chosen one by one. */
export function ownServer({ listen = ['127.0.0.1'] }: DnsmasqParams): string {
  return listen.find(isLoopback) ?? listen[0] ?? '127.0.0.1';
}

/** What dnsmasq is told, dnsmasq(8). @throws HomelabError `render/…` for a template of the project that is wrong */
export function dnsmasqConfig(wanted: DnsmasqParams, { hosts, files, facts }: RoleContext) {
  const { domain, interfaces = [], listen = [], upstreams, consul, dhcp } = wanted;
  const isOpen = interfaces.length === 0 && listen.length === 0;
  return files.render('homelab.conf.hbs', {
    port: wanted.port,
    interfaces,
    listen,
    // Elsewhere it is said on the command line, or in dnsmasq.conf.
    is_local_service: isOpen && facts.os.family === 'redhat',
    is_hosts_file_left: !wanted.hosts_file,
    // Debian names another file on its command line as soon as there is a resolvconf, which systemd-resolved brings too.
    is_resolv_left: upstreams.some(({ zones }) => zones.length === 0),
    servers: [
      ...upstreams.map(({ address, port, zones }) => server(zones, address, port)),
      ...(consul === undefined ? [] : [server([CONSUL], consul.address, consul.port)]),
    ],
    stop_rebind: wanted.stop_dns_rebind,
    rebind_zones: wanted.stop_dns_rebind ? rebindZones(wanted) : [],
    domain,
    local_zones: [domain, ...wanted.local_zones],
    cache_size: wanted.cache_size,
    probe: probeName(wanted),
    records: hostRecords(
      { domain, inventory: wanted.inventory_records, records: wanted.records, taken: takenNames(wanted) },
      hosts,
    ).flatMap(recordLines),
    cnames: Object.entries(wanted.cnames).map(
      ([name, target]) => `${wholeName(name, domain)},${wholeName(target, domain)}`,
    ),
    addresses: [
      ...Object.entries(wanted.addresses).map(([name, address]) => `/${name}/${address}`),
      ...wanted.blocked.map((name) => `/${name}/`),
    ],
    dhcp: dhcp === undefined ? [] : dhcpLines(dhcp),
    extra: wanted.extra,
  });
}

function server(zones: readonly string[], address: string, port: number): string {
  const place = port === 53 ? address : `${address}#${port}`;
  return zones.length === 0 ? place : `/${zones.join('/')}/${place}`;
}

/** A zone with a server of its own is one of this network. */
function rebindZones({ upstreams, consul, rebind_ok: named }: DnsmasqParams): string[] {
  const zones = upstreams.flatMap((one) => one.zones);
  return [...new Set([...zones, ...(consul === undefined ? [] : [CONSUL]), ...named])];
}

function takenNames({ cnames, domain }: DnsmasqParams): string[] {
  return Object.keys(cnames).map((name) => wholeName(name, domain));
}

/** A line holds one address of each sort at most. A number alone would be the time to live, and not a name. */
function recordLines({ names, addresses }: HostRecord): string[] {
  const found = names.filter((name) => !/^\d+$/.test(name));
  return addresses.map((address) => [...found, address].join(','));
}
