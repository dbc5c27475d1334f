import { HomelabError } from '../../core/errors.js';
import type { Item } from '../../core/item.js';
import type { Change } from '../../core/state.js';
import type { ReadableHost } from '../../core/task.js';

/**
 * Why an item is not applied to `host`: it would take away what the login at work stands on, and nothing could bring that
 * back. Undefined: it would not, there is no such login, or `guarded: false` says that it is meant.
 */
export async function lockoutBy(
  host: ReadableHost,
  { task, params, guarded }: Item,
  changes: readonly Change[],
): Promise<HomelabError | undefined> {
  if (changes.length === 0 || host.hasLoginToLose !== true || guarded === false) return undefined;
  const losses = (await task.losesLogin?.(host, params, changes)) ?? [];
  if (losses.length === 0) return undefined;
  return new HomelabError({
    code: 'guard/lockout',
    message: `the way in that is used now would be lost for good: ${losses.join('; ')}`,
    hint: 'Nothing was changed, and no timer could bring it back. Leave it out, or come another way first; `guarded: false` at the item says that it is meant.',
  });
}
