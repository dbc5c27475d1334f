import { HomelabError } from '../../../core/errors.js';
import type { Facts } from '../../../core/facts.js';
import type { Step } from '../../../core/step.js';
import type { RepositoryParams } from './repository-params.js';

/** How one package manager writes down where packages come from. */
export interface RepositoryFormat {
  /** As `facts.package_manager` says. */
  readonly manager: string;
  /** The file of one repository, which holds nothing else. */
  readonly file: (name: string) => string;
  /** Where its key lies. @throws HomelabError `task/unsupported` where the manager cannot take this key */
  readonly keyFile: (repository: RepositoryParams) => string;
  /** Every file that may hold its key. */
  readonly keyFiles: (repository: RepositoryParams) => readonly string[];
  /** What the file holds. @throws HomelabError `task/unsupported` for what the manager cannot express */
  readonly text: (repository: RepositoryParams, facts: Facts) => string;
  /** Files in an older form that name the same repository. */
  readonly olderFiles: (name: string) => readonly string[];
  /**
   * Shell text that fetches the lists of the repository that the file `$1` describes, under its name `$2` and touching no
   * other's; it fails where they cannot be had or their signature is wrong.
   */
  readonly tryOut: string;
  /** What makes the manager trust a key that was put into its file. */
  readonly trust?: ((keyFile: string) => readonly Step[]) | undefined;
  /** A file that has to name the repository's own, and the line it does that with; undefined where none has to. */
  readonly include?: { readonly path: string; readonly line: (file: string) => string } | undefined;
}

/** @throws HomelabError `task/unsupported` for the first of `fields` that `repository` has */
export function refuse(
  repository: RepositoryParams,
  manager: string,
  fields: readonly (keyof RepositoryParams)[],
): void {
  const field = fields.find((name) => repository[name] !== undefined);
  if (field === undefined) return;
  throw unsupported(
    `${manager} has nothing like \`${field}\` for a repository`,
    'Leave it out for this system.',
  );
}

export function unsupported(message: string, hint: string): HomelabError {
  return new HomelabError({ code: 'task/unsupported', message, hint });
}
