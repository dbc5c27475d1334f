import { HomelabError, HomelabErrors } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import type { CompileOptions } from './compile-options.js';
import type { LoadedPlay } from './load-playbooks.js';
import type { RawItem } from './raw-item.js';

/** What the command line says of tags. */
type WantedTags = Pick<CompileOptions, 'tags' | 'skipTags'>;

/** Whether an item, or all of a role, is to be done: it has none of the tags to skip, and one of the wanted ones where there are any. */
export function isChosen(raw: Pick<RawItem, 'tags'>, { tags, skipTags }: WantedTags): boolean {
  if (raw.tags.some((tag) => skipTags.includes(tag))) return false;
  return tags.length === 0 || raw.tags.some((tag) => tags.includes(tag));
}

/** @throws HomelabErrors `usage/unknown-tag` for every tag that nothing has */
export function checkTags(plays: readonly LoadedPlay[], { tags, skipTags }: WantedTags): void {
  const known = new Set(
    plays.flatMap(({ items, roles }) => [...items, ...roles].flatMap(({ tags }) => tags)),
  );
  const list = known.size === 0 ? 'Nothing has tags.' : `Tags: ${[...known].join(', ')}.`;
  const errors = [...tags, ...skipTags]
    .filter((tag) => !known.has(tag))
    .map(
      (tag) =>
        new HomelabError({
          code: 'usage/unknown-tag',
          message: `no item has the tag "${tag}"`,
          hint: didYouMean(tag, known) ?? list,
        }),
    );
  if (errors.length > 0) throw new HomelabErrors(errors);
}
