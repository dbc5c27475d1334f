import * as z from 'zod';
import { HomelabError } from '../core/errors.js';
import { Unknown, type MaybeState, type State } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { gitCheckouts, type GitCheckout } from '../probes/git-checkouts.js';
import { gitRemotes, remoteKey } from '../probes/git-remotes.js';
import { timeoutSchema } from './shared/fetch.js';
import {
  meaningOf,
  referencesOf,
  repositorySchema,
  revisionSchema,
  type Meaning,
} from './shared/git-revision.js';
import { BRING_FORWARD } from './shared/git-steps.js';
import { textOf } from './shared/managed-file.js';
import { pathSchema } from './shared/schemas.js';
import { scriptStep } from './shared/script-step.js';

/** Most time that a probe waits for a repository to say what a branch means. */
const ASK_TIMEOUT_SECONDS = 60;
/** Digits of a commit that a person needs. */
const SHORT_COMMIT = 12;

const params = z.strictObject({
  repository: repositorySchema.describe(
    'where it is: an https, ssh, git or file address, `user@host:path`, or an absolute path on the host',
  ),
  path: pathSchema
    .refine((path) => path !== '/', 'must not be the root of the system')
    .describe('directory of the work tree; made where it is missing, otherwise used as its owner'),
  revision: revisionSchema.describe(
    'what is checked out: a branch or tag (asked for on every run), or a full commit (asks nobody)',
  ),
  force: z
    .boolean()
    .default(false)
    .describe(
      'throw away local changes of files that git knows; otherwise they are an error; other files stay, unless one is in the way',
    ),
  timeout: timeoutSchema,
});

type GitParams = z.output<typeof params>;

async function probe(host: ReadableHost, wanted: GitParams): Promise<MaybeState | Unknown> {
  const { repository, path, revision, timeout } = wanted;
  const references = referencesOf(revision);
  const question = { repository, path, references, timeoutSeconds: Math.min(timeout, ASK_TIMEOUT_SECONDS) };
  const [checkout, remote] = await Promise.all([
    host.read(gitCheckouts, path),
    references.length === 0 ? undefined : host.read(gitRemotes, remoteKey(question)),
  ]);
  if (checkout.is === 'other') throw notAWorkTree(path);
  if (!checkout.hasGit) return new Unknown('git is not installed', ['program:git']);
  if (checkout.complaint !== '') throw cannotLook(path, checkout.complaint);
  if (!wanted.force && !checkout.isInterrupted && checkout.changed.length > 0)
    throw localChanges(path, checkout.changed);
  const meaning: Meaning =
    remote === undefined ? { commit: revision, reference: '' } : meaningOf(revision, repository, remote);
  if (!('problem' in meaning)) return observed(checkout, wanted, meaning);
  // Of a server nobody can tell what it waits for.
  return new Unknown(meaning.problem, repository.startsWith('/') ? [`path:${repository}`] : undefined);
}

/** `commit` and `reference` are what the revision means: for the steps, which do what the plan said. */
function observed(
  { is, head, origin, changed, isInterrupted }: GitCheckout,
  { revision }: GitParams,
  { commit, reference }: Exclude<Meaning, { problem: string }>,
): State {
  if (is === 'vacant') return { state: 'absent', local_changes: 'none', commit, reference };
  const isThere = head === commit && !isInterrupted;
  const where = reference === '' ? (head ?? 'nothing') : (head?.slice(0, SHORT_COMMIT) ?? 'nothing');
  const wanted = reference === '' ? '' : `; ${revision} is ${commit.slice(0, SHORT_COMMIT)}`;
  return {
    state: 'present',
    repository: origin,
    revision: isThere ? revision : `${where}${isInterrupted ? ' (half checked out)' : ''}${wanted}`,
    local_changes: changed.length === 0 || isInterrupted ? 'none' : changed.join(', '),
    commit,
    reference,
  };
}

function steps({ params: wanted, before }: StepContext<GitParams>): Step[] {
  const { repository, path, force, timeout } = wanted;
  const commit = textOf(before, 'commit') ?? '';
  const reference = textOf(before, 'reference') ?? '';
  const words = [path, repository, reference, commit, force ? 'yes' : 'no', String(timeout)];
  return [scriptStep({ words, script: BRING_FORWARD })];
}

function notAWorkTree(path: string): HomelabError {
  return new HomelabError({
    code: 'task/wrong-type',
    message: `${path} is there and is no work tree of git`,
    hint: 'Nothing is replaced by something of another sort: remove it first, or name another path.',
  });
}

function cannotLook(path: string, complaint: string): HomelabError {
  return new HomelabError({
    code: 'task/git-failed',
    message: `git cannot look at ${path}: ${complaint}`,
    hint: 'Try `git status` there, as the owner of the directory.',
  });
}

function localChanges(path: string, changed: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'task/local-changes',
    message: `${path} has local changes: ${changed.join(', ')}`,
    hint: 'Commit them or take them back (`git restore`), or set `force: true` to throw them away.',
  });
}

/** A work tree of a git repository. */
export default defineTask<GitParams>({
  summary: 'A directory holds a certain revision of a git repository',
  params,
  examples: [
    { repository: 'https://example.org/wiki.git', path: '/srv/wiki', revision: 'v1.4.2' },
    {
      repository: 'git@example.org:house/dotfiles.git',
      path: '/home/alice/dotfiles',
      revision: 'main',
      force: true,
    },
    {
      repository: 'https://example.org/tool.git',
      path: '/opt/tool',
      revision: '8f3c1f0e2b7d4a6c9e5b1d3f7a9c2e4b6d8f0a1c',
    },
  ],
  desired: ({ repository, revision, force }) => ({
    state: 'present',
    repository,
    revision,
    ...(force ? { local_changes: 'none' } : {}),
  }),
  probe,
  // No `touches`: hooks of the repository may do anything, and what it needs (a key, a name) may come from anywhere.
  foresight: ({ path }) => ({ makes: [`path:${path}`] }),
  steps,
});
