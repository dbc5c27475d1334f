import * as z from 'zod';
import {
  DNS_LABEL,
  gossipKeySchema,
  joinSchema,
  cleanupSchema,
  extraSchema,
  pemSchema,
  tokenSchema,
  twoServersParam,
  joinParam,
  serverGroupSchema,
} from '../shared/cluster-schemas.js';
import { addressSchema } from '../shared/dns-schema.js';
import { repositoryParams, versionParam } from '../shared/hashicorp-packages.js';
import { networkSchema } from '../shared/network-schema.js';
import { servicesSchema } from './service-schema.js';

const portSchema = (port: number | false, what: string) =>
  z
    .union([z.int().min(1).max(65_535), z.literal(false)])
    .default(port)
    .describe(`${what}; false: none`);

const tlsSchema = z.strictObject({
  ca: pemSchema.describe('certificate of the authority: an absolute path on the host, or PEM text'),
  cert: pemSchema.optional().describe('certificate of this host, as `ca`; servers need one'),
  key: pemSchema.optional().describe('private key of `cert`, as `ca`'),
  verify_incoming: z.boolean().default(true).describe('RPC only with a certificate of the authority'),
  verify_outgoing: z.boolean().default(true).describe('connect only to who has such a certificate'),
  verify_server_hostname: z
    .boolean()
    .default(true)
    .describe('and only to servers whose certificate says server.DATACENTER.DOMAIN'),
  auto_encrypt: z
    .boolean()
    .default(false)
    .describe('clients get their certificates from the servers and need none of their own'),
});

const aclSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('whether tokens are looked at'),
  default_policy: z.enum(['allow', 'deny']).default('deny').describe('for what no rule speaks of'),
  down_policy: z
    .enum(['allow', 'deny', 'extend-cache', 'async-cache'])
    .default('extend-cache')
    .describe('while no server can be asked'),
  persist_tokens: z.boolean().default(true).describe('keep tokens that were set over the API'),
  tokens: z
    .strictObject({
      initial_management: tokenSchema.optional().describe('made on the servers when the cluster is new'),
      agent: tokenSchema.optional().describe("for the agent's own work"),
      default: tokenSchema.optional().describe('for requests that come without one'),
      replication: tokenSchema.optional().describe('for servers of other datacenters'),
    })
    .default({})
    .describe('tokens, each a UUID in lower case'),
});

/** Keys of the configuration that a parameter stands for, so that `extra` cannot say otherwise. */
const OWN_KEYS = [
  'server',
  'bootstrap',
  'bootstrap_expect',
  'node_name',
  'data_dir',
  'ports',
  'encrypt',
  'services',
  'service',
];

/** What the role takes. */
export const consulParams = z.strictObject({
  source: z
    .enum(['vendor', 'distribution'])
    .default('vendor')
    .describe('packages of HashiCorp, or of the distribution, which few have'),
  repository: repositoryParams,
  version: versionParam.describe(
    'the version to keep, as the package manager writes it, e.g. 1.20.5-1; left out: whatever is installed. A new one restarts the agent at once: let servers take turns with `serial: 1`',
  ),
  group: serverGroupSchema
    .default('consul_servers')
    .describe('group of the inventory whose hosts are the servers; all others are clients'),
  two_servers: twoServersParam,
  join: joinParam,
  datacenter: z
    .string()
    .regex(/^[a-z0-9_-]{1,63}$/, 'must be small letters, digits, dashes and underscores')
    .default('dc1')
    .describe('name of the datacenter'),
  domain: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,60}[A-Za-z0-9])?$/, 'must be a domain')
    .default('consul')
    .describe('domain that its names end in'),
  node_name: z
    .string()
    .regex(DNS_LABEL, 'must be one label of DNS: letters, digits, dashes')
    .optional()
    .describe('left out: the name in the inventory'),
  bind_address: addressSchema.optional().describe('what it listens on for the cluster; left out: all'),
  advertise_address: addressSchema
    .optional()
    .describe(
      'where the others reach it; left out: its address in the inventory, else the first private one',
    ),
  client_addresses: z
    .array(addressSchema)
    .min(1)
    .default(['127.0.0.1'])
    .describe('where HTTP, DNS and gRPC are served'),
  allow: z
    .array(networkSchema)
    .min(1)
    .optional()
    .describe(
      'networks that a firewall lets in; left out: the addresses of all hosts of the inventory, or everybody where one has none',
    ),
  gossip_key: gossipKeySchema
    .optional()
    .describe(
      'encrypts what the agents tell each other (`consul keygen`). Taken when an agent starts for the first time; later `consul keyring` changes it. A cluster that runs without one takes it in three runs: with `extra: { encrypt_verify_incoming: false, encrypt_verify_outgoing: false }`, with the first of these alone, with none',
    ),
  http_port: portSchema(8500, 'port of HTTP'),
  https_port: portSchema(false, 'port of HTTPS, with the certificate of `tls`'),
  dns_port: portSchema(8600, 'port of DNS'),
  grpc_port: portSchema(false, 'port of gRPC, for proxies'),
  recursors: z
    .array(joinSchema)
    .default([])
    .describe('resolvers that are asked for other names, e.g. 192.168.1.1 or 10.0.0.1:5353'),
  ui: z.boolean().optional().describe('serve the web interface; left out: servers do'),
  services: servicesSchema
    .default([])
    .describe('what this host serves; one that is no longer declared is taken out'),
  tls: tlsSchema.optional().describe('certificates between the agents'),
  acl: aclSchema.optional().describe('access by tokens'),
  performance: z
    .strictObject({
      raft_multiplier: z
        .int()
        .min(1)
        .max(10)
        .optional()
        .describe('1: a lost leader is replaced in seconds, for fast machines; default of Consul: 5'),
      leave_drain_seconds: z
        .int()
        .min(0)
        .max(600)
        .optional()
        .describe('how long a server waits as it leaves'),
    })
    .optional()
    .describe('how soon servers take each other for dead'),
  telemetry: z
    .strictObject({
      prometheus_retention_seconds: z
        .int()
        .min(1)
        .optional()
        .describe('serve metrics to Prometheus, and keep them so long'),
      disable_hostname: z.boolean().optional().describe('leave the name of the host out of the metrics'),
    })
    .optional()
    .describe('metrics'),
  cleanup_dead_servers: cleanupSchema,
  log_level: z.enum(['trace', 'debug', 'info', 'warn', 'error']).optional().describe('how much is logged'),
  extra: extraSchema(OWN_KEYS).describe('further settings, merged into the configuration key by key'),
});

export type ConsulParams = z.output<typeof consulParams>;
