import { isIP } from 'node:net';
import * as z from 'zod';
import { argvSchema } from './argv-schema.js';
import type { Check } from './check.js';
import { RECORD_TYPES } from './dns-records.js';
import { InternalError } from './errors.js';
import { absolutePathSchema } from './path-schema.js';

/** The name of a machine, or its address. */
const hostSchema = z
  .string()
  .max(253)
  .refine(
    (host) => isIP(host) !== 0 || /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(host),
    'must be the name or the address of a machine',
  );
const portSchema = z.int().min(1).max(65_535);

const tcpSchema = z.union([portSchema, z.string()]).transform((written, context): Check => {
  const [, bracketed, plain, digits] =
    /^(?:(?:\[([^\]]*)\]|([^:]*)):)?(\d{1,5})$/.exec(String(written)) ?? [];
  const host = hostSchema.safeParse(bracketed ?? plain ?? '127.0.0.1');
  const port = portSchema.safeParse(Number(digits));
  if (host.success && port.success) return { kind: 'tcp', host: host.data, port: port.data };
  context.addIssue({ code: 'custom', message: 'has to be a port, HOST:PORT or [IPV6]:PORT' });
  return z.NEVER;
});

const urlSchema = z
  .string()
  .refine((url) => /^https?:\/\/[^/\s]/i.test(url) && URL.canParse(url) && !/[\s\p{Cc}]/u.test(url), {
    error: 'has to begin with https:// or http:// and hold no blanks',
    abort: true,
  })
  .refine((url) => !new URL(url).password && !new URL(url).username, {
    error: 'must hold no name and password: on the host all could read them',
  });
const statusSchema = z.int().min(100).max(599);

const httpSchema = z
  .strictObject({
    url: urlSchema.describe('http:// or https://'),
    status: z
      .union([statusSchema, z.array(statusSchema).min(1)])
      .optional()
      .describe('the status that is waited for, or several; default: every 2xx'),
    insecure: z.boolean().default(false).describe('take any certificate'),
  })
  .transform(({ url, status = [], insecure }): Check => {
    return { kind: 'http', url, statuses: [status].flat(), isInsecure: insecure };
  });

const nameSchema = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9.])?$/, 'must be a name of DNS');

const dnsSchema = z
  .strictObject({
    name: nameSchema.describe('the name that is to be found'),
    type: z.enum(RECORD_TYPES).optional().describe('the sort of record; default: an address'),
    server: hostSchema.optional().describe('the server that is asked; default: as the host resolves names'),
    port: portSchema.optional().describe('port of the server; default: 53'),
  })
  .refine(({ server, port }) => port === undefined || server !== undefined, {
    error: 'is of a server: name the `server` too',
    path: ['port'],
  })
  .transform(({ name, type, server, port }): Check => ({ kind: 'dns', name, type, server, port }));

/** A mapping, or its main field alone as text. What is wrong with the text is said as if it stood there. */
function orText(field: string, schema: z.ZodType<Check>) {
  const text = z.string().transform((written, context): Check => {
    const checked = schema.safeParse({ [field]: written });
    if (checked.success) return checked.data;
    for (const { message } of checked.error.issues) context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
  return z.union([text, schema]);
}

const commandSchema = argvSchema.transform((argv): Check => ({ kind: 'command', argv }));

/** The sorts of checks, each a key of its own. */
const CHECKS = ['tcp', 'http', 'dns', 'command', 'path'] as const;

/** The parameters of a check: exactly one of them is given, see {@link requireOneCheck}. */
export const checkShape = {
  tcp: tcpSchema.optional().describe('HOST:PORT that takes connections, or a port of the host itself'),
  http: orText('url', httpSchema)
    .optional()
    .describe('an address that answers with a 2xx, or { url, status, insecure }'),
  dns: orText('name', dnsSchema).optional().describe('a name that is found, or { name, type, server, port }'),
  command: commandSchema
    .optional()
    .describe('argv, or text for `sh -c`, that succeeds; also asked by a plan'),
  path: absolutePathSchema(4095)
    .transform((path): Check => ({ kind: 'path', path }))
    .optional()
    .describe('a path that is there'),
};

type WrittenCheck = Readonly<Partial<Record<(typeof CHECKS)[number], Check | undefined>>>;

/** Complains unless exactly one check is given. */
export function requireOneCheck(written: WrittenCheck, context: z.RefinementCtx): void {
  if (CHECKS.filter((name) => written[name] !== undefined).length === 1) return;
  context.addIssue({
    code: 'custom',
    message: 'needs exactly one of `tcp`, `http`, `dns`, `command` and `path`: what is waited for?',
  });
}

/** The one check that is given. @throws InternalError where {@link requireOneCheck} was not asked */
export function checkOf(written: WrittenCheck): Check {
  const check = CHECKS.map((name) => written[name]).find((one) => one !== undefined);
  if (check === undefined) throw new InternalError('A check has no sort');
  return check;
}

/** A check as a mapping with one key. */
export const checkSchema = z
  .strictObject(checkShape)
  .superRefine(requireOneCheck)
  .transform((written): Check => checkOf(written));
