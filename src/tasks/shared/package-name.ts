import * as z from 'zod';

/** A package of `names`, apart from the version it is pinned to. */
export interface WantedPackage {
  /** With its architecture where one was given: `libc6:i386` for apt, `glibc.i686` for rpm. */
  readonly name: string;
  readonly version: string | undefined;
}

/**
 * What is a name for some package manager; each narrows it. A dash at the end would tell apt to remove, one at the start
 * is an option, `@` at the start a group of dnf, `/` a repository or a path.
 */
const NAME =
  /^[A-Za-z0-9_](?:[A-Za-z0-9@._+-]*[A-Za-z0-9@._+])?(?::[a-z0-9-]*[a-z0-9])?(?:=[0-9A-Za-z](?:[0-9A-Za-z.+~^_:-]*[0-9A-Za-z.+~^_])?)?$/;

export const packageNameSchema = z
  .string()
  .max(255)
  .regex(NAME, 'must be the name of a package, `name` or `name=version`, apt: also `name:architecture`');

/** `name=version` in its parts. */
export function parsePackage(text: string): WantedPackage {
  const at = text.indexOf('=');
  return at === -1
    ? { name: text, version: undefined }
    : { name: text.slice(0, at), version: text.slice(at + 1) };
}
