import type { Facts } from '../../core/facts.js';
import type { RoleHost } from '../../core/role.js';
import { bracketed, fixedAddress, type Membership } from '../shared/cluster-members.js';
import { merged } from '../shared/cluster-schemas.js';
import { pemPath } from '../shared/pem-files.js';
import { nomadBlocks } from './nomad-blocks.js';
import type { NomadParams } from './nomad-params.js';

/** What the configuration is made of besides the parameters. */
export interface NomadPlace {
  readonly host: RoleHost;
  readonly facts: Facts;
  readonly membership: Membership;
}

/** Folder of the certificates; Nomad loads what lies in /etc/nomad.d itself alone. */
export const TLS_FOLDER = '/etc/nomad.d/homelab-tls';

/** Whether jobs run on the host. */
export function isClient({ client }: NomadParams, { isServer }: Membership): boolean {
  return client ?? !isServer;
}

/**
 * The configuration of the agent, https://developer.hashicorp.com/nomad/docs/configuration. `isOld`: before 1.3, where
 * servers speak an older protocol that autopilot does not know, unless they are told.
 */
export function nomadConfig(wanted: NomadParams, place: NomadPlace, isOld: boolean): Record<string, unknown> {
  const { host, membership } = place;
  const own = wanted.advertise_address ?? fixedAddress(host);
  const advertised = own === undefined ? '{{ GetPrivateIP }}' : bracketed(own);
  const runsJobs = isClient(wanted, membership);
  const config = {
    name: wanted.node_name ?? host.name,
    region: wanted.region,
    datacenter: wanted.datacenter,
    data_dir: '/opt/nomad/data',
    bind_addr: wanted.bind_address,
    addresses: { http: wanted.http_address },
    advertise: { http: advertised, rpc: advertised, serf: advertised },
    // Going down is no leaving: a server that left has to win back its vote.
    leave_on_interrupt: false,
    leave_on_terminate: false,
    disable_update_check: true,
    server: membership.isServer ? serverConfig(wanted, place, isOld) : undefined,
    client: runsJobs ? clientConfig(wanted, membership) : undefined,
    plugin: runsJobs ? pluginConfig(wanted) : undefined,
    autopilot: membership.isServer ? { cleanup_dead_servers: wanted.cleanup_dead_servers } : undefined,
    consul: wanted.consul && { address: wanted.consul.address, ssl: wanted.consul.ssl },
    acl: wanted.acl ? { enabled: true } : undefined,
    tls: tlsConfig(wanted),
    telemetry: telemetryConfig(wanted),
    log_level: wanted.log_level,
  };
  return nomadBlocks(merged(config, wanted.extra));
}

/** What nobody is to see, which Nomad merges with the rest. Undefined where there is nothing. */
export function secretConfig(
  { gossip_key: encrypt, consul }: NomadParams,
  { isServer }: Membership,
): Record<string, unknown> | undefined {
  const server = isServer && encrypt !== undefined ? { encrypt } : undefined;
  const token = consul?.token;
  if (server === undefined && token === undefined) return undefined;
  return nomadBlocks({ server, consul: token && { address: consul?.address, ssl: consul?.ssl, token } });
}

/** Without the number where servers elsewhere lead: with it, those here would found a cluster of their own. */
function serverConfig(wanted: NomadParams, { facts, membership }: NomadPlace, isOld: boolean) {
  const grace = wanted.heartbeat_grace ?? (isSlow(facts) ? SLOW_GRACE_SECONDS : undefined);
  return {
    enabled: true,
    bootstrap_expect: wanted.join.length === 0 ? membership.serverCount : undefined,
    heartbeat_grace: grace === undefined ? undefined : `${grace}s`,
    raft_protocol: isOld ? 3 : undefined,
    server_join: joinConfig(membership),
  };
}

const SLOW_GRACE_SECONDS = 30;
const SMALL_MIB = 2048;

/** Where a restart takes longer than the ten seconds that a client is given. */
function isSlow({ arch, memory_mib: memory }: Facts): boolean {
  return arch === 'arm64' || arch === 'armhf' || memory < SMALL_MIB;
}

function joinConfig({ join }: Membership) {
  return join.length === 0 ? undefined : { retry_join: join, retry_interval: '15s', retry_max: 0 };
}

function clientConfig(wanted: NomadParams, membership: Membership) {
  const { reserved, host_volumes: volumes } = wanted;
  return {
    enabled: true,
    node_class: wanted.node_class,
    node_pool: wanted.node_pool,
    network_interface: wanted.network_interface,
    server_join: joinConfig(membership),
    meta: wanted.meta,
    host_volume: Object.keys(volumes).length === 0 ? undefined : volumes,
    reserved: reserved && {
      cpu: reserved.cpu_mhz,
      memory: reserved.memory_mib,
      disk: reserved.disk_mib,
      reserved_ports: reserved.ports,
    },
  };
}

function pluginConfig({ docker, raw_exec: isRaw }: NomadParams) {
  const delay = docker?.image_delay_seconds;
  const containers = docker && {
    config: {
      allow_privileged: docker.allow_privileged,
      volumes: { enabled: docker.volumes },
      gc: delay === undefined ? undefined : { image_delay: `${delay}s` },
    },
  };
  if (containers === undefined && !isRaw) return undefined;
  return {
    ...(containers === undefined ? {} : { docker: containers }),
    ...(isRaw ? { raw_exec: { config: { enabled: true } } } : {}),
  };
}

function tlsConfig({ tls }: NomadParams) {
  if (tls === undefined) return undefined;
  return {
    http: tls.http,
    rpc: tls.rpc,
    ca_file: pemPath(tls.ca, 'ca', TLS_FOLDER),
    cert_file: pemPath(tls.cert, 'cert', TLS_FOLDER),
    key_file: pemPath(tls.key, 'key', TLS_FOLDER),
    verify_server_hostname: tls.verify_server_hostname,
  };
}

function telemetryConfig({ telemetry }: NomadParams) {
  if (telemetry === undefined) return undefined;
  return {
    prometheus_metrics: true,
    publish_allocation_metrics: true,
    publish_node_metrics: true,
    collection_interval: `${telemetry.interval}s`,
    disable_hostname: telemetry.disable_hostname,
  };
}
