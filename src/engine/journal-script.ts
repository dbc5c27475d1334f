import { journalText, type JournalEntry } from '../core/journal.js';
import { printfWord } from '../core/quote.js';
import { STATE_FOLDER } from '../probes/state-folder.js';

/** An old sync has no operands and syncs everything, which is slower and as good. */
const SYNC = 'sync "$h_state/journal" 2>/dev/null || sync';

/** Shell text that begins the journal anew with `entries`: the old one or the new one is there, never half of one. */
export function beginJournal(entries: readonly JournalEntry[]): string {
  return `${STATE_FOLDER}
umask 077
printf ${wordOf(journalText(entries))} >"$h_state/journal.new" && mv -f "$h_state/journal.new" "$h_state/journal" || exit 1
${SYNC}`;
}

/** Shell text that appends `entries` and returns when they are on the disk. */
export function appendDurably(entries: readonly JournalEntry[]): string {
  return `${append(entries)} || exit 1
${SYNC}`;
}

/**
 * Shell text that appends `entries`. Losing them makes a restart happen twice, and nothing worse. They begin a line of
 * their own: where a full disk cut the one before them short, it does not take them along.
 */
export function append(entries: readonly JournalEntry[]): string {
  return `${STATE_FOLDER}
printf ${wordOf(`\n${journalText(entries)}`)} >>"$h_state/journal"`;
}

function wordOf(text: string): string {
  return printfWord(Buffer.from(text));
}
