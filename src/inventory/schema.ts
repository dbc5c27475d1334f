import * as z from 'zod';
import {
  accountProblem,
  addressProblem,
  hostKeyProblem,
  identityProblem,
  wordProblem,
} from './host-values.js';
import { backupSchema, drainSchema, healthSchema, snapshotSchema, windowSchema } from './rolling-schema.js';

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

function refuseTwice(ports: readonly number[], context: z.core.$RefinementCtx<readonly number[]>): void {
  const index = ports.findIndex((port, index) => ports.indexOf(port) !== index);
  if (index !== -1) context.addIssue({ code: 'custom', path: [index], message: 'is there twice' });
}

/** One or a list of them, always as a list. */
function oneOrMany<T extends z.ZodType>(one: T) {
  return z
    .union([one, z.array(one)])
    .transform((value): z.output<T>[] => (Array.isArray(value) ? value : [value]));
}

const names = oneOrMany(word);
const portNumber = z.int().min(1).max(65535);
const port = z.union([portNumber, z.array(portNumber).min(1).superRefine(refuseTwice)]);
const transport = z.enum(['ssh2', 'openssh', 'local']);
const become = z.enum(['sudo', 'none']);

/** Settings of a connection that hosts may share. */
export const defaultsSchema = z.strictObject({
  user: user.optional().describe('account to log in as; default: as ssh_config says, else your own name'),
  port: port
    .optional()
    .describe(
      'port of its SSH server; of a list the first that answers, the first one being wanted; default: 22',
    ),
  identity: oneOrMany(identity).optional().describe('file of a private key, or several'),
  via: names
    .optional()
    .describe(
      'jump host, or several, nearest to us first: hosts of the inventory; []: none, whatever the default is',
    ),
  transport: transport
    .optional()
    .describe('how it is reached; ssh2 (default): over SSH; local: it is this machine itself'),
  become: become.optional().describe('how root is become; default: sudo, or none where the user is root'),
});

/** Variables of a place, by name. */
const variables = z.record(z.string(), z.unknown()).nullish();

/** One host. Names of other hosts and groups are checked later, against all files. */
export const hostSchema = z.strictObject({
  address: address.optional().describe('IPv4 or IPv6 address, or DNS name; default: the name of the host'),
  ...defaultsSchema.shape,
  host_key: oneOrMany(hostKey)
    .optional()
    .describe('public host key, or several, as in the .pub files; then no other is accepted'),
  groups: names.optional().describe('groups it is in; variables of later ones are stronger'),
  vars: variables.describe('variables of this host: stronger than those of its groups'),
  optional: z.boolean().optional().describe('it may be switched off: then that is no failure'),
  runs_on: word.optional().describe('host that this one is a virtual machine or container of'),
  depends_on: names
    .optional()
    .describe('hosts that have to be there before this one; of a group any one is enough'),
  health: healthSchema.optional(),
  drain: drainSchema.optional(),
  window: windowSchema.optional(),
  snapshot: snapshotSchema.optional(),
  backup: backupSchema.optional(),
});

/** One group. */
export const groupSchema = z.strictObject({
  vars: variables.describe('variables of the hosts in it'),
  max_unavailable: z
    .union([
      z.int().min(1),
      z.string().regex(/^[1-9][0-9]?%$|^100%$/, 'a number, or a percentage such as 25%'),
    ])
    .optional()
    .describe('how many of its hosts may be away at the same time: a number, or a share such as 25%'),
  quorum: word.optional().describe('what most of its hosts have to be there for, e.g. nomad'),
  health: healthSchema.optional(),
  window: windowSchema.optional(),
});

/** A file of the inventory whose parts have these schemas. */
export function fileSchemaOf(part: {
  readonly defaults: z.ZodType;
  readonly group: z.ZodType;
  readonly host: z.ZodType;
}) {
  return z.strictObject({
    vars: variables.describe('variables of every host: the weakest'),
    defaults: part.defaults.optional().describe('connection settings of every host that says nothing else'),
    groups: z.record(z.string(), part.group).nullish().describe('groups by name'),
    hosts: z.record(z.string(), part.host).nullish().describe('hosts by name'),
  });
}

/** A file of the inventory, its hosts and groups still raw: each is checked by itself, so that one mistake hides no other. */
export const fileSchema = fileSchemaOf({ defaults: z.unknown(), group: z.unknown(), host: z.unknown() });

export type HostSource = z.output<typeof hostSchema>;
export type GroupSource = z.output<typeof groupSchema>;
