import * as z from 'zod';
import {
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

const wordSchema = z
  .string()
  .regex(/^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,126}[A-Za-z0-9_])?$/, 'must be letters, digits, dots, dashes');
const oneLine = z.string().regex(/^[^\p{Cc}\u2028\u2029]{1,512}$/u, 'must be one line');

const volumeSchema = z.strictObject({
  path: z
    .string()
    .regex(/^\/[^\s\p{Cc}"\\]*[^\s\p{Cc}"\\/]$/u, 'must be an absolute path')
    .describe('folder on the host; it is made where it is missing, for without it Nomad does not start'),
  read_only: z.boolean().default(false).describe('jobs may only read it'),
});

const dockerSchema = z.strictObject({
  volumes: z.boolean().default(false).describe('jobs may mount any folder of the host'),
  allow_privileged: z.boolean().default(false).describe('jobs may be all but root of the host'),
  image_delay_seconds: z
    .int()
    .min(0)
    .optional()
    .describe('how long an image stays that nobody uses; default of Nomad: 180'),
});

const consulSchema = z.strictObject({
  address: joinSchema.default('127.0.0.1:8500').describe('agent of Consul, HOST:PORT'),
  token: tokenSchema.optional().describe('with which Nomad asks it'),
  ssl: z.boolean().default(false).describe('it speaks HTTPS'),
});

const tlsSchema = z.strictObject({
  ca: pemSchema.describe('certificate of the authority: an absolute path on the host, or PEM text'),
  cert: pemSchema.describe('certificate of this host, as `ca`'),
  key: pemSchema.describe('private key of `cert`, as `ca`'),
  http: z.boolean().default(false).describe('HTTP is HTTPS'),
  rpc: z.boolean().default(true).describe('agents talk encrypted'),
  verify_server_hostname: z
    .boolean()
    .default(true)
    .describe('only with servers whose certificate says server.REGION.nomad'),
});

/** Keys of the configuration that a parameter stands for, so that `extra` cannot say otherwise. */
const OWN_KEYS = ['name', 'data_dir', 'ports', 'leave_on_interrupt', 'leave_on_terminate'];

/** What the role takes. */
export const nomadParams = z.strictObject({
  repository: repositoryParams,
  version: versionParam.describe(
    'the version to keep, as the package manager writes it, e.g. 1.9.7-1; left out: whatever is installed. A new one restarts the agent at once: let servers take turns with `serial: 1`, and go up by one minor version at a time',
  ),
  group: serverGroupSchema
    .default('nomad_servers')
    .describe('group of the inventory whose hosts are the servers'),
  two_servers: twoServersParam,
  join: joinParam,
  client: z
    .boolean()
    .optional()
    .describe('whether jobs run here; left out: on all hosts that are no servers'),
  region: wordSchema.default('global').describe('name of the region'),
  datacenter: wordSchema.default('dc1').describe('name of the datacenter'),
  node_name: wordSchema.optional().describe('left out: the name in the inventory'),
  bind_address: addressSchema.default('0.0.0.0').describe('what it listens on for the cluster'),
  http_address: addressSchema
    .default('127.0.0.1')
    .describe('where its HTTP interface is served. Without `acl` who reaches it is root of all clients'),
  advertise_address: addressSchema
    .optional()
    .describe(
      'where the others reach it; left out: its address in the inventory, else the first private one',
    ),
  allow: z
    .array(networkSchema)
    .min(1)
    .optional()
    .describe(
      'networks that a firewall lets in; left out: the addresses of all hosts of the inventory, or everybody where one has none. Ports of jobs are not among what is opened',
    ),
  gossip_key: gossipKeySchema
    .optional()
    .describe(
      'encrypts what the servers tell each other (`nomad operator gossip keyring generate`). Taken when a server starts for the first time',
    ),
  heartbeat_grace: z
    .int()
    .min(1)
    .max(3600)
    .optional()
    .describe(
      'seconds that servers wait for a late client before its jobs move; left out: 30 where the server itself is slow (ARM, or less than 2 GiB), else as Nomad has it (10). Raise it where clients are slow',
    ),
  node_class: wordSchema.optional().describe('sort of machine, for constraints of jobs'),
  node_pool: wordSchema.optional().describe('pool of the client; needs Nomad 1.6'),
  network_interface: z
    .string()
    .regex(/^[A-Za-z0-9_.:@-]{1,15}$/, 'must be the name of a network interface')
    .optional()
    .describe('whose address jobs are reached at; left out: that of the default route'),
  meta: z.record(wordSchema, oneLine).optional().describe('further facts about the client'),
  host_volumes: z
    .record(wordSchema, volumeSchema)
    .default({})
    .describe('folders that jobs may mount, by name'),
  reserved: z
    .strictObject({
      cpu_mhz: z.int().min(0).optional().describe('MHz'),
      memory_mib: z.int().min(0).optional().describe('MiB'),
      disk_mib: z.int().min(0).optional().describe('MiB'),
      ports: z
        .string()
        .regex(
          /^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$/,
          'must be ports and ranges, e.g. 22,8000-8100',
        )
        .optional()
        .describe('ports that no job gets, e.g. 22,53,8500'),
    })
    .optional()
    .describe('what jobs do not get of the host'),
  docker: dockerSchema
    .optional()
    .describe('settings of the driver for containers; it is used where Docker runs'),
  raw_exec: z
    .boolean()
    .default(false)
    .describe('jobs may run programs as root of the host, without any walls'),
  consul: consulSchema.optional().describe('the agent of Consul that services are registered with'),
  tls: tlsSchema.optional().describe('certificates between the agents'),
  acl: z.boolean().default(false).describe('ask for tokens'),
  telemetry: z
    .strictObject({
      interval: z.int().min(1).max(3600).default(10).describe('seconds between two measurements'),
      disable_hostname: z.boolean().default(false).describe('leave the name of the host out'),
    })
    .optional()
    .describe('metrics for Prometheus'),
  cleanup_dead_servers: cleanupSchema,
  log_level: z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR']).optional().describe('how much is logged'),
  extra: extraSchema(OWN_KEYS).describe(
    'further settings, merged into the configuration key by key; blocks as mappings',
  ),
});

export type NomadParams = z.output<typeof nomadParams>;
