import * as z from 'zod';
import { conditionSchema } from '../core/condition.js';

const text = z.string().min(1);
const textOrList = z.union([text, z.array(text)]);

/** What stands beside the one kind of an item. */
export const itemFrameSchema = z.strictObject({
  name: text.optional().describe('what a person reads; default: the kind and its main parameter'),
  id: text
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'letters, digits, dots, dashes and underscores')
    .optional()
    .describe('for `when: { changed: ID }`'),
  when: conditionSchema.optional().describe('facts and variables that have to match'),
  tags: textOrList.optional(),
  on_change: textOrList.optional().describe('actions that are owed once this item has changed something'),
  sensitive: z.boolean().optional().describe('values are shown as ***'),
  retry: z
    .strictObject({
      times: z.int().min(1).max(100),
      delay: z.number().min(0).max(3600).default(1).describe('seconds'),
    })
    .optional(),
  each: z
    .union([z.array(z.unknown()), text])
    .optional()
    .describe('a list, or {{vars.a_list}}; {{item}} inside'),
  once: z.boolean().optional().describe('on the first of the chosen hosts of the play alone'),
  on_failure: z.enum(['stop', 'continue']).optional(),
});

export type ItemFrame = z.infer<typeof itemFrameSchema>;

/** Keys of an item that are not kinds. */
export const ITEM_KEYS: readonly string[] = Object.keys(itemFrameSchema.shape);

/** A play, its items still raw: their kinds have schemas of their own. */
export const playSchema = z.strictObject({
  name: text,
  hosts: textOrList.describe('names, groups, globs, all, !exclusions'),
  serial: z.int().min(1).optional().describe('hosts at a time'),
  vars: z.record(z.string(), z.unknown()).nullish(),
  tasks: z.array(z.record(z.string(), z.unknown())).nullish(),
  actions: z.record(z.string(), z.record(z.string(), z.unknown())).nullish(),
});

/** A playbook file. Its plays are checked one by one, so that one mistake hides no other. */
export const playbookSchema = z.array(z.unknown());

export type PlaySource = z.infer<typeof playSchema>;
