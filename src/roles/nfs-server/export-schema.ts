import * as z from 'zod';
import { parseNetwork } from '../../core/networks.js';
import { accountSchema } from '../shared/account-schema.js';
import { absolutePathSchema } from '../../core/path-schema.js';

/** A host name in which `*` and `?` may stand for others, exports(5). */
const HOST = /^(?=.{1,253}$)[A-Za-z0-9_*?](?:[A-Za-z0-9_*?.-]*[A-Za-z0-9_*?])?$/;

const clientNameSchema = z.string().superRefine((text, context) => {
  const network = parseNetwork(text);
  const isName = text === '*' || /^@[A-Za-z0-9_.-]{1,250}$/.test(text);
  if (isName || typeof network !== 'string') return;
  // Patterns stand for names alone: `10.0.0.*` would fit nobody, exports(5).
  if (HOST.test(text) && !/^[0-9.*?]+$/.test(text)) return;
  const isMeantAsAddress = /^[0-9.*?/]+$|:/.test(text);
  context.addIssue({
    code: 'custom',
    message: isMeantAsAddress
      ? network
      : 'must be an address, a network, a host, `*.DOMAIN`, `@NETGROUP`, or `*` for everybody',
  });
});

const numberSchema = z.int().min(0).max(4_294_967_294);

/** Options that have a parameter of their own: said twice, the last one would win. */
const TYPED =
  /^(?:rw|ro|(?:no_)?(?:root|all)_squash|anon[ug]id|a?sync|(?:no_)?subtree_check|sec|fsid|(?:no)?crossmnt|(?:in)?secure)(?:=|$)/;

const extraSchema = z
  .string()
  .regex(/^[a-z][a-z0-9_]*(?:=[A-Za-z0-9._:/@+-]+)?$/, 'must be one option of exports(5), e.g. no_wdelay')
  .refine((option) => !TYPED.test(option), 'has a parameter of its own');

const clientSchema = z
  .strictObject({
    to: clientNameSchema
      .optional()
      .describe(
        'who: an address, a network, a host (of the inventory: its address), *.DOMAIN, @NETGROUP, * for all',
      ),
    group: z.string().min(1).optional().describe('who: every host of this group of the inventory'),
    access: z.enum(['ro', 'rw']).default('ro').describe('read alone, or read and write'),
    squash: z
      .enum(['root', 'all', 'none'])
      .default('root')
      .describe('who becomes the anonymous user: root alone, everybody, or nobody'),
    anonuid: numberSchema.optional().describe('number of the anonymous user'),
    anongid: numberSchema.optional().describe('number of the group of the anonymous user'),
    sync: z.boolean().default(true).describe('answer only when data is stored: false loses it in a crash'),
    subtree_check: z.boolean().default(false).describe('check that a file lies in the exported folder'),
    secure: z.boolean().default(true).describe('requests from ports below 1024 alone'),
    sec: z
      .array(z.enum(['sys', 'krb5', 'krb5i', 'krb5p']))
      .min(1)
      .default(['sys'])
      .describe('ways to say who one is, the best first'),
    fsid: z
      .union([
        z.literal('root'),
        z.int().min(0).max(255),
        z
          .string()
          .regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a UUID, a number, or root'),
      ])
      .optional()
      .describe('how clients know the file system again: a number, a UUID, or root (of NFSv4)'),
    crossmnt: z.boolean().default(false).describe('what is mounted below it can be seen as well'),
    extra: z.array(extraSchema).default([]).describe('further options of exports(5), e.g. no_wdelay'),
  })
  .refine(
    ({ to, group }) => (to === undefined) !== (group === undefined),
    'needs exactly one of `to` and `group`',
  );

const folderSchema = z.strictObject({
  owner: accountSchema.default('root').describe('user'),
  group: accountSchema.default('root').describe('group'),
  mode: z
    .string()
    .regex(/^0?[0-7]{3,4}$/, "must be octal digits in quotes, e.g. '2775'")
    .default('0755')
    .describe('access rights'),
});

/** A folder, and who may mount it. */
export const exportSchema = z.strictObject({
  path: absolutePathSchema(1023)
    .refine((path) => path !== '/', 'is everything')
    .describe('the folder'),
  clients: z.array(clientSchema).min(1).describe('who may mount it, and how'),
  make: folderSchema
    .optional()
    .describe('make the folder, or give it these rights; left out: it has to be there'),
});

export type ExportParams = z.output<typeof exportSchema>;
export type ClientParams = ExportParams['clients'][number];
