import {
  targetName,
  type NotifyFailure,
  type NotifyMessage,
  type NotifyTarget,
} from '../core/notification.js';
import { deliver } from './deliver.js';
import type { NotifyOptions } from './notify-options.js';

/**
 * Tells every target that wants to know of one of the outcomes, all at the same time; a target that does not take it is tried
 * three times. Never throws. Secrets of the project that got into the message are masked.
 * @returns those that could not be told
 */
export async function notify(
  targets: readonly NotifyTarget[],
  message: NotifyMessage,
  options: NotifyOptions = {},
): Promise<readonly NotifyFailure[]> {
  const told = targets.map(async (target): Promise<readonly NotifyFailure[]> => {
    if (!isWanted(target, message)) return [];
    const said = await deliver(target, message, options);
    return said === undefined ? [] : [{ target: targetName(target), message: said }];
  });
  return (await Promise.all(told)).flat();
}

function isWanted({ on }: NotifyTarget, { outcomes }: NotifyMessage): boolean {
  return (
    on === undefined ||
    outcomes.some((outcome) => on.includes(outcome) || (outcome === 'changed' && on.includes('done')))
  );
}
