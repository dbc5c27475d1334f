import type { RoleContext } from '../../core/role.js';
import { isLoopback, isWildcard } from '../shared/dns-schema.js';
import { hostRecords } from '../shared/host-records.js';
import type { UnboundParams, UnboundServer } from './unbound-params.js';
import type { UnboundSystem } from './unbound-systems.js';

/** Addresses that no name of the internet should have: RFC 1918, RFC 3927, RFC 4193, RFC 4291. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '127.0.0.0/8',
  'fc00::/7',
  'fe80::/10',
  '::ffff:0:0/96',
];

interface Zone {
  readonly clause: 'stub' | 'forward';
  readonly name: string;
  readonly servers: readonly string[];
  readonly isTls: boolean;
  /** What an agent of Consul knows may be otherwise the next second. */
  readonly isKept: boolean;
}

/** A name that this configuration brings: whoever finds it, was answered by it. */
export function probeName({ domain }: UnboundParams): string {
  return `_homelab.${domain}`;
}

/** Where the host itself asks. */
export function ownServer({ listen }: UnboundParams): string {
  const loopback = listen.find(isLoopback);
  if (loopback !== undefined || listen.includes('0.0.0.0')) return loopback ?? '127.0.0.1';
  return listen.some(isWildcard) ? '::1' : (listen[0] ?? '127.0.0.1');
}

/** What the configuration has to know of a system. */
type ConfiguredSystem = Pick<UnboundSystem, 'control'> & {
  readonly authorities: Pick<UnboundSystem['authorities'], 'path'>;
};

/** What unbound is told, unbound.conf(5). @throws HomelabError `render/…` for a template of the project that is wrong */
export function unboundConfig(
  wanted: UnboundParams,
  system: ConfiguredSystem,
  { hosts, files }: RoleContext,
) {
  const zones = zonesOf(wanted);
  const internal = [
    ...(wanted.consul === undefined ? [] : ['consul']),
    ...wanted.zones.filter(({ is_internal: is }) => is).map(({ zone }) => zone),
  ];
  return files.render('homelab.conf.hbs', {
    listen: wanted.listen,
    port: wanted.port,
    // An address may come later than unbound does.
    is_freebind: wanted.listen.some((one) => !isWildcard(one) && !isLoopback(one)),
    access: [...ownAccess(wanted), ...wanted.access_control],
    asks_localhost: zones.some(({ servers }) => servers.some((server) => isLoopback(address(server)))),
    private_addresses: wanted.private_addresses ? PRIVATE : [],
    private_domains: wanted.private_addresses ? unique([...internal, ...wanted.private_domains]) : [],
    insecure_domains: wanted.dnssec ? unique([...internal, ...wanted.insecure_domains]) : [],
    is_dnssec_off: !wanted.dnssec,
    is_expired_served: wanted.serve_expired,
    authorities: wanted.tls ? system.authorities.path : '',
    probe: probeName(wanted),
    ...localData(wanted, hosts),
    extra: wanted.extra,
    zones,
    control: system.control ?? '',
  });
}

/** The host asks itself by the address that it is asked at, too. */
function ownAccess({ listen }: UnboundParams) {
  return listen
    .filter((one) => !isWildcard(one) && !isLoopback(one))
    .map((one) => ({ network: `${one}/${one.includes(':') ? 128 : 32}`, action: 'allow' }));
}

function zonesOf({ consul, zones, upstreams, tls }: UnboundParams): Zone[] {
  return [
    ...(consul === undefined
      ? []
      : [zone('stub', 'consul', [{ ...consul, name: undefined }], { isTls: false, isKept: false })]),
    ...zones.map((one) => zone(one.kind, one.zone, one.servers, { isTls: false, isKept: true })),
    ...(upstreams.length === 0 ? [] : [zone('forward', '.', upstreams, { isTls: tls, isKept: true })]),
  ];
}

function zone(
  clause: Zone['clause'],
  name: string,
  servers: readonly UnboundServer[],
  { isTls, isKept }: Pick<Zone, 'isTls' | 'isKept'>,
): Zone {
  const texts = servers.map((server) => {
    const { port = isTls ? 853 : 53 } = server;
    return `${server.address}@${port}${isTls ? `#${server.name ?? ''}` : ''}`;
  });
  return { clause, name, servers: texts, isTls, isKept };
}

function address(server: string): string {
  return server.replace(/@.*$/, '');
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

/** Records, and the zone they are in: what it does not hold, does not exist. The first name of an address is its name. */
function localData(
  { domain, inventory_records: inventory, records }: UnboundParams,
  hosts: RoleContext['hosts'],
) {
  const found = hostRecords({ domain, inventory, records, taken: [] }, hosts).flatMap(
    ({ names: [name = ''], addresses }) => addresses.map((one) => ({ name, address: one })),
  );
  const named = new Map(found.toReversed().map(({ name, address: one }) => [one, name]));
  return {
    local_zones: found.length === 0 ? [] : [domain],
    data: found.map(({ name, address: one }) => ({
      name,
      type: one.includes(':') ? 'AAAA' : 'A',
      address: one,
    })),
    pointers: [...named].toReversed().map(([one, name]) => ({ name, address: one })),
  };
}
