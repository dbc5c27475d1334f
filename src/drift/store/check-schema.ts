import * as z from 'zod';
import { DRIFT_STATES, type HostCheck, type PastCheck } from '../../core/drift.js';

const count = z.int().min(0);

const hostCheckSchema: z.ZodType<HostCheck> = z.object({
  host: z.string(),
  state: z.enum(DRIFT_STATES),
  items: z.object({ host: count, inventory: count, both: count }),
});

/** A check as it is kept. */
export const pastCheckSchema: z.ZodType<PastCheck> = z.object({
  run: z.string(),
  at: z.string(),
  durationMs: z.number(),
  exitCode: z.number(),
  hosts: z.array(hostCheckSchema),
});
