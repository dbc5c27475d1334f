import * as z from 'zod';

const host = z.string();

/** What an upgrade is asked to do, as its journal keeps it. */
export const requestSchema = z.object({
  hosts: z.array(z.string()),
  only: z.enum(['all', 'security']),
  packages: z.array(z.string()).nullable(),
  reboot: z.enum(['never', 'needed', 'always']),
  concurrency: z.number(),
  maxFailures: z.number(),
  accepted: z.array(z.string()),
  window: z.string().nullable(),
  soakSeconds: z.number(),
  healthTimeoutSeconds: z.number(),
  rebootTimeoutSeconds: z.number(),
  isRollback: z.boolean(),
});

/** What an upgrade is asked to do. Null: nothing was said. */
export type UpgradeRequest = z.output<typeof requestSchema>;

/** What an upgrade does where nothing is said. */
export const DEFAULT_REQUEST: UpgradeRequest = {
  hosts: [],
  only: 'all',
  packages: null,
  reboot: 'needed',
  // One at a time: what a second host at work would save is not worth what two that fail would cost.
  concurrency: 1,
  maxFailures: 0,
  accepted: [],
  window: null,
  soakSeconds: 5,
  healthTimeoutSeconds: 180,
  rebootTimeoutSeconds: 600,
  isRollback: false,
};

const entrySchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('run'), run: z.string(), at: z.string(), request: requestSchema }),
  /** A host is begun: how it was found. */
  z.object({
    is: z.literal('begun'),
    host,
    boot: z.string(),
    state: z.array(z.string()),
    packages: z.array(z.object({ name: z.string(), from: z.string(), to: z.string() })),
    drains: z.record(z.string(), z.unknown()),
    /** Names of the services that ran. */
    services: z.array(z.string()).default([]),
  }),
  z.object({ is: z.literal('snapshot'), host }),
  z.object({ is: z.literal('draining'), host, drain: z.string() }),
  z.object({ is: z.literal('job'), host, job: z.string() }),
  z.object({ is: z.literal('upgraded'), host }),
  z.object({ is: z.literal('rebooting'), host, boot: z.string() }),
  z.object({ is: z.literal('restarted'), host }),
  z.object({ is: z.literal('undrained'), host, drain: z.string() }),
  /** How a guest was found before the machine it runs on, `host`, boots. */
  z.object({
    is: z.literal('guest-found'),
    host,
    guest: host,
    drains: z.record(z.string(), z.unknown()),
    /** Names of the services that ran. */
    services: z.array(z.string()),
  }),
  z.object({ is: z.literal('guest-draining'), host, guest: host, drain: z.string() }),
  z.object({ is: z.literal('guest-undrained'), host, guest: host, drain: z.string() }),
  /** Without a job: by its snapshot. */
  z.object({ is: z.literal('rolling-back'), host, job: z.string().optional() }),
  z.object({ is: z.literal('done'), host }),
  z.object({ is: z.literal('failed'), host, code: z.string(), message: z.string() }),
  z.object({ is: z.literal('end'), exitCode: z.number() }),
]);

/** One line of a journal: written before what it tells of is done, but `upgraded`, `restarted`, `undrained`,
 * `guest-undrained`, `done` after. */
export type UpgradeEntry = z.output<typeof entrySchema>;

/** An entry from its line; undefined where it is none. */
export function parseEntry(line: string): UpgradeEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
