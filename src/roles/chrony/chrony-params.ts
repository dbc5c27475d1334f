import * as z from 'zod';
import { networkSchema } from '../shared/network-schema.js';
import { absolutePathSchema } from '../../core/path-schema.js';
import { clockShape, sourceNameSchema } from './clock-schema.js';

/** Powers of two of seconds, chrony.conf(5). */
const pollSchema = z.int().min(-7).max(24);

const sourceSchema = z.union([
  sourceNameSchema,
  z
    .strictObject({
      name: sourceNameSchema.describe('address or name'),
      prefer: z.boolean().default(false).describe('rather this one than others that are as good'),
      nts: z.boolean().optional().describe('with authentication or not; left out: as the role says'),
      min_poll: pollSchema
        .optional()
        .describe('shortest time between two questions: 2 to this power, in seconds'),
      max_poll: pollSchema
        .optional()
        .describe('longest time between two questions: 2 to this power, in seconds'),
    })
    .refine(
      ({ min_poll: least = 6, max_poll: most = 10 }) => least <= most,
      'has a shortest time (`min_poll`, usually 6) that is longer than the longest (`max_poll`, usually 10)',
    ),
]);

/** What the role writes itself: said twice, it would hold twice. */
const TYPED = [
  'server',
  'pool',
  'peer',
  'allow',
  'local',
  'makestep',
  'driftfile',
  'keyfile',
  'rtcsync',
  'ntsservercert',
  'ntsserverkey',
  'confdir',
];

const extraSchema = z.record(
  z
    .string()
    .regex(/^[a-z]{2,32}$/, 'must be a directive of chrony.conf(5)')
    .refine((name) => !TYPED.includes(name), 'has a parameter of its own'),
  z
    .string()
    .max(1000)
    .refine((value) => !/[\p{Cc}\u2028\u2029\uFFFD]/u.test(value), 'must be one line'),
);

/** A file without blanks in its name: chrony.conf(5) has no quotes. */
const filePathSchema = absolutePathSchema(1023).refine((path) => !/\s/u.test(path), 'must not hold blanks');

/** What the role takes. */
export const chronyParams = z.strictObject({
  servers: z
    .array(sourceSchema)
    .default([])
    .describe('time servers: an address, a name, or { name, prefer, nts, min_poll, max_poll }'),
  pools: z
    .array(sourceSchema)
    .optional()
    .describe(
      'names with many servers behind them; left out, without `servers`: the pool of the distribution',
    ),
  group: z
    .string()
    .min(1)
    .optional()
    .describe(
      'group of the inventory whose hosts serve the time: they ask `servers` and `pools`, all other hosts ask them alone',
    ),
  nts: z.boolean().default(false).describe('ask `servers` and `pools` with authentication (NTS, RFC 8915)'),
  allow: z
    .array(networkSchema)
    .optional()
    .describe(
      'who may ask this host; left out: nobody, or where it serves as one of `group` private networks and the other hosts of the inventory',
    ),
  local: z
    .strictObject({
      stratum: z.int().min(1).max(15).default(10).describe('distance that it claims to have then'),
      orphan: z
        .boolean()
        .default(true)
        .describe('only one of those that do so at a time: the hosts of `group` then agree on one'),
    })
    .optional()
    .describe('serve the own clock where no server can be reached; with `group`: on its hosts alone'),
  nts_server: z
    .strictObject({
      certificate: filePathSchema.describe('chain of certificates (PEM)'),
      key: filePathSchema.describe('its key (PEM), which the account of chronyd can read'),
    })
    .optional()
    .describe('serve with authentication as well'),
  ...clockShape,
  rtcsync: z.boolean().default(true).describe('the kernel keeps the clock of the board right, too'),
  extra: extraSchema.default({}).describe('further directives of chrony.conf(5), e.g. minsources: "2"'),
});

export type ChronyParams = z.output<typeof chronyParams>;
export type ChronySource = z.output<typeof sourceSchema>;
