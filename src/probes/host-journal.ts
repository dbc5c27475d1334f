import { parseJournal, type JournalState } from '../core/journal.js';
import type { Reader } from '../core/reader.js';
import { parseRunOwner, type RunOwner } from '../core/run-owner.js';
import { FIND_LOCK, FREE, OWNER_FUNCTIONS, STATE_FOLDER } from './state-folder.js';

/** A lock whose owner lives. */
export interface LiveLock {
  /** Undefined where the lock does not say in a way that can be read. */
  readonly owner: RunOwner | undefined;
  readonly ageSeconds: number;
}

/** What homelab keeps on a host. */
export interface HostRecord {
  readonly boot: string;
  /** Undefined: nobody applies there now; a lock whose owner is dead counts as none. */
  readonly lock: LiveLock | undefined;
  readonly journal: JournalState;
  /** The journal as it is, to see whether it changed. */
  readonly journalText: string;
}

/**
 * The lock and the journal of homelab on a host. The key says nothing. A host without them costs no process. Answer:
 * boot id, age and owner of a live lock (or two empty lines), then the journal.
 */
export const hostRecord: Reader<HostRecord> = {
  name: 'host-record',
  script: () => `${STATE_FOLDER}
${FIND_LOCK}
h_boot=none h_age= h_owner=
{ IFS= read -r h_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
h_find_lock
if [ "$h_line" != ${FREE} ]; then
${OWNER_FUNCTIONS}
  set -f
  set -- $h_line
  set +f
  if h_is_held "$@"; then h_age=$((h_now - $5)) h_owner=$h_json; fi
fi
printf '%s\\n%s\\n%s\\n' "$h_boot" "$h_age" "$h_owner"
[ ! -f "$h_state/journal" ] || cat "$h_state/journal"`,
  parse: ({ stdout }, keys) => {
    const [boot = '', age = '', owner = '', ...rest] = stdout.split('\n');
    const journalText = rest.join('\n');
    const lock =
      age === '' ? undefined : { owner: parseRunOwner(owner), ageSeconds: Math.max(0, Number(age) || 0) };
    const record = { boot, lock, journal: parseJournal(journalText), journalText };
    return keys.map(() => record);
  },
};
