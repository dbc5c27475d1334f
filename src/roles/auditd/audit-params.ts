import * as z from 'zod';

const watchSchema = z.strictObject({
  path: z
    .string()
    .regex(
      /^\/[^\s\p{Cc}]*[^\s\p{Cc}/]$/u,
      'must be an absolute path without spaces and without a / at its end',
    )
    .describe('file or directory'),
  key: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,31}$/, 'must be letters, digits, dashes and underscores, at most 31')
    .describe('what its records are looked for with: ausearch -k KEY'),
});

/** What the role takes. */
export const auditParams = z.strictObject({
  watch: z
    .array(watchSchema)
    .default([])
    .describe('more that is noted down when it is written or gets other rights'),
  immutable: z
    .boolean()
    .default(false)
    .describe('nobody may change the rules before the next boot, not even root'),
  log_size_mib: z.int().min(1).max(4096).default(8).describe('size of a log file'),
  logs: z.int().min(2).max(999).default(5).describe('log files that are kept'),
});

export type AuditParams = z.output<typeof auditParams>;
