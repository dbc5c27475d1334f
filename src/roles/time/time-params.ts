import { isIP } from 'node:net';
import * as z from 'zod';
import { networkSchema } from '../shared/network-schema.js';

const sourceSchema = z
  .string()
  .refine(
    (name) => isIP(name) !== 0 || /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?$/.test(name),
    'must be an address or a name of a time server',
  );

/** What the role takes. */
export const timeParams = z.strictObject({
  servers: z.array(sourceSchema).min(1).optional().describe('time servers, by address or name'),
  pools: z
    .array(sourceSchema)
    .min(1)
    .optional()
    .describe(
      'names behind which there are many servers; default without `servers`: the pool of the distribution',
    ),
  nts: z.boolean().default(false).describe('ask the servers and pools with authentication (NTS, RFC 8915)'),
  makestep: z
    .strictObject({
      seconds: z
        .number()
        .positive()
        .max(1_000_000)
        .describe('how far the clock has to be wrong to be set at once'),
      updates: z.int().min(-1).max(1000).describe('only in the first so many updates; -1: always'),
    })
    .default({ seconds: 1, updates: 3 })
    .describe('when the clock is set at once instead of run faster or slower'),
  allow: z.array(networkSchema).default([]).describe('networks that may ask this machine for the time'),
  sets_clock: z
    .boolean()
    .optional()
    .describe(
      'false: chronyd only serves the time and leaves the clock alone. Left out: it is set, and in a container, which has no clock of its own, there is no chronyd',
    ),
  local_stratum: z
    .int()
    .min(1)
    .max(15)
    .optional()
    .describe('answer with the own clock, at this distance, where no server can be reached'),
});

export type TimeParams = z.output<typeof timeParams>;
