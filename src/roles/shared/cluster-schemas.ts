import { isIP } from 'node:net';
import * as z from 'zod';
import { Secret } from '../../core/secret.js';

/** A machine by address or name, with a port or without: what follows is one word. */
export const joinSchema = z.string().refine((text) => {
  const [, bracketed, plain = ''] = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(text) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6;
  return isIP(plain) === 4 || /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(plain);
}, 'must be an address or a name, IPv6 in brackets, with a port or without');

/** Secret text, which it becomes however it is written. */
export const secretSchema = z
  .union([z.string(), z.instanceof(Secret)])
  .transform((value) => (value instanceof Secret ? value : new Secret(value)));

/** A key of memberlist: 16, 24 or 32 bytes in base64. */
export const gossipKeySchema = secretSchema.refine((key) => {
  const text = key.reveal();
  const bytes = Buffer.from(text, 'base64');
  return [16, 24, 32].includes(bytes.length) && bytes.toString('base64') === text;
}, 'must be 16, 24 or 32 bytes in base64');

/** A token of an access control list. */
export const tokenSchema = secretSchema.refine(
  (token) => /^[!-~]{1,256}$/.test(token.reveal()),
  'must be one word',
);

/** A PEM file: the path of one on the host, or what it holds. */
export type PemFile = { readonly path: string } | { readonly content: string | Secret };

const PEM = /^-----BEGIN [A-Z0-9 ]+-----\n[^]+\n-----END [A-Z0-9 ]+-----\n$/;

/** The text of a PEM file with lines as they have to end. */
function pemText(text: string): string {
  return `${text.replaceAll('\r\n', '\n').trim()}\n`;
}

/** A certificate or a key: an absolute path on the host, or the PEM text. */
export const pemSchema = z.union([z.string(), z.instanceof(Secret)]).transform((value, context): PemFile => {
  const text = value instanceof Secret ? value.reveal() : value;
  if (!(value instanceof Secret) && /^\/[^\s\p{Cc}"\\]+$/u.test(text)) return { path: text };
  const whole = pemText(text);
  if (PEM.test(whole)) return { content: value instanceof Secret ? new Secret(whole) : whole };
  context.addIssue({ code: 'custom', message: 'must be an absolute path on the host, or PEM text' });
  return z.NEVER;
});

/** One label of DNS, RFC 1123. */
export const DNS_LABEL = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Any JSON, in which secrets may be. */
export type Json =
  string | number | boolean | null | Secret | readonly Json[] | { readonly [key: string]: Json };

const jsonSchema: z.ZodType<Json> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.instanceof(Secret),
    z.array(jsonSchema),
    z.record(z.string(), jsonSchema),
  ]),
);

/** Mappings are merged key by key, the second one being the stronger; everything else is taken whole. */
export function merged(
  base: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const pairs = Object.entries(more).map(([key, value]) => {
    const old = Object.hasOwn(base, key) ? base[key] : undefined;
    return [key, isMapping(old) && isMapping(value) ? merged(old, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(pairs) };
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** Whether servers that failed leave the quorum. */
export const cleanupSchema = z
  .boolean()
  .default(true)
  .describe('servers that failed are taken out of the quorum once a new one is there');

/** Settings of the service by their own names, but `ownKeys`, which parameters stand for. */
export function extraSchema(ownKeys: readonly string[]) {
  return z
    .record(z.string(), jsonSchema)
    .default({})
    .refine((extra) => !ownKeys.some((key) => Object.hasOwn(extra, key)), {
      error: `holds what a parameter stands for: ${ownKeys.join(', ')}`,
    });
}

/** The group of the inventory that the servers are in. */
export const serverGroupSchema = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be a group of the inventory');

/** Whether a cluster of two servers is meant. */
export const twoServersParam = z
  .boolean()
  .default(false)
  .describe('take two servers, of which none may fail; otherwise they are refused');

/** Servers that are no hosts of the inventory. */
export const joinParam = z
  .array(joinSchema)
  .default([])
  .describe(
    'servers outside of the inventory that lead already; those of the inventory join them and found no cluster of their own',
  );
