import { Content, type Body } from '../../core/content.js';
import { HomelabError, InternalError } from '../../core/errors.js';
import type { MaybeState, State } from '../../core/state.js';
import type { WriteStep } from '../../core/step.js';
import type { ReadableHost } from '../../core/task.js';
import { fileContents } from '../../probes/file-contents.js';
import { permissionDenied, readEntry } from './file-entry.js';
import { newFileMode, textOf } from './managed-file.js';

/**
 * A text file of which a kind keeps a part, as observed fields: `content`, with its text, `mode`, `owner`, `group`.
 * They are in the observed state alone: the steps edit the text, and a desired state does not speak of it.
 * Null where there is no file.
 * @throws HomelabError `task/not-text`, `task/permission-denied`, `task/wrong-type`
 */
export async function readTextFile(
  host: ReadableHost,
  path: string,
): Promise<(State & { readonly content: Content }) | null> {
  const [entry, contents] = await Promise.all([
    readEntry(host, path, ['file']),
    host.read(fileContents, path),
  ]);
  if (entry === null) return null;
  if (contents === null) throw permissionDenied(path);
  const content = Content.of(contents.bytes);
  if (content.text === undefined || !contents.isComplete) throw notText(path);
  const { mode, owner, group } = entry;
  return { content, mode, owner, group };
}

function notText(path: string): HomelabError {
  return new HomelabError({
    code: 'task/not-text',
    message: `${path} is not UTF-8 text of at most 1 MiB`,
    hint: 'Keep the whole file with `file` or `template` instead.',
  });
}

/** The text that {@link readTextFile} found; empty where there was no file. */
export function foundText(before: MaybeState): string {
  if (before === null || before['content'] === null || before['content'] === undefined) return '';
  const { content } = before;
  if (content instanceof Content && content.text !== undefined) return content.text;
  throw new InternalError('The text of an edited file was not read');
}

/** Writes the edited text; an old file keeps its owner and mode. */
export function writeText(
  path: string,
  body: Body,
  before: MaybeState,
  rest: Pick<WriteStep, 'validate' | 'backup'> & { readonly newMode?: string } = {},
): WriteStep {
  const { newMode = newFileMode(body), ...options } = rest;
  return {
    do: 'write',
    path,
    body,
    mode: textOf(before, 'mode') ?? newMode,
    owner: textOf(before, 'owner') ?? '',
    group: textOf(before, 'group') ?? '',
    ...options,
  };
}
