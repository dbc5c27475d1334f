import * as z from 'zod';
import {
  accountProblem,
  addressProblem,
  hostKeyProblem,
  identityProblem,
  wordProblem,
} from './host-values.js';

/** A check for zod that says what `problemOf` finds wrong with a text. */
export function refuse(problemOf: (text: string) => string | undefined) {
  return (text: string, context: z.core.$RefinementCtx<string>): void => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  };
}

const word = z.string().superRefine(refuse(wordProblem));
const address = z.string().superRefine(refuse(addressProblem));
const user = z.string().superRefine(refuse(accountProblem));
const identity = z.string().superRefine(refuse(identityProblem));
const hostKey = z.string().superRefine(refuse(hostKeyProblem));

/** One or a list of them, always as a list. */
function oneOrMany<T extends z.ZodType>(one: T) {
  return z
    .union([one, z.array(one)])
    .transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]));
}

const names = oneOrMany(word);
const port = z.int().min(1).max(65535);
const transport = z.enum(['ssh2', 'openssh', 'local']);
const become = z.enum(['sudo', 'none']);

/** Settings of a connection that hosts may share. */
export const defaultsSchema = z.strictObject({
  user: user.optional(),
  port: port.optional(),
  identity: oneOrMany(identity).optional(),
  via: names.optional(),
  transport: transport.optional(),
  become: become.optional(),
});

/** One host. Names of other hosts and groups are checked later, against all files. */
export const hostSchema = z.strictObject({
  address: address.optional(),
  ...defaultsSchema.shape,
  host_key: oneOrMany(hostKey).optional(),
  groups: names.optional(),
  vars: z.record(z.string(), z.unknown()).nullish(),
  optional: z.boolean().optional(),
  runs_on: word.optional(),
  depends_on: names.optional(),
  health: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
  drain: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).optional(),
});

/** One group. */
export const groupSchema = z.strictObject({
  vars: z.record(z.string(), z.unknown()).nullish(),
  max_unavailable: z
    .union([
      z.int().min(1),
      z.string().regex(/^[1-9][0-9]?%$|^100%$/, 'a number, or a percentage such as 25%'),
    ])
    .optional(),
  quorum: word.optional(),
});

/** A file of the inventory, its hosts and groups still raw: each is checked by itself, so that one mistake hides no other. */
export const fileSchema = z.strictObject({
  vars: z.record(z.string(), z.unknown()).nullish(),
  defaults: z.unknown().optional(),
  groups: z.record(z.string(), z.unknown()).nullish(),
  hosts: z.record(z.string(), z.unknown()).nullish(),
});

export type HostSource = z.output<typeof hostSchema>;
export type GroupSource = z.output<typeof groupSchema>;
