import { isIP } from 'node:net';
import * as z from 'zod';
import { accountSchema } from '../shared/account-schema.js';
import { daemonShape, refineDaemon } from './daemon-params.js';

/** An address for a package manager; the kind `package_repository` looks closer. */
const addressSchema = z
  .string()
  .regex(
    /^(?:https?|file):\/{1,3}[^\s"'\\<>^`|\p{Cc}]+$/u,
    'must be an address, e.g. https://mirror.lan/docker',
  );

const repositorySchema = z
  .strictObject({
    uri: addressSchema.optional().describe('address of a mirror, in place of the one of download.docker.com'),
    suites: z.array(z.string().min(1)).min(1).optional().describe('apt: default the codename of the release'),
    components: z.array(z.string().min(1)).min(1).optional().describe('apt: default `stable`'),
    key: z.string().min(1).optional().describe('its public key, as text or as a file of the project'),
    key_url: addressSchema.optional().describe("where the host fetches the key; default: the vendor's place"),
    key_fingerprint: z.string().min(1).optional().describe("whole fingerprint of it; default: the vendor's"),
  })
  .superRefine(({ key, key_url: url, key_fingerprint: fingerprint }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (key !== undefined && url !== undefined) complain('key_url', 'does not go with `key`');
    if (key !== undefined && fingerprint === undefined)
      complain('key_fingerprint', "is missing: a key of your own is not the vendor's");
  });

/** What the role takes. */
export const dockerParams = z
  .strictObject({
    source: z
      .enum(['vendor', 'distribution'])
      .optional()
      .describe(
        'vendor: the packages of download.docker.com; distribution: those of the system. Left out: the vendor where it has some for the system. The other ones are removed, their data stays',
      ),
    repository: repositorySchema
      .optional()
      .describe("instead of the vendor's repository; what is left out stays"),
    major: z
      .union([z.literal('any'), z.int().min(18).max(999)])
      .optional()
      .describe(
        'apt: the major version that an upgrade of the system stays on. Left out: the one that is installed; a number moves Docker on to it, once; any: none is held',
      ),
    compose: z.boolean().default(true).describe('with Docker Compose'),
    users: z
      .array(accountSchema)
      .default([])
      .describe(
        'users who may talk to Docker without sudo, which makes them as good as root; one that the host does not have is passed over',
      ),
    ...daemonShape,
  })
  .superRefine((wanted, context) => {
    if (wanted.source === 'distribution' && wanted.repository !== undefined)
      context.addIssue({ code: 'custom', path: ['repository'], message: 'goes with `source: vendor`' });
    refineDaemon(wanted, context);
  });

export type DockerParams = z.output<typeof dockerParams>;

/** Where metrics are served, apart. @throws nothing: the schema has looked at it */
export function metricsAddress(text: string): { readonly address: string; readonly port: number } {
  const at = text.lastIndexOf(':');
  return { address: text.slice(0, at).replaceAll(/[[\]]/g, ''), port: Number(text.slice(at + 1)) };
}

/** Whether nobody but the host itself reaches an address. */
export function isLoopback(address: string): boolean {
  return (isIP(address) === 4 && address.startsWith('127.')) || address === '::1';
}
