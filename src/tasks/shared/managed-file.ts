import * as z from 'zod';
import { Content, decodeText, type Body } from '../../core/content.js';
import { InternalError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import type { MaybeState } from '../../core/state.js';
import { runStep, type Step } from '../../core/step.js';
import type { ReadableHost, StepContext } from '../../core/task.js';
import { CONTENT_LIMIT_BYTES, fileContents } from '../../probes/file-contents.js';
import type { FileEntry } from '../../probes/files.js';
import { accessSteps } from './access-steps.js';
import {
  desiredAccess,
  observedAccess,
  permissionDenied,
  readEntry,
  touchedAccounts,
  type Access,
} from './file-entry.js';
import { wordSchema } from '../../core/argv-schema.js';
import { modeSchema, ownerSchema, pathSchema } from './schemas.js';

/** Access rights of a new file that says nothing about them. */
export const NEW_FILE_MODE = '0644';

/** Those of a new file with this body: one that holds a secret is for its owner alone. */
export function newFileMode(body: Body): string {
  return body instanceof Secret ? '0600' : NEW_FILE_MODE;
}

/** A whole file that is kept, wherever its content comes from. */
export interface ManagedFile extends Access {
  readonly path: string;
  /** There once `prepare` has run, unless the file is to be absent. */
  readonly content?: Body | undefined;
  readonly state: 'present' | 'absent';
  readonly validate?: readonly string[] | undefined;
  readonly backup: boolean;
  readonly sensitive: boolean;
}

/** The parameters that every kind of managed file has. */
export const managedFileShape = {
  path: pathSchema.describe('absolute path of the file; its directory has to exist'),
  mode: modeSchema
    .optional()
    .describe(
      "access rights, e.g. '0644'; a new file gets 0644, one with a secret 0600, an old one keeps its own",
    ),
  owner: ownerSchema.optional().describe('user by name or number; left out: as found'),
  group: ownerSchema.optional().describe('group by name or number; left out: as found'),
  state: z
    .enum(['present', 'absent'])
    .default('present')
    .describe('absent removes the file, or the link in its place'),
  validate: z
    .array(wordSchema)
    .min(1)
    .refine(
      (words) => words.some((word) => word.includes('{{candidate}}')),
      'must name {{candidate}}, the new file',
    )
    .optional()
    .describe('command that checks the new file at {{candidate}} before it replaces the old one'),
  backup: z
    .boolean()
    .default(false)
    .describe('keep the replaced file beside the new one, with the time in its name'),
  sensitive: z.boolean().default(false).describe('never show what the file holds'),
};

/** @see TaskDefinition.desired */
export function desiredFile(file: ManagedFile): MaybeState {
  if (file.state === 'absent') return null;
  const content = Content.of(bodyOf(file));
  return { content: file.sensitive ? Content.secret(content.sha256) : content, ...desiredAccess(file) };
}

function bodyOf({ path, content }: ManagedFile): Body {
  if (content === undefined) throw new InternalError(`The content of ${path} was not prepared`);
  return content;
}

/**
 * The file as found. Where its content is going to change, the old text is fetched for the diff, unless it is sensitive,
 * binary or large.
 */
export async function probeFile(host: ReadableHost, file: ManagedFile): Promise<MaybeState> {
  const entry = await readEntry(host, file.path, file.state === 'absent' ? ['file', 'link'] : ['file']);
  if (entry === null) return null;
  if (file.state === 'absent') return { type: entry.type };
  if (entry.sha256 === undefined) throw permissionDenied(file.path);
  return {
    content: await foundContent(host, file, { ...entry, sha256: entry.sha256 }),
    ...observedAccess(entry, file),
  };
}

async function foundContent(
  host: ReadableHost,
  file: ManagedFile,
  { sha256, sizeBytes }: FileEntry & { readonly sha256: string },
): Promise<Content> {
  const isSecret = file.sensitive || file.content instanceof Secret;
  if (isSecret) return Content.secret(sha256);
  const isShown = sizeBytes <= CONTENT_LIMIT_BYTES;
  if (!isShown || Content.of(bodyOf(file)).sha256 === sha256) return new Content(sha256);
  const contents = await host.read(fileContents, file.path);
  if (contents === null || !contents.isComplete) return new Content(sha256);
  // Written to between the two reads: the sum stands, the text does not belong to it.
  const isSame = Content.of(contents.bytes).sha256 === sha256;
  return new Content(sha256, isSame ? decodeText(contents.bytes) : undefined);
}

/** @see TaskDefinition.touches */
export function touchedByFile(file: ManagedFile): string[] {
  return [`path:${file.path}`, ...touchedAccounts(file)];
}

/** A new content is one write that carries mode and owner along; without it only what differs is set. */
export function fileSteps({ params: file, before, changed }: StepContext<ManagedFile>): Step[] {
  if (file.state === 'absent') return [runStep(['rm', '-f', '--', file.path])];
  if (!changed('content')) return accessSteps({ path: file.path, access: file, before, changed });
  return [
    {
      do: 'write',
      path: file.path,
      body: bodyOf(file),
      mode: file.mode ?? textOf(before, 'mode') ?? newFileMode(bodyOf(file)),
      owner: file.owner ?? textOf(before, 'owner') ?? '',
      group: file.group ?? textOf(before, 'group') ?? '',
      ...(file.validate === undefined ? {} : { validate: file.validate }),
      ...(file.backup ? { backup: true } : {}),
    },
  ];
}

/** The text of a field, undefined where it has none. */
export function textOf(state: MaybeState, field: string): string | undefined {
  const value = state?.[field];
  return typeof value === 'string' ? value : undefined;
}
