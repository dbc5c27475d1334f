import { setTimeout as delay } from 'node:timers/promises';
import type { NotifyMessage, NotifyOutcome, NotifyTarget } from '../core/notification.js';
import { attempt, type NotDelivered } from './attempts.js';
import { runCommand } from './command.js';
import { ntfyPost } from './ntfy.js';
import { post } from './post.js';
import { webhookPost } from './webhook.js';

/** A target that could not be told. */
export interface NotifyFailure {
  /** Which: its sort and its place among all, e.g. `ntfy, number 2 of notify`. Never its address. */
  readonly target: string;
  /** Half a sentence: `it answered with status 403`. */
  readonly message: string;
}

export interface NotifyOptions {
  /** Default: node's. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Waits between attempts. Default: real time. */
  readonly pause?: ((ms: number) => Promise<void>) | undefined;
}

/**
 * Tells every target that wants to know of this outcome, all at the same time; a target that does not take it is tried three
 * times. Never throws. Secrets of the project that got into the message are masked.
 * @returns those that could not be told
 */
export async function notify(
  targets: readonly NotifyTarget[],
  message: NotifyMessage,
  { fetch = globalThis.fetch, pause = (ms) => delay(ms) }: NotifyOptions = {},
): Promise<readonly NotifyFailure[]> {
  const told = targets.map(async (target, index): Promise<readonly NotifyFailure[]> => {
    if (!isWanted(target.on, message.outcome)) return [];
    const said = await attempt(() => tell(target, message, fetch).catch(unexpected), pause);
    return said === undefined
      ? []
      : [{ target: `${target.to}, number ${index + 1} of notify`, message: said }];
  });
  return (await Promise.all(told)).flat();
}

async function tell(
  target: NotifyTarget,
  message: NotifyMessage,
  fetch: typeof globalThis.fetch,
): Promise<NotDelivered | undefined> {
  switch (target.to) {
    case 'ntfy':
      return post(ntfyPost(target, message), fetch);
    case 'webhook':
      return post(webhookPost(target, message), fetch);
    default:
      return runCommand(target, message);
  }
}

/** What was thrown may hold an address: it is not told. */
function unexpected(): NotDelivered {
  return { said: 'the message could not be made', isPassing: false };
}

function isWanted(on: readonly NotifyOutcome[] | undefined, outcome: NotifyOutcome): boolean {
  return on === undefined || on.includes(outcome) || (outcome === 'changed' && on.includes('done'));
}
