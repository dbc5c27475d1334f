import * as z from 'zod';
import { projectFilesSchema } from './compose-files.js';
import { managedFileShape, type ManagedFile } from './managed-file.js';
import { contentSchema, pathSchema } from './schemas.js';

const { mode, owner, group, sensitive } = managedFileShape;

/** The name that Compose gives a project: that of its directory, as far as a name may hold it. */
function projectOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return name.replaceAll(/[^a-z0-9_-]/g, '').replace(/^[_-]+/, '');
}

export const composeParams = z
  .strictObject({
    path: pathSchema
      .refine((path) => path !== '/', 'must not be the root of the system')
      .describe(
        'directory of the project; made where it is missing. Its `compose.yml` is ours, the rest is not',
      ),
    content: contentSchema.optional().describe('what `compose.yml` holds'),
    template: z
      .string()
      .min(1)
      .optional()
      .describe('file in `templates/` that `compose.yml` is rendered from'),
    vars: z.record(z.string(), z.unknown()).optional().describe('variables for the template alone'),
    project: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_-]*$/, 'must hold lower-case letters, digits, dashes and underscores only')
      .optional()
      .describe('name of the project; left out: that of the directory'),
    state: z
      .enum(['running', 'stopped', 'absent'])
      .default('running')
      .describe(
        'stopped keeps the containers; absent removes them, networks and `compose.yml`, and keeps volumes',
      ),
    pull: z
      .enum(['missing', 'always', 'never'])
      .default('missing')
      .describe('which images to fetch where something is to change: always fetches newer ones too'),
    jobs: z
      .array(z.string().regex(/^[A-Za-z0-9._-]+$/, 'must be the name of a service'))
      .default([])
      .describe('services that do their work and end: ended with exit code 0 is as good as running'),
    files: projectFilesSchema.describe(
      'further files of the project: they and `compose.yml` change together, after Compose could read them; running containers that mount one that changed start anew, and what is named no more is removed. Left out: none is kept',
    ),
    mode,
    owner,
    group,
    sensitive,
  })
  .superRefine(({ path, content, template, vars, project, state, files }, context) => {
    const given = [content, template].filter((value) => value !== undefined).length;
    const complain = (message: string, field?: string): void =>
      context.addIssue({ code: 'custom', message, ...(field === undefined ? {} : { path: [field] }) });
    if (state !== 'absent' && given !== 1) complain('needs exactly one of `content` and `template`');
    if (state === 'absent' && given !== 0)
      complain('a project that is to be absent has neither `content` nor `template`');
    if (state === 'absent' && files !== undefined)
      complain('a project that is to be absent has none: those that are ours go', 'files');
    if (vars !== undefined && template === undefined) complain('makes sense with `template` only', 'vars');
    if (project === undefined && projectOf(path) === '')
      complain('is missing: the name of the directory holds no letter or digit', 'project');
  })
  .transform((params) => ({ ...params, project: params.project ?? projectOf(params.path) }));

export type ComposeParams = z.output<typeof composeParams>;

/** `compose.yml` as a managed file. */
export function composeFile({
  path,
  content,
  state,
  mode,
  owner,
  group,
  sensitive,
}: ComposeParams): ManagedFile {
  return {
    path: `${path}/compose.yml`,
    content,
    state: state === 'absent' ? 'absent' : 'present',
    mode,
    owner,
    group,
    sensitive,
    backup: false,
  };
}
