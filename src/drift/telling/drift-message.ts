import type { NotifyMessage, NotifyOutcome } from '../../core/notification.js';
import { digestLines, digestTitle } from './digest-text.js';
import type { FoundHost, FoundItem } from './found-hosts.js';
import { messageId } from './message-id.js';
import { transitionLines, transitionsTitle } from './transition-text.js';
import { DRIFT_CHANGES, type Transition } from './transitions.js';

/** What one target is told of a check. */
export interface DriftNews {
  /** Key of the target. */
  readonly target: string;
  /** Messages that it has taken so far. */
  readonly messages: number;
  readonly transitions: readonly Transition[];
  readonly isDigest: boolean;
  /** Code of the error that checks could not be made for until now, where it was told of that; null: they could. */
  readonly recoveredFrom: string | null;
}

/** The check itself. */
export interface CheckFacts {
  readonly run: string;
  /** When it began, ISO 8601 in UTC. */
  readonly at: string;
  readonly now: Date;
  readonly found: readonly FoundHost[];
  readonly inventory: ReadonlySet<string>;
}

/** A message about a check: names, kinds, fields and causes, no values. */
export function driftMessage(news: DriftNews, check: CheckFacts): NotifyMessage {
  const { transitions, isDigest, recoveredFrom } = news;
  const { now, found, inventory } = check;
  const recovery = recoveredFrom === null ? [] : [`Until now they ended with ${recoveredFrom}.`];
  const changes = transitionLines(transitions, now);
  const state = isDigest ? digestLines(found, inventory, now) : [];
  const titles = [
    ...(recoveredFrom === null ? [] : ['drift checks can be made again']),
    ...(transitions.length > 0 ? [transitionsTitle(transitions)] : []),
  ];
  // Alone it has that as its title.
  const digest = isDigest && titles.length > 0 ? [digestTitle(found), ...state] : state;
  const outcomes: readonly NotifyOutcome[] = [
    ...DRIFT_CHANGES.filter(
      (change) =>
        (change === 'back' && recoveredFrom !== null) || transitions.some((one) => one.change === change),
    ),
    ...(isDigest ? (['digest'] as const) : []),
  ];
  return {
    id: idOf(news),
    title: titles.length > 0 ? titles.join('; ') : digestTitle(found),
    text: [recovery, changes, digest]
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => `${line}\n`).join(''))
      .join('\n'),
    outcomes,
    document: driftDocument(news, check),
  };
}

function idOf({ target, messages, transitions, isDigest, recoveredFrom }: DriftNews): string {
  const news = transitions.map(({ host, change, items }) => [host, change, items.map(({ id }) => id)]);
  return messageId(target, messages, [news, isDigest, ...(recoveredFrom === null ? [] : [recoveredFrom])]);
}

/** What changed and how everything is, for a program. */
function driftDocument(
  { transitions, isDigest, recoveredFrom }: DriftNews,
  { run, at, found }: CheckFacts,
): object {
  return {
    event: 'drift-check',
    run,
    at,
    digest: isDigest,
    recoveredFrom,
    transitions: transitions.map(({ host, change, items, reason }) => ({
      host,
      change,
      reason: reason ?? null,
      items: items.map(itemDocument),
    })),
    hosts: found.map(({ host, state, counts }) => ({ host, state, items: counts })),
  };
}

function itemDocument({ id, kind, name, cause, fields, since }: FoundItem): object {
  return { id, kind, name, cause: cause ?? null, fields, since: since ?? null };
}
