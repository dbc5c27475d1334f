import * as z from 'zod';
import { addressNumber } from '../../core/networks.js';
import { addressSchema, dnsNameSchema, ipv4Schema } from '../shared/dns-schema.js';

const leaseSchema = z
  .string()
  .regex(/^(?:[1-9]\d{0,8}[smhdw]?|infinite)$/, 'must be like 45m, 12h, 7d or infinite');

const rangeSchema = z
  .strictObject({
    from: addressSchema.describe('first address that is given away'),
    to: addressSchema.describe('last one'),
    netmask: ipv4Schema
      .optional()
      .describe('of the network, e.g. 255.255.255.0; default: that of the interface. IPv4 alone'),
    lease: leaseSchema.default('12h').describe('for how long, e.g. 12h'),
  })
  .superRefine(({ from, to, netmask }, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    const [first, last] = [addressNumber(from), addressNumber(to)];
    if (first === undefined || last === undefined) return;
    if (first.family !== last.family) complain('begins and ends in different sorts of addresses');
    else if (first.value > last.value) complain('ends before it begins');
    if (netmask !== undefined && first.family === 6) complain('has a netmask, which IPv6 does not know');
  });

const hostSchema = z
  .strictObject({
    mac: z
      .string()
      .regex(/^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}$/, 'must be like aa:bb:cc:dd:ee:ff')
      .transform((mac) => mac.toLowerCase())
      .describe('hardware address of its interface'),
    name: dnsNameSchema
      .refine((name) => !name.includes('.'), 'must be a name without a dot')
      .optional()
      .describe('name it gets, without the domain'),
    address: addressSchema.optional().describe('address it gets'),
  })
  .refine(({ name, address }) => name !== undefined || address !== undefined, {
    error: 'gets neither a `name` nor an `address`',
  });

/** What dnsmasq tells clients of DHCP. */
export const dhcpSchema = z.strictObject({
  ranges: z.array(rangeSchema).min(1).describe('addresses that are given away'),
  hosts: z.array(hostSchema).default([]).describe('machines that get the same each time'),
  router: ipv4Schema.optional().describe('the way out of the network; left out: clients are told of none'),
  dns: z.array(addressSchema).default([]).describe('servers of names; default: this host'),
  ntp: z.array(addressSchema).default([]).describe('time servers; default: none'),
  authoritative: z.boolean().default(true).describe('there is no other DHCP server in the network'),
  lease_file: z
    .string()
    .regex(/^\/[A-Za-z0-9_./-]+$/, 'must be an absolute path without blanks')
    .optional()
    .describe('where leases are kept; default: as the distribution has it'),
});

export type DhcpParams = z.output<typeof dhcpSchema>;
