import * as z from 'zod';
import { pathSchema } from './schemas.js';

const isPlain = (text: string): boolean => !/[\p{Cc}\u2028\u2029\uFFFD]/u.test(text);

const optionSchema = z
  .string()
  .min(1)
  .refine(isPlain, 'must not hold control characters')
  .refine(
    (option) => !/(?:^|,)pass(?:word|wd)?=/.test(option),
    'holds a password, which everybody could read: keep it in a file and name that (`credentials=FILE`)',
  );

/** Parameters of the kind `mount`. */
export const mountSchema = z
  .strictObject({
    path: pathSchema.describe('mount point; made where it is missing'),
    source: z
      .string()
      .min(1)
      .max(4095)
      .refine(isPlain, 'must not hold control characters')
      .optional()
      .describe('device, UUID=…, LABEL=…, server:/export, //server/share, or a folder for a bind mount'),
    type: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.,-]*$/, 'must be the name of a kind of file system')
      .optional()
      .describe('kind of file system, e.g. ext4, nfs, tmpfs; none for a bind mount'),
    options: z
      .union([
        optionSchema,
        z.array(optionSchema.refine((one) => !one.includes(','), 'is one option')).min(1),
      ])
      .transform((options) => (typeof options === 'string' ? options : options.join(',')))
      .refine((options) => options.split(',').every((option) => option !== ''), 'has an empty option')
      .default('defaults')
      .describe('mount options, as a list or with commas between them'),
    dump: z.int().min(0).max(9).default(0).describe('whether dump(8) saves it'),
    pass: z.int().min(0).max(9).default(0).describe('in which pass fsck(8) checks it at boot; 0: never'),
    state: z
      .enum(['mounted', 'listed', 'unmounted', 'absent'])
      .default('mounted')
      .describe(
        'mounted, now and at boot; listed: in fstab, mounted or not as found; unmounted: in fstab alone; absent: neither',
      ),
    timeout: z
      .int()
      .min(1)
      .max(3600)
      .default(60)
      .describe('seconds a mount or unmount may take before it is given up'),
  })
  .superRefine(({ path, source, type, options, state }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (path === '/' && state !== 'mounted') complain('path', 'is the root of everything');
    if (state === 'absent') return;
    if (source === undefined) complain('source', 'says not what to mount');
    if (type === undefined) complain('type', 'says not which kind of file system it is');
    if (/(?:^|,)(?:remount|move)(?:,|$)/.test(options))
      complain('options', 'hold `remount` or `move`, which are no options of fstab');
  });

/** A mount as its playbook wants it. */
export type MountParams = z.output<typeof mountSchema>;
