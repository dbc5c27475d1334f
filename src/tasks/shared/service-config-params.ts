import * as z from 'zod';
import type { Body } from '../../core/content.js';
import { isOlder } from '../../core/is-older.js';
import { checkSchema } from '../../core/check-schema.js';
import { wordSchema } from '../../core/argv-schema.js';
import { contentSchema, modeSchema, ownerSchema, pathSchema } from './schemas.js';
import { unitNameSchema } from './unit-name.js';

const argvSchema = z
  .array(wordSchema)
  .min(1)
  .refine(([program]) => program !== '', 'begins with the name of a program');

const variantSchema = z
  .strictObject({
    since: z
      .string()
      .regex(/^\d+(?:\.\d+)*$/, 'must be a version, e.g. 1.12')
      .optional()
      .describe('for this version and newer ones; left out: for all that are older'),
    content: contentSchema.optional().describe('what the file holds then'),
    refuse: z.string().min(1).optional().describe('why there can be no such file then'),
  })
  .refine(
    ({ content, refuse }) => (content === undefined) !== (refuse === undefined),
    'needs exactly one of `content` and `refuse`',
  );

const fileSchema = z
  .strictObject({
    path: pathSchema
      .refine((path) => path.startsWith('/etc/'), 'must lie below /etc')
      .describe('absolute path below /etc; its folders are made'),
    content: contentSchema.optional().describe('what the file holds'),
    variants: z
      .array(variantSchema)
      .min(1)
      .optional()
      .describe('instead: contents by the installed version, the newest first'),
    mode: modeSchema.optional().describe("access rights; a new file gets '0644', one with a secret '0600'"),
    owner: ownerSchema.optional().describe('user by name or number; left out: as found'),
    group: ownerSchema.optional().describe('group by name or number; left out: as found'),
    state: z.enum(['present', 'absent']).default('present').describe('absent removes the file'),
  })
  .superRefine(({ content, variants, state }, context) => {
    const given = [content, variants].filter((one) => one !== undefined).length;
    if (state === 'present' && given !== 1)
      context.addIssue({ code: 'custom', message: 'needs exactly one of `content` and `variants`' });
    if (state === 'absent' && given !== 0)
      context.addIssue({ code: 'custom', message: 'a file that is to be absent holds nothing' });
  });

const sandboxSchema = z
  .strictObject({
    empty: z.array(pathSchema).optional().describe('folders that are empty there, and can be written to'),
    network: z.boolean().optional().describe('false: there is no network there'),
  })
  .refine(({ empty, network }) => empty !== undefined || network !== undefined, 'says nothing');

/** The parameters of the kind `service_config`. */
export const serviceConfigParams = z
  .strictObject({
    service: unitNameSchema.describe('the unit that reads the files'),
    files: z.array(fileSchema).min(1).describe('its configuration: all of them take effect, or none'),
    made: z
      .array(pathSchema)
      .default([])
      .describe(
        'files that the service makes of them when it starts, e.g. a keyring: they are put back with the old files, or go',
      ),
    version: argvSchema
      .optional()
      .describe('command that prints the installed version, where contents depend on it'),
    validate: argvSchema
      .optional()
      .describe('command that checks the new files: it sees them at their paths, in a copy of /etc'),
    sandbox: sandboxSchema.optional().describe('what else is special where `validate` runs'),
    apply: z
      .union([z.enum(['restart', 'reload', 'none']), argvSchema])
      .default('restart')
      .describe('how they take effect: restart or reload of the unit, nothing, or a command'),
    checks: z
      .array(checkSchema)
      .default([])
      .describe('what has to hold then; otherwise the old files come back'),
    keeps: z
      .array(checkSchema)
      .default([])
      .describe('what has to hold then if it held before; otherwise the old files come back'),
    timeout: z.int().min(1).max(3600).default(30).describe('seconds in which the checks have to hold'),
  })
  .superRefine(({ files, version }, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message });
    const paths = files.map(({ path }) => path);
    const twice = paths.find((path, index) => paths.indexOf(path) !== index);
    if (twice !== undefined) complain(`names ${twice} twice`);
    const depends = files.some(({ variants }) => variants !== undefined);
    if (depends && version === undefined) complain('has `variants`, so it needs `version`: who tells it?');
    if (!depends && version !== undefined) complain('has no `variants`, so nothing depends on `version`');
  });

export type ServiceConfig = z.output<typeof serviceConfigParams>;
export type ServiceFile = ServiceConfig['files'][number];

/** What a file is to hold where `version` is installed; `refuse`: why there can be none. Null: there is to be no file. */
export function contentFor(
  { content, variants, state }: ServiceFile,
  version: string | null,
): Body | null | { readonly refuse: string } {
  if (state === 'absent') return null;
  if (content !== undefined) return content;
  const fitting = variants?.find(
    ({ since }) => since === undefined || (version !== null && !isOlder(version, since)),
  );
  if (fitting?.content !== undefined) return fitting.content;
  const oldest = variants?.findLast(({ since }) => since !== undefined)?.since ?? '';
  return { refuse: fitting?.refuse ?? `it needs version ${oldest} at least` };
}
