import * as z from 'zod';
import { Secret } from '../../core/secret.js';
import { accountNameSchema, ownerSchema, pathSchema } from './schemas.js';

/** crypt(5): `$id$…`, or the 13 characters of a very old hash. A plain password is refused. */
const HASH = /^(?:\$[a-z0-9]+\$[^\s:!*\0]+|[./0-9A-Za-z]{13})$/;

const hashSchema = z
  .union([z.string(), z.instanceof(Secret)])
  .refine(
    (hash) => HASH.test(typeof hash === 'string' ? hash : hash.reveal()),
    'must be a password hash, as `mkpasswd -m yescrypt` or `openssl passwd -6` prints it, not a password',
  )
  .transform((hash) => (typeof hash === 'string' ? new Secret(hash) : hash));

/** Parameters of the kind `user`. */
export const userSchema = z
  .strictObject({
    name: accountNameSchema.describe('login name'),
    uid: z
      .int()
      .min(0)
      .max(4_294_967_294)
      .optional()
      .describe('its number; left out: the next free one, or as found'),
    group: ownerSchema
      .optional()
      .describe(
        'primary group by name or number, which has to exist; a new user without one gets a group of its own name',
      ),
    groups: z.array(accountNameSchema).optional().describe('further groups, which have to exist'),
    groups_exclusive: z
      .boolean()
      .default(false)
      .describe('take it out of every group that `groups` does not name'),
    not_in_groups: z
      .array(accountNameSchema)
      .default([])
      .describe('groups that it is taken out of; others stay'),
    if_present: z
      .boolean()
      .default(false)
      .describe('nothing is asked where there is no such user; none is made'),
    shell: pathSchema.optional().describe('login shell'),
    home: pathSchema.optional().describe('home directory; made for a new user, never moved'),
    system: z.boolean().default(false).describe('a new user gets a number of the system range'),
    password_hash: hashSchema.optional().describe('hash of the password, never the password'),
    locked: z.boolean().optional().describe('whether logging in by password is locked'),
    state: z.enum(['present', 'absent']).default('present').describe('absent removes the user'),
    remove_home: z
      .boolean()
      .default(false)
      .describe('with `state: absent`: remove its home and mail as well'),
  })
  .superRefine(
    (
      {
        groups,
        groups_exclusive: isExclusive,
        not_in_groups: others,
        state,
        remove_home: isHomeRemoved,
        name,
      },
      context,
    ) => {
      const complain = (field: string, message: string): void =>
        context.addIssue({ code: 'custom', path: [field], message });
      const both = groups?.find((group) => others.includes(group));
      if (both !== undefined) complain('not_in_groups', `names ${both}, and so does \`groups\``);
      if (isExclusive && groups === undefined) complain('groups_exclusive', 'needs `groups`');
      if (isHomeRemoved && state !== 'absent') complain('remove_home', 'goes with `state: absent`');
      if (state === 'absent' && name === 'root') complain('name', 'is the account that everything runs as');
    },
  );

/** A user as its playbook wants it. */
export type UserParams = z.output<typeof userSchema>;
