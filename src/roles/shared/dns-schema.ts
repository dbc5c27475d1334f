import { isIP } from 'node:net';
import * as z from 'zod';

const LABEL = '_?[A-Za-z0-9](?:[A-Za-z0-9_-]{0,60}[A-Za-z0-9])?';

/** A name of DNS without a dot at its end, whose labels hold what names of hosts and services do (RFC 1035 2.3.1, RFC 2782). */
export const dnsNameSchema = z
  .string()
  .max(253)
  .regex(
    new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`),
    'must be a name of DNS, without a dot at its end',
  );

/** A domain that leaves room for names in it. */
export const domainSchema = dnsNameSchema.max(190);

/** An address of IPv4 or IPv6, without a scope. */
export const addressSchema = z
  .string()
  .refine((text) => isIP(text) !== 0 && !text.includes('%'), 'must be an address of IPv4 or IPv6');

/** An address of IPv4. */
export const ipv4Schema = z.string().refine((text) => isIP(text) === 4, 'must be an address of IPv4');

/** A network interface, as the kernel takes names (at most 15 bytes). */
export const interfaceSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,14}$/, 'must be the name of a network interface, e.g. eth0');

export const portSchema = z.int().min(1).max(65_535);

/** Names with their addresses, one or several each. */
export const recordsSchema = z.record(
  dnsNameSchema,
  z.union([addressSchema, z.array(addressSchema).min(1)]).transform((written) => [written].flat()),
);

/** Which hosts of the inventory get records: all, none, or those of some groups. */
export const inventoryRecordsSchema = z.union([
  z.boolean(),
  z.strictObject({
    groups: z.array(z.string().min(1)).min(1).describe('hosts that are in one of these groups'),
  }),
]);

/** A server that answers for the zone `consul`: `true` for the agent of the host itself, an address, or that and a port. */
export const consulSchema = z
  .union([
    z.boolean(),
    addressSchema,
    z.strictObject({
      address: addressSchema.default('127.0.0.1').describe('of an agent of Consul'),
      port: portSchema.default(8600).describe('where it answers DNS'),
    }),
  ])
  .transform((written) => {
    if (written === false) return undefined;
    if (written === true) return { address: '127.0.0.1', port: 8600 };
    return typeof written === 'string' ? { address: written, port: 8600 } : written;
  });

/** Whether only the host itself is reached by an address. */
export function isLoopback(address: string): boolean {
  return address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
}

/** Whether an address stands for all of the host. */
export function isWildcard(address: string): boolean {
  return address === '0.0.0.0' || (isIP(address) === 6 && /^[0:]+$/.test(address));
}
