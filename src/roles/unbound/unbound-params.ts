import * as z from 'zod';
import {
  addressSchema,
  consulSchema,
  dnsNameSchema,
  domainSchema,
  inventoryRecordsSchema,
  portSchema,
  recordsSchema,
} from '../shared/dns-schema.js';
import { LOCAL_NETWORKS } from '../shared/local-networks.js';
import { networkSchema } from '../shared/network-schema.js';

/** To unbound an address without a mask is one machine: whoever forgot it finds out late. */
const maskedSchema = networkSchema.refine(
  (network) => network.includes('/'),
  'needs the length of its prefix, e.g. 192.168.1.0/24, or /32 for one address',
);

const accessSchema = z
  .union([
    maskedSchema,
    z.strictObject({
      network: maskedSchema.describe('who asks'),
      action: z
        .enum(['allow', 'allow_snoop', 'deny', 'refuse'])
        .default('allow')
        .describe('what becomes of it, as access-control of unbound.conf(5)'),
    }),
  ])
  .transform((written) =>
    typeof written === 'string' ? { network: written, action: 'allow' as const } : written,
  );

const serverSchema = z
  .union([
    addressSchema,
    z.strictObject({
      address: addressSchema.describe('of the server'),
      port: portSchema.optional().describe('where it answers; default: 53, with `tls` 853'),
      name: dnsNameSchema.optional().describe('what its certificate is for; `tls` needs it'),
    }),
  ])
  .transform((written) =>
    typeof written === 'string' ? { address: written, port: undefined, name: undefined } : written,
  );

const zoneSchema = z.strictObject({
  zone: dnsNameSchema.describe('the domain'),
  servers: z.array(serverSchema).min(1).describe('servers that are asked for names in it'),
  kind: z
    .enum(['stub', 'forward'])
    .default('forward')
    .describe('stub: the servers have the zone themselves; forward: they find its names for others'),
  is_internal: z
    .boolean()
    .default(true)
    .describe('its names may point into private networks, and it is not signed'),
});

/** What the role takes. */
export const unboundParams = z
  .strictObject({
    listen: z
      .array(addressSchema)
      .min(1)
      .default(['0.0.0.0', '::0'])
      .describe('addresses of the host it serves at; default: all'),
    port: portSchema.default(53).describe('where it answers, e.g. 5335 behind dnsmasq'),
    access_control: z
      .array(accessSchema)
      .default(LOCAL_NETWORKS.map((network) => ({ network, action: 'allow' })))
      .describe(
        'networks that may ask, or { network, action }; the host itself may. Default: private networks',
      ),
    upstreams: z
      .array(serverSchema)
      .default([])
      .describe(
        'servers that are asked for all names; default: it asks those of the internet itself, from the root on',
      ),
    tls: z
      .boolean()
      .default(false)
      .describe('ask `upstreams` by TLS; each needs the `name` of its certificate'),
    zones: z.array(zoneSchema).default([]).describe('domains that have servers of their own'),
    consul: consulSchema
      .prefault(false)
      .describe(
        'names in `consul` are asked of its agent: true for that of this host, an address, or { address, port }',
      ),
    dnssec: z
      .boolean()
      .default(true)
      .describe('check signatures; false where the servers that are asked leave them out'),
    private_addresses: z
      .boolean()
      .default(true)
      .describe('drop what points into private networks from answers, but for zones that may'),
    private_domains: z
      .array(dnsNameSchema)
      .default([])
      .describe('further domains whose names may point there'),
    insecure_domains: z.array(dnsNameSchema).default([]).describe('further domains that are not signed'),
    domain: domainSchema.default('lan').describe('the domain of this network'),
    inventory_records: inventoryRecordsSchema
      .default(false)
      .describe(
        'hosts of the inventory that have an address are found by their name with `domain`; or those of { groups }',
      ),
    records: recordsSchema
      .default({})
      .describe('further names and their addresses, e.g. printer: 192.168.1.30'),
    serve_expired: z
      .boolean()
      .default(true)
      .describe('give an old answer for up to a day where no new one is to be had (RFC 8767)'),
    extra: z
      .array(
        z
          .string()
          .regex(
            /^[a-z][a-z0-9-]*: [^\s\p{Cc}\u2028\u2029][^\p{Cc}\u2028\u2029]*$/u,
            'must be one line: `option: value`',
          ),
      )
      .default([])
      .describe('further lines of the clause `server`, as unbound.conf(5) has them'),
    probe_names: z
      .array(dnsNameSchema)
      .default(['example.com'])
      .describe('names that a new configuration has to find, if the old one did'),
  })
  .superRefine(({ upstreams, tls, zones }, context) => {
    for (const [index, { name }] of upstreams.entries())
      if (tls && name === undefined)
        context.addIssue({
          code: 'custom',
          path: ['upstreams', index],
          message: 'is asked by TLS, so it needs the `name` that its certificate is for',
        });
    const names = zones.map(({ zone }) => zone.toLowerCase());
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
      context.addIssue({ code: 'custom', path: ['zones'], message: `has ${twice} twice` });
  });

export type UnboundParams = z.output<typeof unboundParams>;
export type UnboundServer = UnboundParams['upstreams'][number];
