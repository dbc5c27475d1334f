import * as z from 'zod';
import { personSchema, type Person } from './person-schema.js';

/** What says who works on a host: also part of roles that keep more than that. */
export const usersShape = {
  people: z.array(personSchema).default([]).describe('who may log in, and who may no more'),
  exclusive_keys: z
    .boolean()
    .default(false)
    .describe('keys that are not listed go, from everybody who has some here'),
  home_mode: z
    .string()
    .regex(/^0?[0-7]{3}$/, "must be octal digits in quotes, e.g. '0750'")
    .optional()
    .describe("the most rights of their homes, e.g. '0750'; left out: as found"),
};

/** What {@link usersShape} says, its defaults filled in. */
export type UsersParams = z.output<z.ZodObject<typeof usersShape>>;

/** Tells a schema of somebody who is there twice. */
export function refuseTwins(
  { people }: { readonly people: readonly Person[] },
  context: Pick<z.core.$RefinementCtx, 'addIssue'>,
): void {
  const names = people.map(({ name }) => name);
  for (const [index, name] of names.entries())
    if (names.indexOf(name) !== index)
      context.addIssue({
        code: 'custom',
        path: ['people', index, 'name'],
        message: `${name} is there twice`,
      });
}
