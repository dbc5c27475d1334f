import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { Unknown, type MaybeState } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { bodyLike, hiddenLike, plainText } from './shared/hidden-text.js';
import type { EditedText } from './shared/line-edit.js';
import { managedFileShape } from './shared/managed-file.js';
import { foreseeEdit } from './shared/requirements.js';
import { pathSchema } from './shared/schemas.js';
import { editSetting, hasSections } from './shared/setting-edit.js';

const CONTROL = /[\p{Cc}\u2028\u2029]/u;
const nameSchema = z
  .string()
  .refine((name) => !CONTROL.test(name), 'must be one line without control characters')
  .refine((name) => /^\S(?:.*\S)?$/u.test(name), 'must not be empty nor have spaces around it');

const valueSchema = z
  .union([z.string(), z.number(), z.boolean(), z.instanceof(Secret)])
  .transform((value) => (value instanceof Secret ? value : String(value)))
  .refine((value) => !/[\n\r\0]/.test(plainText(value)), 'must be one line')
  .refine((value) => plainText(value).trim() === plainText(value), 'must not have spaces around it')
  .refine(
    (value) => (/\\+$/.exec(plainText(value))?.[0].length ?? 0) % 2 === 0,
    'must not end with a backslash: the next line would belong to it',
  );

const params = z
  .strictObject({
    path: pathSchema.describe('absolute path of the file'),
    section: nameSchema
      .refine((section) => !/[[\]]/.test(section), 'is written without brackets')
      .optional()
      .describe(
        'section of an ini file, made at the end where it is missing; left out: before the first one',
      ),
    key: nameSchema
      .refine((key) => !/=|^[#;[]/.test(key), 'must not hold `=` nor begin like a comment or a section')
      .describe('name of the setting'),
    value: valueSchema
      .optional()
      .describe('text, number, true or false, as it is to stand in the file, with its quotes if it has any'),
    format: z
      .enum(['ini', 'keyvalue'])
      .optional()
      .describe(
        'ini: `key=value` in sections; keyvalue: `key=value`, `key: value` or `key value`; ' +
          'default ini with `section`, else keyvalue',
      ),
    separator: z
      .string()
      .regex(/^(?: ?[=:] ?|[ \t])$/, 'must be `=`, `:`, with or without a space on either side, or a space')
      .optional()
      .describe('stands between key and value of a new entry; left out: as its neighbours have it, else `=`'),
    state: z.enum(['present', 'absent']).default('present').describe('absent removes the entry'),
    create: z.boolean().default(false).describe('make the file where it is missing'),
    validate: managedFileShape.validate,
    backup: managedFileShape.backup,
  })
  .superRefine(({ section, value, format, separator, state }, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    if (state === 'present' && value === undefined) complain('value', 'is missing');
    if (state === 'absent' && value !== undefined)
      complain('value', 'makes no sense for a setting that is to be absent');
    if (format === 'keyvalue' && section !== undefined)
      complain('section', 'makes no sense in a file without sections');
    const isIni = format === 'ini' || section !== undefined;
    if (isIni && separator?.trim() === '') complain('separator', 'must be `=` or `:` in an ini file');
    if (separator === ':' || separator === ' :') complain('separator', 'needs a space after the colon');
    if (!isIni && value !== undefined && plainText(value).startsWith('='))
      complain('value', 'must not begin with `=`: it would be taken for the separator');
  });

type SettingParams = z.output<typeof params>;

function edited(text: string, wanted: SettingParams): EditedText {
  const { path, section, key, value, separator, format } = wanted;
  return editSetting(text, {
    format: format ?? (section === undefined ? 'keyvalue' : 'ini'),
    section,
    key,
    isSsh: section === undefined && format !== 'ini' && /\/\.?ssh\//.test(path),
    value: value === undefined ? undefined : plainText(value),
    separator,
  });
}

async function probe(host: ReadableHost, wanted: SettingParams): Promise<MaybeState | Unknown> {
  const { path, section, format, value, state, create } = wanted;
  const file = await readTextFile(host, path);
  if (file === null) {
    if (state === 'absent') return { value: null };
    return create ? null : new Unknown(`${path} does not exist`);
  }
  const text = file.content.text ?? '';
  if (section === undefined && format === undefined && hasSections(text)) throw sectionMissing(path);
  return { value: hiddenLike(value, edited(text, wanted).found), ...file };
}

function sectionMissing(path: string): HomelabError {
  return new HomelabError({
    code: 'task/section-missing',
    message: `${path} has sections, and none is named`,
    hint: 'Set `section`, or `format: ini` for what stands before the first one.',
  });
}

function steps({ params: wanted, before }: StepContext<SettingParams>): Step[] {
  const { path, value, validate, backup } = wanted;
  const body = bodyLike([value], edited(foundText(before), wanted).text);
  return [writeText(path, body, before, { validate, backup })];
}

/** One setting of a file that is otherwise somebody else's. */
export default defineTask<SettingParams>({
  summary: 'A setting of an ini or key=value file has a value, or is not there',
  params,
  examples: [
    { path: '/etc/systemd/journald.conf', section: 'Journal', key: 'SystemMaxUse', value: '200M' },
    { path: '/etc/default/grub', key: 'GRUB_TIMEOUT', value: 1 },
    {
      path: '/etc/ssh/sshd_config',
      key: 'PasswordAuthentication',
      value: 'no',
      validate: ['sshd', '-t', '-f', '{{candidate}}'],
    },
    { path: '/etc/samba/smb.conf', section: 'global', key: 'server min protocol', state: 'absent' },
  ],
  desired: ({ value, state }) => ({ value: state === 'absent' ? null : (value ?? null) }),
  probe,
  touches: ({ path }) => [`path:${path}`],
  foresight: foreseeEdit,
  steps,
});
