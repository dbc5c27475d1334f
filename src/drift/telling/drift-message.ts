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
  const { transitions, isDigest } = news;
  const { now, found, inventory } = check;
  const changes = transitionLines(transitions, now);
  const state = isDigest ? digestLines(found, inventory, now) : [];
  // Alone it has that as its title.
  const digest = isDigest && transitions.length > 0 ? [digestTitle(found), ...state] : state;
  const outcomes: readonly NotifyOutcome[] = [
    ...DRIFT_CHANGES.filter((change) => transitions.some((one) => one.change === change)),
    ...(isDigest ? (['digest'] as const) : []),
  ];
  return {
    id: idOf(news),
    title: transitions.length > 0 ? transitionsTitle(transitions) : digestTitle(found),
    text: [changes, digest]
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => `${line}\n`).join(''))
      .join('\n'),
    outcomes,
    document: driftDocument(news, check),
  };
}

function idOf({ target, messages, transitions, isDigest }: DriftNews): string {
  const news = transitions.map(({ host, change, items }) => [host, change, items.map(({ id }) => id)]);
  return messageId(target, messages, [news, isDigest]);
}

/** What changed and how everything is, for a program. */
function driftDocument({ transitions, isDigest }: DriftNews, { run, at, found }: CheckFacts): object {
  return {
    event: 'drift-check',
    run,
    at,
    digest: isDigest,
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
