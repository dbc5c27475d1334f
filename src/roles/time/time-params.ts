import * as z from 'zod';
import { clockShape, sourceNameSchema } from '../chrony/clock-schema.js';
import { networkSchema } from '../shared/network-schema.js';

/** What the role takes. */
export const timeParams = z.strictObject({
  servers: z.array(sourceNameSchema).min(1).optional().describe('time servers, by address or name'),
  pools: z
    .array(sourceNameSchema)
    .min(1)
    .optional()
    .describe(
      'names behind which there are many servers; default without `servers`: the pool of the distribution',
    ),
  nts: z.boolean().default(false).describe('ask the servers and pools with authentication (NTS, RFC 8915)'),
  makestep: clockShape.makestep,
  allow: z.array(networkSchema).default([]).describe('networks that may ask this machine for the time'),
  sets_clock: clockShape.sets_clock,
  local_stratum: z
    .int()
    .min(1)
    .max(15)
    .optional()
    .describe('answer with the own clock, at this distance, where no server can be reached'),
});

export type TimeParams = z.output<typeof timeParams>;
