import * as z from 'zod';
import { Content } from '../core/content.js';
import { HomelabError, InternalError } from '../core/errors.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { fileContents } from '../probes/file-contents.js';
import { permissionDenied, readEntry } from './shared/file-entry.js';
import { editText } from './shared/line-edit.js';
import { NEW_FILE_MODE, textOf } from './shared/managed-file.js';
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

/** `content` is in the observed state alone: the steps edit it, and a desired state does not speak of it. */
async function probe(host: ReadableHost, edit: LineParams): Promise<MaybeState | Unknown> {
  const [entry, contents] = await Promise.all([
    readEntry(host, edit.path, ['file']),
    host.read(fileContents, edit.path),
  ]);
  if (entry === null) return missingFile(edit);
  if (contents === null) throw permissionDenied(edit.path);
  const content = Content.of(contents.bytes);
  if (content.text === undefined || !contents.isComplete) throw notText(edit.path);
  const { mode, owner, group } = entry;
  return { line: editText(content.text, edit).found, content, mode, owner, group };
}

function missingFile({ path, state, create }: LineParams): MaybeState | Unknown {
  if (state === 'absent') return { line: null };
  return create ? null : new Unknown(`${path} does not exist`);
}

function notText(path: string): HomelabError {
  return new HomelabError({
    code: 'task/not-text',
    message: `${path} is not UTF-8 text of at most 1 MiB`,
    hint: 'Keep the whole file with `file` or `template` instead.',
  });
}

function steps({ params: edit, before }: StepContext<LineParams>): Step[] {
  const old = before === null ? '' : contentOf(before, edit.path);
  return [
    {
      do: 'write',
      path: edit.path,
      body: editText(old, edit).text,
      mode: textOf(before, 'mode') ?? NEW_FILE_MODE,
      owner: textOf(before, 'owner') ?? '',
      group: textOf(before, 'group') ?? '',
    },
  ];
}

function contentOf(before: State, path: string): string {
  const content = before['content'];
  if (content instanceof Content && content.text !== undefined) return content.text;
  throw new InternalError(`The text of ${path} was not read`);
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
