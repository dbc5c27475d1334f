import { EXIT } from '../../core/exit-codes.js';
import { targetName, type NotifyFailure, type NotifyTarget } from '../../core/notification.js';
import type { RunResult } from '../../core/result.js';
import type { Secret } from '../../core/secret.js';
import { compareTold } from './compare-told.js';
import { isDigestDue } from './digest-due.js';
import { driftMessage, type CheckFacts } from './drift-message.js';
import { failureMessage } from './failure-message.js';
import { foundHosts } from './found-hosts.js';
import { Recipient, type Reach, type Tidings } from './recipient.js';
import { targetKey } from './target-key.js';
import type { Told } from './told.js';

/** Whom to tell, and how. */
export interface TellingWays extends Reach {
  readonly targets: readonly NotifyTarget[];
  readonly now: Date;
  /** Of checks that compare with what they have told themselves alone; empty: the usual ones. */
  readonly scope: string;
}

/** A check that is to be told. */
export interface Telling extends TellingWays {
  readonly result: RunResult;
  /** Names of all hosts of the inventory. */
  readonly inventory: ReadonlySet<string>;
  /** Whether the check looked at all items of its hosts: no tags, no other playbooks. */
  readonly isWhole: boolean;
  /** Asked for once a check ran to its end; undefined: nobody waits for it. */
  readonly pingUrl: Secret | undefined;
  /** Answers why it did not work, in half a sentence, or undefined. */
  readonly ping: (url: Secret) => Promise<string | undefined>;
}

/**
 * Tells each target what changed since it was last told, in one message, and its digest where that is due. Who could not be told
 * is told by the next check, and so is who got six messages within the hour already. A check that was interrupted tells nothing.
 * Never throws.
 * @returns those that could not be told, the ping among them
 */
export async function tellDrift(telling: Telling): Promise<readonly NotifyFailure[]> {
  const { result, now, inventory, isWhole, pingUrl } = telling;
  if (result.drift === undefined || result.exitCode === EXIT.interrupted) return [];
  const { at } = result.drift;
  const chosen = new Set(result.hosts.map(({ host }) => host));
  const isOfAll = isWhole && [...inventory].every((host) => chosen.has(host));
  const check = { run: result.run, at, now, found: foundHosts(result), inventory, isWhole, isOfAll };
  const pinged = pingUrl === undefined ? undefined : telling.ping(pingUrl).catch(unexpected);
  const failures = await tellAll(telling, (recipient, told) => tidingsOf(recipient, told, check));
  const said = await pinged;
  return said === undefined ? failures : [...failures, { target: 'drift.ping', message: said }];
}

/**
 * Tells that a check could not be made, those who want to know of `failed`: once, until one could. Never throws.
 * @param code of the error
 * @returns those that could not be told
 */
export function tellDriftFailure(ways: TellingWays, code: string): Promise<readonly NotifyFailure[]> {
  return tellAll(ways, ({ key, target }, told) => {
    const settled = { ...told, failure: code };
    const isNews = told.failure !== code && (target.on?.includes('failed') ?? true);
    const message = isNews ? failureMessage({ target: key, messages: told.messages, code }) : undefined;
    return { message, settled, owed: told };
  });
}

async function tellAll(
  { targets, now, scope, ...reach }: TellingWays,
  compare: (recipient: Recipient, told: Told) => Tidings,
): Promise<readonly NotifyFailure[]> {
  const recipients = targets.map((target) => new Recipient(target, targetKey(target, scope), reach));
  // Who is named twice with the same wishes is told once.
  const unique = new Map(recipients.toReversed().map((one) => [one.key, one]));
  const failures = recipients
    .filter((one) => unique.get(one.key) === one)
    .map(async (one): Promise<readonly NotifyFailure[]> => {
      const said = await one.tell((told) => compare(one, told), now).catch(unexpected);
      return said === undefined ? [] : [{ target: targetName(one.target), message: said }];
    });
  return (await Promise.all(failures)).flat();
}

interface ToldCheck extends CheckFacts {
  readonly isWhole: boolean;
  /** Whether it is whole and was of every host: what a digest says is of all of them. */
  readonly isOfAll: boolean;
}

function tidingsOf({ key, target }: Recipient, told: Told, check: ToldCheck): Tidings {
  const { found, inventory, now, isWhole, isOfAll } = check;
  const wants = (change: string): boolean =>
    target.on === undefined || target.on.some((outcome) => outcome === change);
  const { transitions, settled, owed } = compareTold({ told, found, inventory, isWhole, wants });
  const isDigest = isOfAll && isDigestDue(target.digestMinutes, told.digestAt, now);
  // Who was never told that checks fail needs no word that they work.
  const recoveredFrom = wants('failed') && wants('back') ? told.failure : null;
  const isNews = transitions.length > 0 || isDigest || recoveredFrom !== null;
  const news = { target: key, messages: told.messages, transitions, isDigest, recoveredFrom };
  const digestAt = isDigest ? now.toISOString() : told.digestAt;
  return {
    message: isNews ? driftMessage(news, check) : undefined,
    settled: { ...told, failure: null, hosts: [...settled], digestAt },
    owed: { ...told, failure: recoveredFrom, hosts: [...owed] },
  };
}

/** What was thrown may hold an address: it is not told. */
function unexpected(): string {
  return 'the message could not be made';
}
