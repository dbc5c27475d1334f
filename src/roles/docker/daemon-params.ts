import { isIP } from 'node:net';
import * as z from 'zod';
import { isWithin, parseNetwork, type Network } from '../../core/networks.js';
import { logDriverSchema, logOptsSchema, refineLog } from './log-params.js';
import { TYPED_SETTINGS } from './typed-settings.js';

const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)`;

/** `dockerd --validate` takes one without a scheme, and the daemon does not start with it. */
const mirrorSchema = z
  .string()
  .regex(
    new RegExp(String.raw`^https?://${HOST}(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?$`),
    'must be an address with its scheme and nothing behind its path, e.g. https://mirror.lan:5000',
  );

const registrySchema = z
  .string()
  .refine(
    (text) =>
      new RegExp(String.raw`^${HOST}(?::\d{1,5})?$`).test(text) || typeof parseNetwork(text) !== 'string',
    'must be HOST or HOST:PORT without a scheme, or a network like 10.0.0.0/8',
  );

const addressSchema = z.string().refine((text) => isIP(text) !== 0, 'must be an address');

const listenerSchema = z.string().refine((text) => {
  const [, bracketed, plain = bracketed ?? '', port] =
    /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  return isIP(plain) !== 0 && Number(port) >= 1 && Number(port) <= 65_535;
}, 'must be ADDRESS:PORT, e.g. 127.0.0.1:9323');

const poolSchema = z
  .strictObject({
    base: z.string().describe('network that the networks of containers are cut from, e.g. 10.201.0.0/16'),
    size: z.int().min(8).max(120).describe('prefix length of each of them, e.g. 24'),
  })
  .superRefine(({ base, size }, context) => {
    const network = parseNetwork(base);
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (typeof network === 'string') complain('base', network);
    else if (size < network.prefixBits)
      complain('size', `is a larger network than ${base}: at least ${network.prefixBits} is possible`);
    else if (network.family === 4 && size > 29) complain('size', 'leaves no room for containers: at most 29');
  });

const pathSchema = z
  .string()
  .regex(/^(?:\/[^/\s"\\\p{Cc}]+)+$/u, 'must be an absolute path without `/` at its end')
  .refine((path) => !/\/\.{1,2}(?:\/|$)/.test(path), 'must not hold `.` and `..`');

/** The parameters that end up in daemon.json. */
export const daemonShape = {
  live_restore: z
    .boolean()
    .default(true)
    .describe('containers go on while the daemon restarts; not with Swarm, which needs false'),
  log_driver: logDriverSchema
    .default('json-file')
    .describe('where the output of containers goes; a plugin with its tag, e.g. loki:latest'),
  log_opts: logOptsSchema
    .optional()
    .describe(
      'options of the log driver; json-file and local get max-size 10m and max-file 3 where they are left out. For containers that are made afterwards',
    ),
  data_root: pathSchema
    .optional()
    .describe('where images, containers and volumes are; another one begins empty, and the old one stays'),
  storage_driver: z
    .enum(['overlay2', 'overlayfs', 'fuse-overlayfs', 'btrfs', 'zfs', 'vfs'])
    .optional()
    .describe("how layers are kept; left out: Docker's choice. Another one begins empty"),
  dns: z.array(addressSchema).min(1).optional().describe('resolvers of containers, by address'),
  registry_mirrors: z.array(mirrorSchema).min(1).optional().describe('mirrors of Docker Hub'),
  insecure_registries: z
    .array(registrySchema)
    .min(1)
    .optional()
    .describe('registries without a certificate that can be checked: HOST:PORT, or networks'),
  default_address_pools: z
    .array(poolSchema)
    .min(1)
    .optional()
    .describe('where networks of containers may be, so that they are not those of the house'),
  metrics_addr: listenerSchema.optional().describe('ADDRESS:PORT where Prometheus reads'),
  userland_proxy: z
    .boolean()
    .optional()
    .describe('false: published ports of localhost go through the kernel too'),
  ipv6: z.boolean().optional().describe('containers get addresses of IPv6 as well'),
  iptables: z
    .boolean()
    .optional()
    .describe('false: Docker makes no rules of the firewall, and publishes nothing'),
  no_new_privileges: z
    .boolean()
    .optional()
    .describe('no program in a container gets more rights than it began with'),
  extra: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a key of daemon.json, e.g. max-concurrent-downloads'),
      z.json(),
    )
    .default({})
    .describe('further keys of daemon.json by their own names, e.g. { bridge: none }'),
};

type DaemonShape = z.output<z.ZodObject<typeof daemonShape>>;

/** What is wrong between the parameters of daemon.json. */
export function refineDaemon(wanted: DaemonShape, context: z.RefinementCtx): void {
  const complain = (path: (string | number)[], message: string): void =>
    context.addIssue({ code: 'custom', path, message });
  refineLog(wanted, complain);
  for (const key of Object.keys(wanted.extra)) {
    const typed = Object.keys(TYPED_SETTINGS).find((name) => TYPED_SETTINGS[name] === key);
    if (typed !== undefined) complain(['extra', key], `is the parameter \`${typed}\``);
    if (key === 'hosts') complain(['extra', key], 'is said where the service is started: `-H` of its unit');
  }
  const pools = (wanted.default_address_pools ?? []).map(({ base }) => parseNetwork(base));
  for (const [index, pool] of pools.entries())
    if (pools.slice(0, index).some((other) => overlap(pool, other)))
      complain(['default_address_pools', index, 'base'], 'overlaps with one before it');
}

function overlap(a: Network | string, b: Network | string): boolean {
  return typeof a !== 'string' && typeof b !== 'string' && (isWithin(a, b) || isWithin(b, a));
}
