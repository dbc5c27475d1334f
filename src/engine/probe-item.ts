import { HomelabError, HomelabErrors, toHomelabError } from '../core/errors.js';
import type { Item } from '../core/item.js';
import { diffStates, Unknown, type Change, type MaybeState } from '../core/state.js';
import type { ReadableHost } from '../core/task.js';
import { lockoutBy } from './guard/lockout.js';

/** What looking at one item on one host found. */
export type Probed =
  | {
      readonly is: 'known';
      readonly before: MaybeState;
      readonly after: MaybeState;
      readonly changes: readonly Change[];
    }
  | { readonly is: 'unknown'; readonly reason: string; readonly needs?: readonly string[] | undefined }
  | {
      readonly is: 'failed';
      readonly error: HomelabError;
      /** Whatever another item changes on the host, it stays so: the parameters do not fit the machine. */
      readonly isFinal: boolean;
    };

/**
 * Looks at one item. A connection that fails is not the item's fault: errors of the transport are thrown,
 * everything else is an answer.
 */
export async function probeItem(host: ReadableHost, item: Item): Promise<Probed> {
  let isFinal = true;
  try {
    const desired = item.task.desired(item.params, host.facts);
    isFinal = false;
    const before = await item.task.probe(host, item.params);
    if (before instanceof Unknown) return { is: 'unknown', reason: before.reason, needs: before.needs };
    const after = item.task.desiredOf?.(item.params, before) ?? desired;
    const changes = diffStates(before, after);
    const lockout = await lockoutBy(host, item, changes);
    if (lockout === undefined) return { is: 'known', before, after, changes };
    return { is: 'failed', error: locate(lockout, host.name, item), isFinal: true };
  } catch (thrown) {
    const error = toHomelabError(thrown);
    if (error.code.startsWith('transport/')) throw error;
    isFinal ||= error.code === 'task/unsupported';
    return { is: 'failed', error: locate(error, host.name, item), isFinal };
  }
}

/** The same error, with the host and the item it belongs to. Of several the messages are one under the other. */
export function locate(error: HomelabError, host: string, item: Item): HomelabError {
  const all = error instanceof HomelabErrors ? error.errors : [error];
  const [first = error] = all;
  return new HomelabError({
    code: first.code,
    message: all.map(({ message }) => message).join('\n'),
    hint: first.hint,
    host,
    task: item.name,
    source: first.source ?? item.source,
    cause: first.cause ?? first,
  });
}

/** Whether there is anything to look at: the item applies to the host and is complete. */
export function canProbe({ skipReason, late }: Item): boolean {
  return skipReason === undefined && late === undefined;
}

/** Looks at many items at once: their reads share round trips. */
export async function probeItems(host: ReadableHost, items: readonly Item[]): Promise<Map<Item, Probed>> {
  const probed = await Promise.all(items.map((item) => probeItem(host, item)));
  return new Map(items.map((item, index) => [item, probed[index] as Probed]));
}
