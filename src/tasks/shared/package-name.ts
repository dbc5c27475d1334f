import * as z from 'zod';

/** A package of `names`, apart from the version it is pinned to. */
export interface WantedPackage {
  readonly name: string;
  readonly version: string | undefined;
}

/** Debian policy 5.6.1 and 5.6.12. A dash at the end would tell apt to remove. */
const NAME = /^[a-z0-9][a-z0-9+.-]*[a-z0-9+.](?::[a-z0-9-]*[a-z0-9])?(?:=[0-9A-Za-z][0-9A-Za-z.+~:-]*)?$/;

export const packageNameSchema = z
  .string()
  .max(255)
  .regex(NAME, 'must be the name of a package, `name`, `name:architecture` or `name=version`');

/** `name=version` in its parts. */
export function parsePackage(text: string): WantedPackage {
  const at = text.indexOf('=');
  return at === -1
    ? { name: text, version: undefined }
    : { name: text.slice(0, at), version: text.slice(at + 1) };
}
