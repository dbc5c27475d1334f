import * as z from 'zod';

/** What the role takes. */
export const upgradeParams = z.strictObject({
  mode: z
    .enum(['off', 'security', 'all'])
    .default('security')
    .describe('which upgrades are installed by the machine itself; off where homelab upgrades'),
  exclude: z
    .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9+._-]*$/, 'must be the name of a package'))
    .default([])
    .describe('packages that are never upgraded so'),
  reboot_at: z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day, e.g. 04:30, in quotes')
    .optional()
    .describe('when to reboot where an upgrade asks for it, e.g. "04:30"; left out: never'),
});

export type UpgradeParams = z.output<typeof upgradeParams>;
