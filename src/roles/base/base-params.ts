import { isIP } from 'node:net';
import * as z from 'zod';
import { refuseTwins, usersShape } from '../users/users-params.js';

/** RFC 1123, 2.1: labels of letters, digits and dashes. */
const LABELS =
  /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;

/** Whether a machine may be called so. hostname(7): the kernel holds 64 characters. */
export function isHostname(name: string): boolean {
  return name.length <= 64 && LABELS.test(name) && isIP(name) === 0;
}

const packageSchema = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z0-9_](?:[A-Za-z0-9@._+-]*[A-Za-z0-9@._+])?(?:[:=][0-9A-Za-z.+~^_:=-]*[0-9A-Za-z.+~^_])?$/,
    'must be the name of a package, or `name=version`',
  );

const domainSchema = z
  .string()
  .max(190)
  .refine((name) => LABELS.test(name), 'must be a domain, e.g. lan or home.arpa');

const hostsFileSchema = z.strictObject({
  groups: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe('only hosts of these groups; left out: every host of the inventory'),
  aliases: z
    .record(
      z.string().refine((name) => isIP(name) !== 0, 'must be an address'),
      z.array(domainSchema).min(1),
    )
    .default({})
    .describe('further lines: names by address, for what is no host of the inventory'),
});

/** What the role takes. */
export const baseParams = z
  .strictObject({
    packages: z.array(packageSchema).default([]).describe('packages that every one of these hosts has'),
    unwanted_packages: z.array(packageSchema).default([]).describe('packages that none of them has'),
    ...usersShape,
    timezone: z
      .string()
      .max(255)
      .regex(/^[A-Za-z0-9][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/, 'must be the name of a zone, e.g. UTC')
      .optional()
      .describe('zone of the tz database, e.g. Europe/Berlin; left out: as found'),
    hostname: z
      .union([
        z.string().refine(isHostname, 'must be labels of letters, digits and dashes, with dots between them'),
        z.literal(false),
      ])
      .optional()
      .describe(
        'name of the machine; left out: its name in the inventory; false: as found, e.g. for members of a cluster that know each other by it',
      ),
    domain: domainSchema
      .optional()
      .describe('what completes the names of the hosts file, e.g. lan; left out: the bare names alone'),
    locale: z
      .string()
      .max(64)
      .regex(
        /^[A-Za-z]{1,16}(?:_[A-Za-z]{2,16})?(?:\.[A-Za-z0-9][A-Za-z0-9:_-]*)?(?:@[A-Za-z0-9]+)?$/,
        'must be the name of a locale, e.g. de_DE.UTF-8',
      )
      .optional()
      .describe('language of the system, e.g. de_DE.UTF-8; left out: as found'),
    hosts_file: z
      .union([hostsFileSchema, z.literal(false)])
      .prefault({})
      .describe('addresses and names of /etc/hosts, from the inventory; false: as found'),
  })
  .superRefine((wanted, context) => {
    refuseTwins(wanted, context);
    const { packages, unwanted_packages: unwanted } = wanted;
    const bare = new Set(packages.map((text) => text.replace(/=.*/, '')));
    for (const [index, name] of unwanted.entries())
      if (bare.has(name))
        context.addIssue({
          code: 'custom',
          path: ['unwanted_packages', index],
          message: `${name} is wanted as well`,
        });
  });

export type BaseParams = z.output<typeof baseParams>;
