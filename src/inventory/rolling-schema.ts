import * as z from 'zod';
import { argvSchema } from '../core/argv-schema.js';
import { checkShape, checkOf, requireOneCheck } from '../core/check-schema.js';
import { toHomelabError } from '../core/errors.js';
import { absolutePathSchema } from '../core/path-schema.js';
import type { BackupRule, SnapshotHook } from '../core/rolling-settings.js';
import { parseTimeWindow, type TimeWindow } from '../core/time-window.js';
import { wordProblem } from './host-values.js';

/** What people call something: it is shown, and named on the command line. */
const nameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be letters, digits, dots, dashes and underscores');

/** The name of a host of the inventory, or `controller`. */
const placeSchema = z.string().superRefine((text, context) => {
  const message = wordProblem(text);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** One health check: what is asked, and who asks it. */
const healthCheckSchema = z
  .strictObject({
    ...checkShape,
    from: placeSchema
      .optional()
      .describe(
        'who asks: `controller`, or a host; default: the host itself for 127.0.0.1, a command and a path, else the last jump host on the way there, or the controller',
      ),
  })
  .superRefine(requireOneCheck)
  .transform(({ from, ...written }) => ({ check: checkOf(written), from }));

export const healthSchema = z
  .record(nameSchema, healthCheckSchema)
  .describe('how it is told from outside that it serves: checks by name');

/** Adapters with their parameters; both are checked against the adapters there are when something is to be drained. */
export const drainSchema = z
  .record(z.string(), z.union([z.record(z.string(), z.unknown()), z.null().transform(() => ({}))]))
  .describe('how its work is moved elsewhere before it goes down: parameters by adapter');

export const windowSchema = z
  .string()
  .transform((text, context): TimeWindow => {
    try {
      return parseTimeWindow(text);
    } catch (thrown) {
      const { message, hint } = toHomelabError(thrown);
      context.addIssue({ code: 'custom', message: `${message}. ${hint ?? ''}`.trim() });
      return z.NEVER;
    }
  })
  .describe('when it may be upgraded, in the time of this machine, e.g. "Sun 02:00-05:00"; default: always');

export const snapshotSchema = z
  .strictObject({
    take: argvSchema.describe('argv that makes one'),
    restore: argvSchema.optional().describe('argv that goes back to it'),
    on: placeSchema.optional().describe('where both run: a host, or `controller`; default: the host itself'),
  })
  .transform(({ take, restore, on }): SnapshotHook => ({ take, restore, on }))
  .describe('what makes a state to go back to before an upgrade');

const UNIT_SECONDS = { m: 60, h: 3600, d: 86_400 } as const;

const ageSchema = z
  .string()
  .regex(/^[1-9]\d{0,4}[mhd]$/, 'has to be minutes, hours or days: 90m, 26h, 7d')
  .transform((text) => Number.parseInt(text, 10) * UNIT_SECONDS[text.at(-1) as keyof typeof UNIT_SECONDS]);

export const backupSchema = z
  .strictObject({
    max_age: ageSchema.describe('how old the last one may be, e.g. 26h'),
    path: absolutePathSchema(4095)
      .optional()
      .describe('on the host: a file, or a folder whose newest file counts'),
    command: argvSchema
      .optional()
      .describe(
        'on the host: prints the time of the last one in its last line, in seconds since 1970 or as ISO 8601',
      ),
  })
  .transform(({ max_age: maxAgeSeconds, path, command }, context): BackupRule => {
    if (path !== undefined && command === undefined) return { maxAgeSeconds, at: { path } };
    if (path === undefined && command !== undefined) return { maxAgeSeconds, at: { command } };
    context.addIssue({ code: 'custom', message: 'needs exactly one of `path` and `command`' });
    return z.NEVER;
  })
  .describe('a backup without which it is not touched');
