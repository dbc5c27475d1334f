import * as z from 'zod';
import { conditionSchema } from '../core/condition.js';

const text = z.string().min(1);
const textOrList = z.union([text, z.array(text)]);
const tag = text.refine(
  (one) => !one.includes('{{'),
  'tags are the same on every host, so not made by templates',
);
const when = conditionSchema.optional().describe('facts and variables that have to match');
const tags = z
  .union([tag, z.array(tag)])
  .optional()
  .describe('for `--tags` and `--skip-tags`');

/** What stands beside the one kind of an item. */
export const itemFrameSchema = z.strictObject({
  name: text.optional().describe('what a person reads; default: the kind and its main parameter'),
  id: text
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'letters, digits, dots, dashes and underscores')
    .optional()
    .describe('for `when: { changed: ID }`'),
  when,
  tags,
  on_change: textOrList.optional().describe('actions that are owed once this item has changed something'),
  sensitive: z.boolean().optional().describe('values are shown as ***'),
  retry: z
    .strictObject({
      times: z.int().min(1).max(100).describe('attempts at most, the first included'),
      delay: z.number().min(0).max(3600).default(1).describe('seconds between two attempts'),
    })
    .optional()
    .describe('try again where it fails'),
  each: z
    .union([z.array(z.unknown()), text])
    .optional()
    .describe('a list, or {{vars.a_list}}; {{item}} inside'),
  guarded: z
    .boolean()
    .optional()
    .describe(
      'the change is undone unless a new login proves it (true), or never (false); default: where it may cut off the login',
    ),
  once: z.boolean().optional().describe('on the first of the chosen hosts of the play alone'),
  on_failure: z
    .enum(['stop', 'continue'])
    .optional()
    .describe(
      'stop (default): the first failure ends the run of a host; continue: its next items are done all the same',
    ),
});

export type ItemFrame = z.infer<typeof itemFrameSchema>;

/** Keys of an item that are not kinds. */
export const ITEM_KEYS: readonly string[] = Object.keys(itemFrameSchema.shape);

/** What stands beside the parameters of a role. */
export const roleFrameSchema = z.strictObject({
  role: text.describe('which role'),
  when,
  tags,
});

export type RoleFrame = z.infer<typeof roleFrameSchema>;

/** Keys of an entry of `roles` that are no parameters. */
export const ROLE_KEYS: readonly string[] = Object.keys(roleFrameSchema.shape);

/** A play whose roles, items and actions have these schemas. */
export function playSchemaOf<Role extends z.ZodType, Item extends z.ZodType, Action extends z.ZodType>({
  role,
  item,
  action,
}: {
  readonly role: Role;
  readonly item: Item;
  readonly action: Action;
}) {
  return z.strictObject({
    name: text.describe('what a person reads'),
    hosts: textOrList.describe('names, groups, globs, all, !exclusions'),
    serial: z.int().min(1).optional().describe('hosts at a time; default: all at once'),
    vars: z
      .record(z.string(), z.unknown())
      .nullish()
      .describe('variables of the play: stronger than the inventory, weaker than --set'),
    roles: z
      .array(role)
      .nullish()
      .describe('roles with their parameters, done before the tasks in this order'),
    tasks: z.array(item).nullish().describe('what the hosts are to be, in this order'),
    actions: z
      .record(z.string(), action)
      .nullish()
      .describe(
        'by name: what is done once at the end, when an item that names it in `on_change` has changed something',
      ),
  });
}

const rawItem = z.record(z.string(), z.unknown());

/** A play, its roles and items still raw: roles and kinds have schemas of their own. */
export const playSchema = playSchemaOf({ role: z.union([text, rawItem]), item: rawItem, action: rawItem });

/** A playbook file. Its plays are checked one by one, so that one mistake hides no other. */
export const playbookSchema = z.array(z.unknown());

export type PlaySource = z.infer<typeof playSchema>;
