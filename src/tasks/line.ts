import * as z from 'zod';
import { Unknown, type MaybeState } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { bodyLike, hiddenLike, lineSchema, plainText } from './shared/hidden-text.js';
import { editText, type EditedText } from './shared/line-edit.js';
import { anchorShape, patternSchema, refuseTwoAnchors } from './shared/line-pattern.js';
import { managedFileShape } from './shared/managed-file.js';
import { foreseeEdit } from './shared/requirements.js';
import { pathSchema } from './shared/schemas.js';

const params = z
  .strictObject({
    path: pathSchema.describe('absolute path of the file'),
    line: lineSchema
      .optional()
      .describe('the whole line, without its end; not needed for `state: absent` with `match`'),
    match: patternSchema
      .optional()
      .describe('regular expression of the line to replace (the last one counts), or of the lines to remove'),
    ...anchorShape('a new line'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent removes every line that matches, or without `match` every line that is equal'),
    create: z.boolean().default(false).describe('make the file where it is missing'),
    validate: managedFileShape.validate,
    backup: managedFileShape.backup,
  })
  .superRefine((edit, context) => {
    const { line, match, state } = edit;
    if (line === undefined && (state === 'present' || match === undefined))
      context.addIssue({ code: 'custom', path: ['line'], message: 'says not which line' });
    refuseTwoAnchors(edit, context);
  });

type LineParams = z.output<typeof params>;

function edited(text: string, { line, ...edit }: LineParams): EditedText {
  return editText(text, { ...edit, line: line === undefined ? undefined : plainText(line) });
}

async function probe(host: ReadableHost, edit: LineParams): Promise<MaybeState | Unknown> {
  const found = await readTextFile(host, edit.path);
  if (found === null) return missingFile(edit);
  return { line: hiddenLike(edit.line, edited(found.content.text ?? '', edit).found), ...found };
}

function missingFile({ path, state, create }: LineParams): MaybeState | Unknown {
  if (state === 'absent') return { line: null };
  return create ? null : new Unknown(`${path} does not exist`);
}

function steps({ params: edit, before }: StepContext<LineParams>): Step[] {
  const { path, line, validate, backup } = edit;
  const body = bodyLike([line], edited(foundText(before), edit).text);
  return [writeText(path, body, before, { validate, backup })];
}

/** One line of a file that is otherwise somebody else's. */
export default defineTask<LineParams>({
  summary: 'A file has a certain line, or has it not',
  params,
  examples: [
    {
      path: '/etc/sysctl.d/60-house.conf',
      line: 'vm.swappiness = 10',
      match: '^vm\\.swappiness',
      create: true,
    },
    {
      path: '/etc/default/grub',
      line: 'GRUB_TIMEOUT=1',
      match: '^#?\\s*GRUB_TIMEOUT=',
      after: '^GRUB_DEFAULT=',
    },
    {
      path: '/etc/sudoers',
      line: '%operators ALL=(ALL) NOPASSWD: ALL',
      match: '^%operators\\s',
      validate: ['visudo', '-cf', '{{candidate}}'],
    },
    { path: '/etc/hosts', match: '\\bold-nas\\b', state: 'absent' },
  ],
  desired: ({ line, state }) => ({ line: state === 'absent' ? null : (line ?? null) }),
  probe,
  touches: ({ path }) => [`path:${path}`],
  foresight: foreseeEdit,
  steps,
});
