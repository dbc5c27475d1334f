import * as z from 'zod';
import { Content } from '../core/content.js';
import { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { Unknown, type MaybeState } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { blockMarkers, contentLines, editBlock, findBlock, type BlockMarkers } from './shared/block-edit.js';
import { foundText, readTextFile, writeText } from './shared/edited-file.js';
import { bodyLike, plainText, type Text } from './shared/hidden-text.js';
import { anchorShape, refuseTwoAnchors } from './shared/line-pattern.js';
import { managedFileShape } from './shared/managed-file.js';
import { foreseeEdit } from './shared/requirements.js';
import { contentSchema, pathSchema } from './shared/schemas.js';

const params = z
  .strictObject({
    path: pathSchema.describe('absolute path of the file'),
    id: z
      .string()
      .regex(/^\S(?:.*\S)?$/u, 'must be one line, not empty, without spaces around it')
      .refine((id) => !/[\p{Cc}\u2028\u2029\uFFFD]/u.test(id), 'must not hold control characters')
      .describe('what tells the block from others of the file; stands in its marker lines'),
    content: contentSchema
      .refine((content) => !plainText(content).includes('\0'), 'must not hold NUL')
      .optional()
      .describe('the lines of the block; not needed for `state: absent`'),
    comment: z
      .string()
      .regex(
        /^[^\s\p{Cc}]+(?: [^\s\p{Cc}]+)?$/u,
        'must be like `#`, `//` or, where comments have an end, `<!-- -->`',
      )
      .default('#')
      .describe('what begins a comment in this file, and after a space what ends it, e.g. `<!-- -->`'),
    ...anchorShape('a new block'),
    state: z.enum(['present', 'absent']).default('present').describe('absent removes it with its markers'),
    create: z.boolean().default(false).describe('make the file where it is missing'),
    validate: managedFileShape.validate,
    backup: managedFileShape.backup,
  })
  .superRefine((block, context) => {
    const { content, state } = block;
    const complain = (message: string): void =>
      context.addIssue({ code: 'custom', path: ['content'], message });
    if (state === 'present' && content === undefined) complain('is missing');
    if (state === 'absent' && content !== undefined)
      complain('makes no sense for a block that is to be absent');
    refuseTwoAnchors(block, context);
    const { begin, end } = markersOf(block);
    const own = contentLines(plainText(content ?? '')).find((line) => line === begin || line === end);
    if (own !== undefined) complain(`holds the line \`${own}\`, which marks the block itself`);
  });

type BlockParams = z.output<typeof params>;

function markersOf({ id, comment }: Pick<BlockParams, 'id' | 'comment'>): BlockMarkers {
  return blockMarkers(id, comment);
}

/** The lines as they are compared: each ended by a newline. A secret is compared, and never shown. */
function comparable(lines: string, like: Text | undefined): Content {
  const content = Content.of(lines);
  return like instanceof Secret ? Content.secret(content.sha256) : content;
}

async function probe(host: ReadableHost, wanted: BlockParams): Promise<MaybeState | Unknown> {
  const file = await readTextFile(host, wanted.path);
  if (file === null) {
    if (wanted.state === 'absent') return { block: null };
    return wanted.create ? null : new Unknown(`${wanted.path} does not exist`);
  }
  const found = findBlock(file.content.text ?? '', markersOf(wanted));
  if (found.is === 'damaged') throw damaged(wanted, found.why);
  return { block: found.is === 'missing' ? null : comparable(found.content, wanted.content), ...file };
}

function damaged({ path, id }: BlockParams, why: string): HomelabError {
  return new HomelabError({
    code: 'task/damaged-block',
    message: `the block ${id} of ${path} is damaged: ${why}`,
    hint: 'Nobody can tell where it ends. Mend or remove its marker lines by hand.',
  });
}

function steps({ params: wanted, before }: StepContext<BlockParams>): Step[] {
  const { path, content, state, after, before: anchorBefore, validate, backup } = wanted;
  const text = editBlock(foundText(before), markersOf(wanted), {
    content: state === 'absent' ? undefined : plainText(content ?? ''),
    after,
    before: anchorBefore,
  });
  return [writeText(path, bodyLike([content], text), before, { validate, backup })];
}

/** Some lines of a file that is otherwise somebody else's, between two marker lines. */
export default defineTask<BlockParams>({
  summary: 'A file has a block of lines between markers, or has it not',
  params,
  examples: [
    { path: '/etc/hosts', id: 'cluster', content: '10.0.0.11 n1\n10.0.0.12 n2\n' },
    {
      path: '/etc/ssh/sshd_config',
      id: 'sftp',
      before: '^Match ',
      content: 'Match Group sftp\n  ForceCommand internal-sftp\n',
      validate: ['sshd', '-t', '-f', '{{candidate}}'],
    },
    { path: '/srv/www/index.html', id: 'notice', comment: '<!-- -->', content: '<p>Closed today</p>' },
    { path: '/etc/fstab', id: 'old-nas', state: 'absent' },
  ],
  desired: ({ content, state }) => ({
    block:
      state === 'absent'
        ? null
        : comparable(
            contentLines(plainText(content ?? ''))
              .map((line) => `${line}\n`)
              .join(''),
            content,
          ),
  }),
  probe,
  touches: ({ path }) => [`path:${path}`],
  foresight: foreseeEdit,
  steps,
});
