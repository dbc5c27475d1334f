import * as z from 'zod';
import {
  addressSchema,
  consulSchema,
  dnsNameSchema,
  domainSchema,
  interfaceSchema,
  inventoryRecordsSchema,
  isWildcard,
  portSchema,
  recordsSchema,
} from '../shared/dns-schema.js';
import { dhcpSchema } from './dhcp-params.js';

const upstreamSchema = z
  .union([
    addressSchema,
    z.strictObject({
      address: addressSchema.describe('of the server'),
      port: portSchema.default(53).describe('where it answers'),
      zones: z.array(dnsNameSchema).default([]).describe('asked for names in these alone; default: for all'),
    }),
  ])
  .transform((written) =>
    typeof written === 'string' ? { address: written, port: 53, zones: [] } : written,
  );

/** What the role takes. */
export const dnsmasqParams = z.strictObject({
  domain: domainSchema
    .default('lan')
    .describe(
      'the domain of this network: names in it are answered here alone, and never asked for elsewhere',
    ),
  local_zones: z.array(dnsNameSchema).default([]).describe('further domains of that sort'),
  interfaces: z
    .array(interfaceSchema)
    .min(1)
    .optional()
    .describe(
      'interfaces it serves, beside the host itself; default: all, and then only networks that the host is in',
    ),
  listen: z
    .array(addressSchema.refine((one) => !isWildcard(one), 'is every address: leave `listen` out'))
    .min(1)
    .optional()
    .describe('addresses of the host it serves at; default: all'),
  port: portSchema.default(53).describe('where it answers DNS'),
  upstreams: z
    .array(upstreamSchema)
    .default([])
    .describe(
      'servers that are asked for all other names, e.g. 9.9.9.9 or { address, port, zones }; default: those of /etc/resolv.conf',
    ),
  inventory_records: inventoryRecordsSchema
    .default(true)
    .describe(
      'hosts of the inventory that have an address are found by their names, alone and with `domain`; or those of { groups }',
    ),
  records: recordsSchema
    .default({})
    .describe('further names and their addresses, e.g. printer: 192.168.1.30'),
  cnames: z
    .record(dnsNameSchema, dnsNameSchema)
    .default({})
    .describe('other names of names that are known here, e.g. files: nas'),
  addresses: z
    .record(dnsNameSchema, addressSchema)
    .default({})
    .describe('domains whose names all have one address, e.g. apps.lan: 192.168.1.80'),
  blocked: z.array(dnsNameSchema).default([]).describe('domains that are said not to exist'),
  consul: consulSchema
    .prefault(false)
    .describe(
      'names in `consul` are asked of its agent: true for that of this host, an address, or { address, port }',
    ),
  stop_dns_rebind: z
    .boolean()
    .default(true)
    .describe(
      'drop answers of upstreams that point into private networks, but for zones that have a server of their own',
    ),
  rebind_ok: z
    .array(dnsNameSchema)
    .default([])
    .describe(
      'domains whose names may point there all the same, e.g. consul where another resolver is asked for it',
    ),
  hosts_file: z
    .boolean()
    .default(false)
    .describe("answer from /etc/hosts too; Debian's says that the host's own name is 127.0.1.1"),
  cache_size: z.int().min(0).max(1_000_000).default(1000).describe('names that are remembered'),
  dhcp: dhcpSchema.optional().describe('give addresses to machines; left out: no DHCP'),
  extra: z
    .array(
      z
        .string()
        .regex(
          /^[a-z][a-z0-9-]*(?:=[^\p{Cc}\u2028\u2029]*)?$/u,
          'must be one line: `option` or `option=value`',
        ),
    )
    .default([])
    .describe('further lines of dnsmasq.conf, as dnsmasq(8) has them'),
  probe_names: z
    .array(dnsNameSchema)
    .default(['example.com'])
    .describe('names that a new configuration has to find, if the old one did'),
});

export type DnsmasqParams = z.output<typeof dnsmasqParams>;
