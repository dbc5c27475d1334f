import * as z from 'zod';
import { isCommit } from '../../probes/git-checkouts.js';
import type { RemoteReferences } from '../../probes/git-remotes.js';

/** Why `repository` is none that git may be pointed at; undefined where it is one. */
function repositoryProblem(repository: string): string | undefined {
  if (/[\s\p{Cc}\u2028\u2029\uFFFD]/u.test(repository)) return 'must not hold blanks or control characters';
  if (repository.includes('::')) return 'names a helper program: only ways that git knows itself are taken';
  // What begins with a dash would be an option, for git or for ssh (CVE-2017-1000117).
  if (/^-|^[a-z]+:\/\/(?:[^/]*@)?-|@-/i.test(repository)) return 'must not begin with a dash, nor its host';
  if (/^https?:\/\/[^/]*:[^/]*@/i.test(repository))
    return 'must not hold a password: git would keep it in plain text; use an SSH key or a credential helper on the host';
  if (/^(?:https?|ssh|git):\/\/[^/]|^file:\/\/\/|^\//i.test(repository)) return undefined;
  // scp's way, `user@host:path`; git takes a slash before the colon for a path.
  if (/^(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9._-]+:[^/].*|^[A-Za-z0-9._-]+@[A-Za-z0-9._-]+:\//.test(repository))
    return undefined;
  return 'has to be an https, ssh, git or file address, `user@host:path`, or an absolute path on the host';
}

/** Where a repository is. */
export const repositorySchema = z.string().superRefine((repository, context) => {
  const message = repositoryProblem(repository);
  if (message !== undefined) context.addIssue({ code: 'custom', message });
});

/** A full commit, or a name as git-check-ref-format(1) wants it. Commits come out in lower case. */
export const revisionSchema = z
  .string()
  .refine(
    (revision) =>
      /^[^\s\p{Cc}~^:?*[\\-][^\s\p{Cc}~^:?*[\\]*$/u.test(revision) &&
      !/\.\.|@\{|\/\/|^@$|[/.]$|\.lock(?:\/|$)|(?:^|\/)\.|^\//.test(revision),
    'must be a branch, a tag or a full commit',
  )
  .transform((revision) => (isCommit(revision.toLowerCase()) ? revision.toLowerCase() : revision));

/** The references that `revision` may mean; none for a commit, which means itself. */
export function referencesOf(revision: string): string[] {
  if (isCommit(revision)) return [];
  if (revision === 'HEAD' || revision.startsWith('refs/')) return [revision];
  return [`refs/heads/${revision}`, `refs/tags/${revision}`];
}

/** What a revision means in a repository: a commit, by way of a reference (empty for a commit); or why it means nothing. */
export type Meaning = { readonly commit: string; readonly reference: string } | { readonly problem: string };

/** What `revision` means, given what the repository answered to {@link referencesOf}. */
export function meaningOf(
  revision: string,
  repository: string,
  { commits, complaint }: RemoteReferences,
): Meaning {
  if (complaint !== '') return { problem: `${repository} does not answer: ${inShort(complaint)}` };
  const found = referencesOf(revision).flatMap((reference) => {
    const commit = commits.get(reference);
    return commit === undefined ? [] : [{ commit, reference }];
  });
  const [first, second] = found;
  if (first === undefined)
    return { problem: `${repository} has no ${nounFor(revision)}${hintFor(revision)}` };
  if (second !== undefined && second.commit !== first.commit)
    return {
      problem: `${revision} is a branch and a tag in ${repository}: write ${first.reference} or ${second.reference}`,
    };
  return first;
}

/** What git says before it gives general advice. */
function inShort(complaint: string): string {
  return (
    complaint
      .trim()
      .split(/\n\s*\n/)[0]
      ?.replaceAll(/\s*\n/g, '; ') ?? ''
  );
}

function nounFor(revision: string): string {
  return referencesOf(revision).length === 2 ? `branch or tag ${revision}` : revision;
}

function hintFor(revision: string): string {
  return /^[0-9a-f]{4,63}$/i.test(revision) ? ' (a commit has to be written in full)' : '';
}
