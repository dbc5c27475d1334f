import * as z from 'zod';
import { Unknown, type MaybeState } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { editText } from './shared/line-edit.js';
import { pathSchema } from './shared/schemas.js';

const patternSchema = z
  .string()
  .min(1)
  .superRefine((pattern, context) => {
    try {
      void new RegExp(pattern);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `is no regular expression: ${(error as Error).message}` });
    }
  });

const params = z
  .strictObject({
    path: pathSchema.describe('absolute path of the file'),
    line: z
      .string()
      .min(1)
      .refine((line) => !/[\n\r\0]/.test(line), 'must be one line')
      .optional()
      .describe('the whole line; not needed for `state: absent` with `match`'),
    match: patternSchema
      .optional()
      .describe('regular expression of the line to replace (the last one counts), or of the lines to remove'),
    after: patternSchema
      .optional()
      .describe('a new line goes after the last line that matches; EOF: to the end (default)'),
    before: patternSchema
      .optional()
      .describe('a new line goes before the last line that matches; BOF: to the beginning'),
    state: z
      .enum(['present', 'absent'])
      .default('present')
      .describe('absent removes every line that matches or is equal'),
    create: z.boolean().default(false).describe('make the file where it is missing'),
  })
  .superRefine(({ line, match, after, before, state }, context) => {
    if (line === undefined && (state === 'present' || match === undefined))
      context.addIssue({ code: 'custom', path: ['line'], message: 'says not which line' });
    if (after !== undefined && before !== undefined)
      context.addIssue({ code: 'custom', message: 'takes one of `after` and `before`, not both' });
  });

type LineParams = z.output<typeof params>;

async function probe(host: ReadableHost, edit: LineParams): Promise<MaybeState | Unknown> {
  const found = await readTextFile(host, edit.path);
  return found === null
    ? missingFile(edit)
    : { line: editText(found.content.text ?? '', edit).found, ...found };
}

function missingFile({ path, state, create }: LineParams): MaybeState | Unknown {
  if (state === 'absent') return { line: null };
  return create ? null : new Unknown(`${path} does not exist`);
}

function steps({ params: edit, before }: StepContext<LineParams>): Step[] {
  return [writeText(edit.path, editText(foundText(before), edit).text, before)];
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
    { path: '/etc/hosts', match: '\\bold-nas\\b', state: 'absent' },
  ],
  desired: ({ line, state }) => ({ line: state === 'absent' ? null : (line ?? null) }),
  probe,
  touches: ({ path }) => [`path:${path}`],
  steps,
});
