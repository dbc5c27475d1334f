import * as z from 'zod';
import { Content, decodeText } from '../../core/content.js';
import type { MaybeState, State } from '../../core/state.js';
import type { ReadableHost } from '../../core/task.js';
import { fileContents } from '../../probes/file-contents.js';
import { files as fileEntries } from '../../probes/files.js';
import { newFileMode, probeFile, type ManagedFile } from './managed-file.js';
import { contentSchema, modeSchema } from './schemas.js';

/**
 * Which files of a project are ours, each with the sum that its containers know: lines `SUM  NAME`. It is written last,
 * so what was cut off before is seen.
 */
export const LIST = '.homelab-files';

/** A path that stays below the directory that it is in, as a line. */
export const RELATIVE_PATH =
  /^(?!\.{1,2}(?:\/|$))[^/\p{Cc}\u2028\u2029\uFFFD]+(?:\/(?!\.{1,2}(?:\/|$))[^/\p{Cc}\u2028\u2029\uFFFD]+)*$/u;

const fileSchema = z.strictObject({
  path: z
    .string()
    .max(1024)
    .regex(RELATIVE_PATH, 'must be a path inside of the directory, without `.` and `..`')
    .refine((path) => path !== 'compose.yml', 'is what `content` is for')
    .refine((path) => !path.startsWith('.homelab'), 'is a name that homelab keeps for itself')
    .describe('below the directory of the project'),
  content: contentSchema.describe('what it holds'),
  mode: modeSchema.optional().describe("access rights; left out: '0644', with a secret '0600'"),
});

export const projectFilesSchema = z
  .array(fileSchema)
  .superRefine((all, context) => {
    const paths = all.map(({ path }) => path);
    for (const [index, path] of paths.entries()) {
      const complain = (message: string): void =>
        context.addIssue({ code: 'custom', path: [index, 'path'], message });
      if (paths.indexOf(path) !== index) complain('is there twice');
      if (paths.some((other) => other.startsWith(`${path}/`))) complain('is a file and a folder');
    }
  })
  .optional();

/** A file of a project beside its `compose.yml`; its path is relative to the project's directory. */
export type ProjectFile = z.output<typeof fileSchema>;

/** What is known of the files of a project. */
export interface ProjectWithFiles {
  readonly path: string;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
  /** Undefined: its files are nobody's matter. */
  readonly files?: readonly ProjectFile[] | undefined;
}

/** One of them as a managed file; it always has its rights, as it is always made anew. */
export function managedProjectFile(project: ProjectWithFiles, file: ProjectFile): ManagedFile {
  const { path, owner, group } = project;
  return {
    path: `${path}/${file.path}`,
    content: file.content,
    mode: file.mode ?? newFileMode(file.content),
    owner,
    group,
    state: 'present',
    backup: false,
    sensitive: false,
  };
}

function lineOf({ path, content }: ProjectFile): string {
  return `${Content.of(content).sha256}  ${path}`;
}

/** What {@link LIST} holds once all containers know the files. */
export function listText(files: readonly ProjectFile[]): string {
  return files.map((file) => `${lineOf(file)}\n`).join('');
}

/** Names and sums of the list as a host has it; lines that are no such thing are passed over. */
function parseList(text: string): Map<string, string> {
  const known = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, sum, name] = /^([0-9a-f]{64}|pending) {2}(.+)$/.exec(line) ?? [];
    if (sum !== undefined && name !== undefined && RELATIVE_PATH.test(name)) known.set(name, sum);
  }
  return known;
}

/** Fields `file.NAME`, `mode.NAME`, as wanted; none `effect.NAME` and `orphan.NAME`. */
export function desiredProjectFiles({ files }: ProjectWithFiles): State {
  if (files === undefined) return {};
  const fields = files.flatMap((file): [string, State[string]][] => [
    [`file.${file.path}`, Content.of(file.content)],
    [`mode.${file.path}`, file.mode ?? newFileMode(file.content)],
  ]);
  return { ...Object.fromEntries(fields), 'effect.*': null, 'orphan.*': null };
}

/**
 * Fields `file.NAME` and `mode.NAME` of each that is there; `effect.NAME` for one that no container may know yet,
 * `orphan.NAME` for one of ours that is not named any more.
 */
export async function probeProjectFiles(host: ReadableHost, project: ProjectWithFiles): Promise<State> {
  const { path, files } = project;
  if (files === undefined) return {};
  const [list, ...found] = await Promise.all([
    host.read(fileContents, `${path}/${LIST}`),
    ...files.map((file) => probeFile(host, managedProjectFile(project, file))),
  ]);
  const known = parseList(list === null ? '' : (decodeText(list.bytes) ?? ''));
  const strays = [...known.keys()].filter((name) => files.every((file) => file.path !== name));
  const left = await Promise.all(strays.map((name) => host.read(fileEntries, `${path}/${name}`)));
  const orphans = strays.filter((_, index) => left[index] !== null);
  return {
    ...Object.fromEntries(files.flatMap((file, index) => observed(file, found[index] ?? null, known))),
    ...Object.fromEntries(orphans.map((name) => [`orphan.${name}`, 'there'])),
  };
}

function observed(file: ProjectFile, found: MaybeState, known: ReadonlyMap<string, string>) {
  const { content = null, mode = null } = found ?? {};
  if (found === null) return [];
  const wanted = Content.of(file.content);
  const isSame = content instanceof Content && content.equals(wanted);
  const isKnown = known.get(file.path) === wanted.sha256;
  return [
    [`file.${file.path}`, content],
    [`mode.${file.path}`, mode],
    ...(isSame && !isKnown ? [[`effect.${file.path}`, 'not yet']] : []),
  ] as [string, State[string]][];
}
