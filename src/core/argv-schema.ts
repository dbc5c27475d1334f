import * as z from 'zod';

/** One argument or name for a program: anything but NUL. */
export const wordSchema = z.string().refine((word) => !word.includes('\0'), 'must not hold NUL');

/** A program with its arguments: a list, or text for `sh -c`. */
export const argvSchema = z
  .union([wordSchema.min(1), z.array(wordSchema).min(1)])
  .refine((words) => typeof words === 'string' || words[0] !== '', 'begins with the name of a program')
  .transform((words): readonly string[] => (typeof words === 'string' ? ['sh', '-c', words] : words));
