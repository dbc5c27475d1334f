import * as z from 'zod';
import { DNS_LABEL, tokenSchema } from '../shared/cluster-schemas.js';
import { addressSchema } from '../shared/dns-schema.js';

const oneLine = z.string().regex(/^[^\p{Cc}\u2028\u2029]{1,512}$/u, 'must be one line');
const seconds = z.int().min(1).max(86_400);

const urlSchema = z
  .string()
  .refine(
    (url) => /^https?:\/\/[^/\s]/i.test(url) && URL.canParse(url) && !/[\s\p{Cc}]/u.test(url),
    'has to begin with http:// or https:// and hold no blanks',
  );

const checkSchema = z
  .strictObject({
    name: oneLine.optional().describe('what a person reads; left out: made of the service'),
    http: urlSchema.optional().describe('address that answers with a 2xx'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT']).optional().describe('how `http` asks; default: GET'),
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'must be the name of a header'), z.array(oneLine).min(1))
      .optional()
      .describe('what `http` sends along'),
    insecure: z.boolean().default(false).describe('`http` takes any certificate'),
    tcp: z
      .string()
      .regex(/^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, 'must be HOST:PORT or [IPV6]:PORT')
      .optional()
      .describe('HOST:PORT that takes connections'),
    args: z
      .array(oneLine)
      .min(1)
      .optional()
      .describe(
        'program and arguments: exit code 0 is good, 1 a warning, anything else bad. It lets this host run programs for Consul',
      ),
    interval: seconds.default(10).describe('seconds between two checks'),
    timeout: seconds.default(5).describe('seconds that one may take'),
    deregister_after: z
      .int()
      .min(60)
      .max(31_536_000)
      .optional()
      .describe('seconds after which a service that stays bad is taken out'),
  })
  .superRefine((check, context) => {
    const { http, tcp, args, method, headers, insecure } = check;
    const given = [http, tcp, args].filter((one) => one !== undefined).length;
    if (given !== 1)
      context.addIssue({ code: 'custom', message: 'needs exactly one of `http`, `tcp` and `args`' });
    if (http === undefined && (method !== undefined || headers !== undefined || insecure))
      context.addIssue({ code: 'custom', message: '`method`, `headers` and `insecure` go with `http`' });
  });

export type CheckParams = z.output<typeof checkSchema>;

const serviceSchema = z.strictObject({
  name: z
    .string()
    .regex(DNS_LABEL, 'must be one label of DNS: letters, digits, dashes')
    .describe('NAME.service.consul finds it'),
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9._:-]{0,126}$/,
      'must be letters, digits, dots, colons, dashes, underscores',
    )
    .optional()
    .describe('left out: as the name; two services of one name need one each'),
  port: z.int().min(1).max(65_535).optional().describe('where it is served'),
  address: addressSchema.optional().describe('left out: that of the host'),
  tags: z.array(oneLine).default([]).describe('TAG.NAME.service.consul finds those that have it'),
  meta: z
    .record(z.string().regex(/^[A-Za-z0-9_-]{1,128}$/, 'must be a key of letters, digits, dashes'), oneLine)
    .optional()
    .describe('further facts about it'),
  token: tokenSchema.optional().describe('with which it is registered, where `acl` asks for one'),
  checks: z.array(checkSchema).default([]).describe('all of them good: it is found'),
});

export type ServiceParams = z.output<typeof serviceSchema>;

/** What its agents know a service by. */
export function serviceId({ id, name }: ServiceParams): string {
  return id ?? name;
}

/** Services of one host, each with an id of its own. */
export const servicesSchema = z.array(serviceSchema).superRefine((services, context) => {
  const ids = services.map(serviceId);
  for (const [index, id] of ids.entries())
    if (ids.indexOf(id) !== index)
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `is the second service "${id}": give it an \`id\``,
      });
});
