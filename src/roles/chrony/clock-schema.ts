import { isIP } from 'node:net';
import * as z from 'zod';

/** A time server by address or name: one word. */
export const sourceNameSchema = z
  .string()
  .refine(
    (name) => isIP(name) !== 0 || /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?$/.test(name),
    'must be an address or a name of a time server',
  );

/** How the clock itself is treated. */
export const clockShape = {
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
  sets_clock: z
    .boolean()
    .optional()
    .describe(
      'false: chronyd only serves the time and leaves the clock alone. Left out: it is set, and in a container, which has no clock of its own, there is no chronyd',
    ),
};
