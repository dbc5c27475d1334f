import { isIP } from 'node:net';
import * as z from 'zod';
import { absolutePathSchema } from '../../core/path-schema.js';
import { Secret } from '../../core/secret.js';
import type { HostApi } from './host-api.js';

const baseSchema = z
  .string()
  .refine((url) => /^https?:\/\/[^/\s]/i.test(url) && URL.canParse(url) && !/[\s\p{Cc}"\\]/u.test(url), {
    error: 'has to begin with http:// or https://',
    abort: true,
  })
  .refine((url) => /^[a-z]+:\/\/[^/?#@]+\/?$/i.test(url), {
    error: 'has to be protocol, machine and port alone, e.g. http://127.0.0.1:8500',
  })
  .transform((url) => url.replace(/\/$/, ''));

const tokenSchema = z
  .union([z.string(), z.instanceof(Secret)])
  .transform((value) => (value instanceof Secret ? value : new Secret(value)))
  .refine((token) => /^[A-Za-z0-9._~+/=:-]{1,4096}$/.test(token.reveal()), 'must be one word');

/** A path that curl's configuration can hold. */
const fileSchema = absolutePathSchema(4095);

/** The parameters of an adapter whose service has an HTTP interface. */
export const apiShape = (base: string) => ({
  api: baseSchema.default(base).describe('where the host itself reaches its HTTP interface'),
  token: tokenSchema.optional().describe('what lets in, where access is by tokens'),
  token_file: fileSchema.optional().describe('a file on the host whose first line is that token'),
  ca: fileSchema.optional().describe('a file on the host: the authority that signed its certificate'),
  cert: fileSchema.optional().describe('a file on the host: the certificate to show'),
  key: fileSchema.optional().describe('a file on the host: the key of `cert`'),
  insecure: z
    .boolean()
    .optional()
    .describe('take any certificate; default: where `api` has an address instead of a name, and no `ca`'),
});

type WrittenApi = Readonly<{ [Key in keyof ReturnType<typeof apiShape>]?: unknown }>;

/** Complains where two parameters contradict each other. */
export function requireOneToken(written: WrittenApi, context: z.RefinementCtx): void {
  if (written.token !== undefined && written.token_file !== undefined)
    context.addIssue({ code: 'custom', message: 'takes one of `token` and `token_file`' });
  if ((written.cert === undefined) !== (written.key === undefined))
    context.addIssue({ code: 'custom', message: '`cert` and `key` go together' });
}

/** What {@link apiShape} makes of what is written. */
export interface ApiParams {
  readonly api: string;
  readonly token?: Secret | undefined;
  readonly token_file?: string | undefined;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/** The interface as `host` asks it, its token in `header`. */
export function hostApi(host: string, header: string, params: ApiParams): HostApi {
  const { api: base, token, token_file: path, ca, cert, key, insecure } = params;
  const value = token ?? (path === undefined ? undefined : { path });
  const { protocol, hostname } = new URL(base);
  // Certificates of agents speak of a name such as server.dc1.consul, not of an address.
  const isAddress = isIP(hostname.replaceAll(/^\[|\]$/g, '')) !== 0;
  const isInsecure = insecure ?? (ca === undefined && isAddress);
  return {
    host,
    base,
    token: value === undefined ? undefined : { header, value },
    tls: protocol === 'https:' ? { ca, cert, key, isInsecure } : undefined,
  };
}
