import * as z from 'zod';
import type { Fingerprints } from '../core/fingerprint.js';
import type { Item } from '../core/item.js';
import type { TaskResult } from '../core/result.js';
import type { HostSession } from './host-session.js';
import { owedBefore } from './owed-actions.js';
import type { Probed } from './probe-item.js';

const text = z.string();

/** `null`: the thing was absent. */
const seenSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('known'), fields: z.record(text, text).nullable() }),
  z.object({ is: z.enum(['unknown', 'failed', 'left-out']) }),
]);

const itemSchema = z.object({
  id: text,
  name: text,
  /** Fingerprint of the parameters. */
  wanted: text,
  /** What was observed: of each field a fingerprint. */
  seen: seenSchema,
  /** Fingerprint of what the plan said it would come to; of an action nothing. */
  shown: text,
});

const hostSchema = z.object({
  host: text,
  items: z.array(itemSchema).readonly(),
  /** Ids of the actions that earlier runs owe. */
  owed: z.array(text).readonly(),
});

/** What a plan saw and wanted, as fingerprints: enough to tell what changed since, and no more. */
export const savedPlanSchema = z.object({
  salt: text.min(1),
  /** Hosts that could be planned. */
  hosts: z.array(hostSchema).readonly(),
});

export type SavedPlan = z.output<typeof savedPlanSchema>;
export type SavedHost = z.output<typeof hostSchema>;
type Seen = z.output<typeof seenSchema>;
type SavedItem = z.output<typeof itemSchema>;

/** One host as it was planned. */
export function saveHost(session: HostSession, prints: Fingerprints): SavedHost {
  const { ledger, plays } = session.reached ?? {};
  const actions = [...(plays?.values() ?? [])].flatMap((play) => [...play.actions.values()]);
  const save = (item: Item): Omit<SavedItem, 'shown'> => ({
    id: item.id,
    name: item.name,
    wanted: prints.of(wantedOf(item), { isSecret: item.sensitive }),
    seen: seenOf(session.probed.get(item), { item, prints }),
  });
  return {
    host: session.host.name,
    items: [
      ...session.items.map((item) => ({
        ...save(item),
        shown: prints.of(shownOf(session.results.get(item)), { isSecret: item.sensitive }),
      })),
      ...actions.map((action) => ({ ...save(action), shown: '' })),
    ],
    owed: actions
      .filter((action) => ledger !== undefined && owedBefore(action, ledger) !== undefined)
      .map(({ id }) => id),
  };
}

/** What makes an item do what it does. Of what is made of others' output the parameters are examples. */
function wantedOf({ kind, params, skipReason, late, onChange, onFailure, retry, condition }: Item): unknown {
  const isConditional = condition !== undefined;
  return { kind, onChange, skipReason, onFailure, retry, isConditional, params, needs: late?.needs };
}

/** What was shown. It hinges on more than the item: facts, what packages can be had, what is there to build on. */
function shownOf(result: TaskResult | undefined): unknown {
  return { status: result?.status, changes: result?.changes.map(({ field, after }) => ({ field, after })) };
}

function seenOf(
  probed: Probed | undefined,
  { item, prints }: { readonly item: Item; readonly prints: Fingerprints },
): Seen {
  if (probed === undefined) return { is: 'left-out' };
  if (probed.is !== 'known') return { is: probed.is };
  if (probed.before === null) return { is: 'known', fields: null };
  const fields = Object.entries(probed.before).map(([field, value]) => [
    field,
    prints.of(value, { isSecret: item.sensitive }),
  ]);
  return { is: 'known', fields: Object.fromEntries(fields) as Record<string, string> };
}

/** How a host differs from its plan, in words, each naming an item. */
export interface Differences {
  /** The project wants something else by now. */
  readonly wanted: readonly string[];
  /** The host is not as it was. */
  readonly seen: readonly string[];
}

/** What changed between a plan and now. */
export function compareHosts(planned: SavedHost, now: SavedHost): Differences {
  const before = new Map(planned.items.map((item) => [item.id, item]));
  const after = new Map(now.items.map((item) => [item.id, item]));
  const gone = planned.items.filter(({ id }) => !after.has(id)).map(({ name }) => `"${name}" is gone`);
  const added = now.items.filter(({ id }) => !before.has(id)).map(({ name }) => `"${name}" is new`);
  const both = now.items.flatMap((item) => {
    const old = before.get(item.id);
    return old === undefined ? [] : [{ old, item }];
  });
  const other = both
    .filter(({ old, item }) => old.wanted !== item.wanted)
    .map(({ item }) => `"${item.name}"`);
  const kept = planned.items.filter(({ id }) => after.has(id));
  const moved = kept.some(({ id }, index) => id !== both[index]?.item.id) ? ['the order of its items'] : [];
  const owed =
    JSON.stringify(planned.owed.toSorted()) === JSON.stringify(now.owed.toSorted())
      ? []
      : ['what earlier runs owe'];
  return {
    wanted: [...gone, ...added, ...other, ...moved],
    seen: [...both.flatMap(({ old, item }) => difference(old, item)), ...owed],
  };
}

/** A difference in what was seen; else in what comes of it, which something beside the item decides. */
function difference(before: SavedItem, after: SavedItem): string[] {
  const seen = seenDifference(before, after);
  if (seen.length > 0 || before.shown === after.shown) return seen;
  return [`"${after.name}" (what it comes to)`];
}

function seenDifference({ seen: before }: SavedItem, { name, seen: after }: SavedItem): string[] {
  if (before.is !== 'known' || after.is !== 'known') return before.is === after.is ? [] : [`"${name}"`];
  if (before.fields === null || after.fields === null) {
    if (before.fields === after.fields) return [];
    return [`"${name}" (${before.fields === null ? 'is there now' : 'is gone'})`];
  }
  const names = new Set([...Object.keys(before.fields), ...Object.keys(after.fields)]);
  const fields = [...names].filter((field) => before.fields?.[field] !== after.fields?.[field]);
  return fields.length === 0 ? [] : [`"${name}" (${fields.join(', ')})`];
}
