import * as z from 'zod';
import { addressSchema } from '../fetch.js';

/** A file name for every package manager (sources.list(5)), and a section of an INI file. */
const nameSchema = z
  .string()
  .max(64)
  .regex(
    /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?$/,
    'must begin with a letter or digit and hold only letters, digits, dots, dashes and underscores',
  )
  .refine((name) => name !== 'options', 'is the word of pacman for its own settings');

const uriSchema = z
  .string()
  .max(2000)
  .regex(/^[a-z][a-z0-9+.-]*:[^\s\p{Cc}\u2028\u2029\uFFFD"\\<>^`|]+$/u, 'must be an address, e.g. https://…')
  .refine((uri) => !/^[a-z0-9+.-]+:\/\/[^/]*@/.test(uri), {
    error:
      'holds credentials, which everybody on the host could read; apt takes them from /etc/apt/auth.conf.d',
  });

const wordSchema = (what: string) => z.string().regex(/^(?!.*\.\.)[A-Za-z0-9./][A-Za-z0-9._~+:/-]*$/, what);
const words = (schema: z.ZodType<string>) => z.array(schema).min(1);

const ARMOUR = /^-----BEGIN PGP PUBLIC KEY BLOCK-----\n[^]+\n-----END PGP PUBLIC KEY BLOCK-----\s*$/;
const PEM = /^-----BEGIN PUBLIC KEY-----\n[^]+\n-----END PUBLIC KEY-----\s*$/;

/** Whether a `key` is the key itself, not the name of a file. */
export function isKeyText(key: string): boolean {
  return key.includes('\n') || key.startsWith('-----');
}

/** Whether these are the letters of a public key: of OpenPGP in ASCII armour, or of RSA as apk has them. */
export function isArmoured(text: string, of: 'openpgp' | 'rsa'): boolean {
  return (of === 'openpgp' ? ARMOUR : PEM).test(text.replaceAll('\r\n', '\n').trimStart());
}

const keySchema = z
  .string()
  .min(1)
  .refine((key) => !/PRIVATE KEY/.test(key), { error: 'is a private key', abort: true })
  .refine(
    (key) => !isKeyText(key) || isArmoured(key, 'openpgp') || isArmoured(key, 'rsa'),
    'must be a whole public key, from -----BEGIN to -----END, or a file of the project',
  );

const fingerprintSchema = z
  .string()
  .transform((text) => text.replaceAll(/\s|^0x/gi, '').toUpperCase())
  .refine(
    (digits) => /^(?:[0-9A-F]{40}|[0-9A-F]{64})$/.test(digits),
    'must be a whole fingerprint, 40 hexadecimal digits (64 of a version 6 key): shorter ones can be forged',
  );

const oneOrMore = <T>(schema: z.ZodType<T>) =>
  z
    .union([schema, z.array(schema).min(1)])
    .transform((value): readonly T[] => (Array.isArray(value) ? value : [value]));

export const repositorySchema = z
  .strictObject({
    name: nameSchema.describe('its name on the host: of its files, and of its section'),
    uri: oneOrMore(uriSchema)
      .optional()
      .describe('address of the repository, or several of the same content'),
    suites: words(wordSchema('must be a suite, e.g. bookworm or ./'))
      .optional()
      .describe(
        "apt: suites (left out: the host's codename), `./` or another path with a `/` at its end for a flat repository; apk: branches, put behind the address",
      ),
    components: words(wordSchema('must be a component, e.g. main'))
      .optional()
      .describe('apt: components (left out: main); apk: repositories, put behind the branch'),
    architectures: words(z.string().regex(/^[a-z0-9][a-z0-9-]*$/, 'must be an architecture, e.g. amd64'))
      .optional()
      .describe("apt: for these alone; left out: the host's"),
    types: words(z.enum(['deb', 'deb-src']))
      .optional()
      .describe('apt: `deb` (default), `deb-src`'),
    key: keySchema
      .optional()
      .describe(
        'public key that its lists or packages are signed with, as text or as a file of the project; apk: the file has the name of the key',
      ),
    key_url: addressSchema
      .optional()
      .describe('where the host fetches the key, with curl or wget; it is kept only with `key_fingerprint`'),
    key_fingerprint: oneOrMore(fingerprintSchema)
      .transform((all) => [...new Set(all)].toSorted())
      .optional()
      .describe('whole fingerprint of the key, or of every key of a file; compared before it is installed'),
    trusted: z
      .boolean()
      .default(false)
      .describe('take everything from it without any signature; for a repository on the host itself'),
    enabled: z.boolean().default(true).describe('false: written down, but not used'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent removes it, with the file of its key'),
  })
  .superRefine((repository, context) => {
    const { uri, suites = [], components, key, key_url: keyUrl, key_fingerprint: fingerprint } = repository;
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (repository.state === 'present' && uri === undefined) complain('uri', 'is missing');
    if (key !== undefined && keyUrl !== undefined) complain('key_url', 'does not go with `key`');
    if (keyUrl !== undefined && fingerprint === undefined)
      complain(
        'key_fingerprint',
        'is missing: `gpg --show-keys FILE` prints it, and the vendor publishes it',
      );
    if (fingerprint !== undefined && key === undefined && keyUrl === undefined)
      complain('key_fingerprint', 'needs `key` or `key_url`');
    if (repository.trusted && (key ?? keyUrl) !== undefined)
      complain('trusted', 'does not go with a key: then signatures are checked');
    const flat = suites.filter((suite) => suite.endsWith('/')).length;
    if (flat > 0 && components !== undefined)
      complain('components', 'a flat repository (a suite with `/` at its end) has none');
    if (flat > 0 && flat < suites.length)
      complain('suites', 'are flat (with `/` at the end) or not, all of them');
  });

type CheckedRepository = z.output<typeof repositorySchema>;

/** A package repository as its playbook wants it. */
export interface RepositoryParams extends CheckedRepository {
  /** The bytes of `key`, once `prepare` has run. */
  readonly keyBody?: Uint8Array | undefined;
}
