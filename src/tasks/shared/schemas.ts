import * as z from 'zod';
import { wordSchema } from '../../core/argv-schema.js';
import { absolutePathSchema } from '../../core/path-schema.js';
import { Secret } from '../../core/secret.js';

/** An absolute path as the kernel takes it, PATH_MAX. */
export const pathSchema = absolutePathSchema(4095);

/** What `0o…` in YAML becomes where somebody forgot the quotes: usual modes, as numbers. */
const USUAL_MODES = [
  '400',
  '440',
  '444',
  '500',
  '550',
  '555',
  '600',
  '640',
  '644',
  '660',
  '664',
  '700',
  '750',
  '755',
]
  .concat(['770', '775', '777', '1777', '2750', '2755', '2770', '2775', '4755'])
  .map((digits) => Number.parseInt(digits, 8));

/**
 * Access rights as four octal digits. A number is taken by its digits (`644` is `0644`), unless it is what YAML makes of
 * an octal number: `0o644` arrives as 420.
 */
export const modeSchema = z
  .union([
    z.string().regex(/^0?[0-7]{3,4}$/, "must be octal digits in quotes, e.g. '0644'"),
    z.number().superRefine((mode, context) => {
      const octal = mode.toString(8).padStart(4, '0');
      if (USUAL_MODES.includes(mode))
        context.addIssue({
          code: 'custom',
          message: `is the number ${mode}; write '${octal}' in quotes if 0o${octal.replace(/^0+/, '')} is meant`,
        });
      else if (!/^[0-7]{3,4}$/.test(String(mode)))
        context.addIssue({ code: 'custom', message: "must be octal digits in quotes, e.g. '0644'" });
    }),
  ])
  .transform((mode) => String(mode).slice(-4).padStart(4, '0'));

/** The name of a user or group to be made: what useradd(8) and adduser take. */
export const accountNameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_.-]{0,30}\$?$/,
    'must begin with a letter or underscore and hold only letters, digits, dots, dashes and underscores',
  );

/** A user or group as an owner: by name or by number. It may not exist yet. */
export const ownerSchema = z
  .union([accountNameSchema, z.string().regex(/^\d{1,10}$/), z.int().min(0).max(4_294_967_294)])
  .transform(String);

/** What a file is to hold. */
export const contentSchema = z.union([z.string(), z.instanceof(Secret)]);

/** Environment of a program. */
export const envSchema = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'),
  z
    .union([wordSchema, z.number(), z.boolean(), z.instanceof(Secret)])
    .refine((value) => !(value instanceof Secret) || !value.reveal().includes('\0'), 'must not hold NUL')
    .transform((value) => (value instanceof Secret ? value : String(value))),
);
