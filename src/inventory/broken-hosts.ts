import type { HomelabError } from '../core/errors.js';
import type { Draft } from './draft.js';

/**
 * The hosts that a mistake is about, and those some of whose variables are not known: because their own file or that of
 * one of their groups cannot be read, or because `vars` of a group are wrong.
 */
export function brokenHosts(found: {
  readonly draft: Draft;
  readonly errors: readonly HomelabError[];
  /** Names whose file of variables is broken. */
  readonly groups: ReadonlySet<string>;
  readonly hosts: ReadonlySet<string>;
}): ReadonlySet<string> {
  const { draft, errors } = found;
  const named = new Set(errors.map(({ host }) => host));
  const isUncertain = (group: string): boolean =>
    found.groups.has(group) || (draft.groups.get(group)?.lost.has('vars') ?? false);
  const broken = [...draft.hosts].filter(
    ([name, { value, hasMistakes }]) =>
      hasMistakes || named.has(name) || found.hosts.has(name) || (value.groups ?? []).some(isUncertain),
  );
  return new Set(broken.map(([name]) => name));
}
