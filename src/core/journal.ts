import * as z from 'zod';

/**
 * What a changed item owes until it has run: an action (a restart), or an item that waits for the change
 * (`when: { changed: … }`).
 */
export interface OwedAction {
  /** As {@link Item.id}: `play/action`. */
  readonly id: string;
  readonly name: string;
  /** The run whose item owes it. */
  readonly since: string;
  /** Boot id of the host then; empty where nobody knows. */
  readonly boot: string;
}

const text = z.string().max(4096);
const owedSchema = z.object({ id: text, name: text, since: text, boot: text });

/**
 * A line of a host's journal. `begin` stands before an item's first step, with what it will owe: a run that dies in
 * between has its restarts done by the next one. `end` is the last word of a run that came to its end.
 */
const entrySchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('run'), run: text, by: text, at: text }),
  z.object({ is: z.literal('begin'), id: text, name: text, owes: z.array(owedSchema).readonly() }),
  z.object({ is: z.literal('done'), id: text }),
  z.object({ is: z.literal('ran'), id: text }),
  z.object({ is: z.literal('owed'), action: owedSchema }),
  z.object({ is: z.literal('end'), owed: z.array(owedSchema).readonly() }),
]);

export type JournalEntry = z.output<typeof entrySchema>;

/** What a host's journal says about the last run that applied there. */
export interface JournalState {
  /** Undefined: no run has applied there yet, or its journal was removed. */
  readonly lastRun: { readonly run: string; readonly by: string; readonly at: string } | undefined;
  /** False: the run was cut off. */
  readonly isEnded: boolean;
  /** In the order they became owed. */
  readonly owed: readonly OwedAction[];
  /** Ids of items that were finished. */
  readonly finished: readonly string[];
  /** Names of items that had begun and were not seen to end. */
  readonly underWay: readonly string[];
}

/**
 * What is owed where `later` comes to be owed again: the earlier one stays, unless it is of another boot. Then that boot
 * may have done it, and what changed since would be forgotten with it.
 */
export function debtOf(earlier: OwedAction | undefined, later: OwedAction): OwedAction {
  return earlier !== undefined && (earlier.boot === '' || earlier.boot === later.boot) ? earlier : later;
}

/** The entries as lines, ready to be appended. */
export function journalText(entries: readonly JournalEntry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

/** What the text of a journal says. A line that is cut short or strange is passed over: it is data from a host. */
export function parseJournal(journal: string): JournalState {
  let lastRun: JournalState['lastRun'];
  let isEnded = true;
  let owed = new Map<string, OwedAction>();
  const finished: string[] = [];
  const open = new Map<string, string>();
  for (const entry of journal.split('\n').flatMap(parseLine)) {
    switch (entry.is) {
      case 'run':
        lastRun = { run: entry.run, by: entry.by, at: entry.at };
        isEnded = false;
        break;
      case 'owed':
        owed.set(entry.action.id, entry.action);
        break;
      case 'begin':
        open.set(entry.id, entry.name);
        for (const action of entry.owes) owed.set(action.id, debtOf(owed.get(action.id), action));
        break;
      case 'done':
        open.delete(entry.id);
        owed.delete(entry.id);
        finished.push(entry.id);
        break;
      case 'ran':
        owed.delete(entry.id);
        break;
      case 'end':
        isEnded = true;
        owed = new Map(entry.owed.map((action) => [action.id, action]));
        break;
    }
  }
  return { lastRun, isEnded, owed: [...owed.values()], finished, underWay: [...open.values()] };
}

function parseLine(line: string): readonly JournalEntry[] {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
