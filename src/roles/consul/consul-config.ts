import { isIP } from 'node:net';
import type { RoleOutlook } from '../../core/role.js';
import { fixedAddress, type Membership } from '../shared/cluster-members.js';
import { merged } from '../shared/cluster-schemas.js';
import { pemPath } from '../shared/pem-files.js';
import type { ConsulParams } from './consul-params.js';
import { hasScript } from './service-config.js';

/** What an installed version of Consul takes: each is fatal before the version that brought it. */
export interface ConsulFeatures {
  /** `ui_config` instead of `ui`, 1.9. */
  readonly hasUiConfig: boolean;
  /** `acl.tokens.initial_management` instead of `master`, 1.11. */
  readonly hasInitialManagement: boolean;
  /** `tls{}` instead of flat keys, 1.12. */
  readonly hasTls: boolean;
}

/** What the configuration is made of besides the parameters. */
export interface ConsulPlace {
  readonly outlook: Pick<RoleOutlook, 'host'>;
  readonly membership: Membership;
  readonly nodeName: string;
  readonly dataDir: string;
}

/** Folder of the certificates; Consul loads what lies in /etc/consul.d itself alone. */
export const TLS_FOLDER = '/etc/consul.d/homelab-tls';

/** A port that is not to be opened, in the words of Consul. */
const NO_PORT = -1;

/** The version that brought each feature, newest first. */
const SINCE: readonly (readonly [keyof ConsulFeatures, string])[] = [
  ['hasTls', '1.12'],
  ['hasInitialManagement', '1.11'],
  ['hasUiConfig', '1.9'],
];

/** A time between two releases. `since` undefined: all that came before. */
export interface ConsulEpoch {
  readonly since: string | undefined;
  readonly features: ConsulFeatures;
}

/** The epochs between which these features make a difference, newest first. */
export function epochsOf(matters: ConsulFeatures): ConsulEpoch[] {
  const starts = [...SINCE.filter(([feature]) => matters[feature]).map(([, since]) => since), undefined];
  const hasAt = (feature: number, since: string | undefined): boolean =>
    since !== undefined && SINCE.findIndex(([, at]) => at === since) <= feature;
  return starts.map((since) => ({
    since,
    features: {
      hasTls: hasAt(0, since),
      hasInitialManagement: hasAt(1, since),
      hasUiConfig: hasAt(2, since),
    },
  }));
}

/** What of the agent's configuration is written otherwise in other versions. */
export function gatesOf(wanted: ConsulParams, isServer: boolean): ConsulFeatures {
  return {
    hasTls: wanted.tls !== undefined,
    hasInitialManagement: false,
    hasUiConfig: hasUi(wanted, isServer),
  };
}

/** The same of its secrets. */
export function secretGatesOf({ acl }: ConsulParams): ConsulFeatures {
  const hasInitialManagement = acl?.tokens.initial_management !== undefined;
  return { hasTls: false, hasInitialManagement, hasUiConfig: false };
}

function hasUi({ ui }: ConsulParams, isServer: boolean): boolean {
  return ui ?? isServer;
}

/**
 * The configuration of the agent, https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file. Members
 * that are undefined are none.
 */
export function consulConfig(
  wanted: ConsulParams,
  place: ConsulPlace,
  features: ConsulFeatures,
): Record<string, unknown> {
  const { isServer, join } = place.membership;
  const config = {
    datacenter: wanted.datacenter,
    domain: wanted.domain === 'consul' ? undefined : wanted.domain,
    node_name: place.nodeName,
    data_dir: place.dataDir,
    ...(isServer ? serverConfig(wanted, place.membership) : { server: false }),
    ...addresses(wanted, place.outlook),
    retry_join: join.length === 0 ? undefined : join,
    // Going down is no leaving: a leaver has to win back its vote and its services when it comes back.
    leave_on_terminate: false,
    skip_leave_on_interrupt: true,
    disable_update_check: true,
    ports: portConfig(wanted),
    recursors: wanted.recursors.length === 0 ? undefined : wanted.recursors,
    enable_local_script_checks: wanted.services.some(hasScript) ? true : undefined,
    ...uiConfig(hasUi(wanted, isServer), features),
    ...tlsConfig(wanted, isServer, features),
    acl: aclConfig(wanted),
    performance: performanceConfig(wanted),
    telemetry: telemetryConfig(wanted),
    log_level: wanted.log_level,
  };
  return merged(config, wanted.extra);
}

/** Without the number where servers elsewhere lead: with it, those here would found a cluster of their own. */
function serverConfig({ join, cleanup_dead_servers: cleanup }: ConsulParams, { serverCount }: Membership) {
  return {
    server: true,
    bootstrap_expect: join.length === 0 ? serverCount : undefined,
    autopilot: { cleanup_dead_servers: cleanup },
  };
}

/**
 * It listens everywhere and says where it is reached: with several addresses Consul would refuse to choose one. Where the
 * inventory has a name, the agent looks for its own address with a template of go-sockaddr.
 */
function addresses(wanted: ConsulParams, { host }: Pick<RoleOutlook, 'host'>) {
  const advertised = wanted.advertise_address ?? wanted.bind_address ?? fixedAddress(host);
  const isIpv6 = advertised !== undefined && isIP(advertised) === 6;
  return {
    bind_addr: wanted.bind_address ?? (isIpv6 ? '::' : '0.0.0.0'),
    advertise_addr: advertised ?? '{{ GetPrivateIP }}',
    client_addr: wanted.client_addresses.join(' '),
  };
}

function portConfig(wanted: ConsulParams) {
  return {
    http: wanted.http_port || NO_PORT,
    https: wanted.https_port || NO_PORT,
    dns: wanted.dns_port || NO_PORT,
    grpc: wanted.grpc_port || NO_PORT,
  };
}

function uiConfig(isOn: boolean, { hasUiConfig }: ConsulFeatures) {
  if (!isOn) return {};
  return hasUiConfig ? { ui_config: { enabled: true } } : { ui: true };
}

/** The same settings in the words of 1.12 and of those before. */
function tlsConfig({ tls }: ConsulParams, isServer: boolean, { hasTls }: ConsulFeatures) {
  if (tls === undefined) return {};
  const files = {
    ca_file: pemPath(tls.ca, 'ca', TLS_FOLDER),
    cert_file: tls.cert && pemPath(tls.cert, 'cert', TLS_FOLDER),
    key_file: tls.key && pemPath(tls.key, 'key', TLS_FOLDER),
  };
  const { verify_incoming: incoming, verify_outgoing: outgoing, verify_server_hostname: hostname } = tls;
  const incomingRpc = incoming && (isServer || tls.cert !== undefined);
  const auto = !tls.auto_encrypt ? undefined : isServer ? { allow_tls: true } : { tls: true };
  if (!hasTls)
    return {
      ...files,
      verify_incoming_rpc: incomingRpc,
      verify_outgoing: outgoing,
      verify_server_hostname: hostname,
      auto_encrypt: auto,
    };
  const rpc = { verify_incoming: incomingRpc, verify_server_hostname: hostname };
  return {
    tls: { defaults: { ...files, verify_outgoing: outgoing }, internal_rpc: rpc },
    auto_encrypt: auto,
  };
}

function aclConfig({ acl }: ConsulParams) {
  if (acl === undefined) return undefined;
  return {
    enabled: acl.enabled,
    default_policy: acl.default_policy,
    down_policy: acl.down_policy,
    enable_token_persistence: acl.persist_tokens,
  };
}

/**
 * What nobody is to see, which Consul merges with the rest: in a file of its own, so that a plan can show what changes in
 * the other one. Undefined where there is nothing.
 */
export function secretConfig(
  { gossip_key: encrypt, acl }: ConsulParams,
  { hasInitialManagement }: Pick<ConsulFeatures, 'hasInitialManagement'>,
): Record<string, unknown> | undefined {
  const { initial_management: first, ...tokens } = acl?.tokens ?? {};
  const named =
    first === undefined ? {} : { [hasInitialManagement ? 'initial_management' : 'master']: first };
  const all = { ...named, ...tokens };
  const hasTokens = Object.values(all).some((token) => token !== undefined);
  if (encrypt === undefined && !hasTokens) return undefined;
  return { encrypt, acl: hasTokens ? { tokens: all } : undefined };
}

function performanceConfig({ performance }: ConsulParams) {
  if (performance === undefined) return undefined;
  const { raft_multiplier: multiplier, leave_drain_seconds: drain } = performance;
  return { raft_multiplier: multiplier, leave_drain_time: drain === undefined ? undefined : `${drain}s` };
}

function telemetryConfig({ telemetry }: ConsulParams) {
  if (telemetry === undefined) return undefined;
  const { prometheus_retention_seconds: retention, disable_hostname: disable } = telemetry;
  return {
    prometheus_retention_time: retention === undefined ? undefined : `${retention}s`,
    disable_hostname: disable,
  };
}
