import { quote } from '../core/quote.js';
import { FIND_LOCK, FREE, OWNER_FUNCTIONS, STATE_FOLDER } from '../probes/state-folder.js';

/** Exit codes of the scripts here, apart from those of the programs in them. */
export const LOCK_EXIT = { held: 61, lost: 62, broken: 63 } as const;

/** How often a lock is tried for, where others come and go at the same time. */
const MOST_TRIES = 50;

export interface LockRequest {
  readonly run: string;
  /** Who asks, as one line of JSON. */
  readonly owner: string;
  /** First line of a lock that may be taken though its shell on the host lives, as long as that runs nothing. */
  readonly breakable?: string | undefined;
}

/**
 * Shell function that sets `h_does` to what the shell that owns a lock is at: `idle`, `busy` (it has children, see
 * proc_pid_children(5), or nobody can tell), or `away`.
 */
const SEE_OWNER = `h_see() {
  h_does=idle
  if [ ! -d "/proc/$1" ]; then h_does=away
  elif h_children=$(cat "/proc/$1/task/$1/children" 2>/dev/null); then [ -z "$h_children" ] || h_does=busy
  else h_does=busy; fi
}`;

/** A lock that was taken: its number and its first line, as {@link takeLock} prints them. */
export type TakenLock = string;

/**
 * Takes the lock of the host for the shell that runs this. Every owner makes a lock of the next number, whole under
 * another name and then linked, which only one can do (link(2)); the newest counts. A released lock stays, with `free` in
 * it, until there is a newer one: so whoever was slow to judge an older one finds the newer, and takes its own back.
 *
 * Code 0: a {@link TakenLock}, then the journal. Code {@link LOCK_EXIT}.held: seconds it has been held, `idle`, `busy`
 * or `away`, then its two lines.
 */
export function takeLock({ run, owner, breakable = '' }: LockRequest): string {
  return `${STATE_FOLDER}
${OWNER_FUNCTIONS}
${FIND_LOCK}
${SEE_OWNER}
umask 077
mkdir -p "$h_state" || exit ${LOCK_EXIT.broken}
h_started $$ || true
h_mine="$h_boot $$ $h_start 0 $h_now ${run}"
h_new=$h_state/new.$$
printf '%s\\n%s\\n' "$h_mine" ${quote(owner)} >"$h_new" || exit ${LOCK_EXIT.broken}
trap 'rm -f "$h_new"' EXIT
h_left=${MOST_TRIES}
while :; do
  h_left=$((h_left - 1))
  if [ "$h_left" = 0 ]; then
    printf 'cannot make a lock in %s\\n' "$h_state" >&2
    exit ${LOCK_EXIT.broken}
  fi
  h_find_lock
  set -f
  set -- $h_line
  set +f
  if [ "\${6:-}" = ${quote(run)} ]; then
    mv -f "$h_new" "$h_state/lock.$h_n" && break
  fi
  if h_is_held "$@"; then
    h_see "$2"
    if [ "$h_does" = busy ] || [ "$h_line" != ${quote(breakable)} ]; then
      printf '%s\\n%s\\n%s\\n%s\\n' "$((h_now - $5))" "$h_does" "$h_line" "$h_json"
      exit ${LOCK_EXIT.held}
    fi
    [ "$h_does" = away ] || kill -HUP "$2"
  fi
  h_next=$((h_n + 1))
  ln "$h_new" "$h_state/lock.$h_next" 2>/dev/null || continue
  h_find_lock
  if [ "$h_n" = "$h_next" ]; then break; fi
  rm -f "$h_state/lock.$h_next"
done
for h_file in "$h_state"/lock.*; do
  [ "$h_file" = "$h_state/lock.$h_n" ] || rm -f "$h_file"
done
printf '%s %s\\n' "$h_n" "$h_mine"
[ ! -f "$h_state/journal" ] || cat "$h_state/journal"`;
}

/** Shell text that ends with {@link LOCK_EXIT}.lost unless the lock is still ours. */
export function holdsLock(taken: TakenLock): string {
  const { number, line } = partsOf(taken);
  return `${STATE_FOLDER}
h_line=
{ IFS= read -r h_line <"$h_state/lock.${number}"; } 2>/dev/null
[ "$h_line" = ${quote(line)} ] && [ ! -e "$h_state/lock.${number + 1}" ] || exit ${LOCK_EXIT.lost}`;
}

/** Marks the lock, which is ours, as that of a host that is away for a reboot for so many seconds. */
export function leaveLockFor(taken: TakenLock, seconds: number): string {
  const { number, line } = partsOf(taken);
  const [boot = '', pid = '', start = '', , since = '', run = ''] = line.split(' ');
  const until = `"$(($(date +%s) + ${Math.ceil(seconds)}))"`;
  return `${holdsLock(taken)}
umask 077
{ printf '%s ' ${quote(boot)} ${quote(pid)} ${quote(start)} ${until}; printf '%s %s\\n' ${quote(since)} ${quote(run)}
  tail -n +2 "$h_state/lock.${number}"; } >"$h_state/new.$$" && mv -f "$h_state/new.$$" "$h_state/lock.${number}"`;
}

/** Releases the lock, where it is still ours, after the shell text `last` has run. */
export function releaseLock(taken: TakenLock, last = 'true'): string {
  const { number } = partsOf(taken);
  return `${holdsLock(taken)}
${last}
umask 077
printf '${FREE}\\n' >"$h_state/new.$$" && mv -f "$h_state/new.$$" "$h_state/lock.${number}"`;
}

/**
 * Looks at the newest lock without touching it. Prints nothing where it is free, else its number, `idle`, `busy`, `away`
 * or `dead`, the seconds since it was taken, and its two lines.
 */
export function lookAtLock(): string {
  return `${STATE_FOLDER}
${OWNER_FUNCTIONS}
${FIND_LOCK}
${SEE_OWNER}
h_find_lock
if [ "$h_line" = ${FREE} ]; then exit 0; fi
set -f
set -- $h_line
set +f
h_does=dead
if h_is_held "$@"; then h_see "$2"; fi
h_age=0
case \${5:-x} in *[!0-9]*) ;; *) h_age=$((h_now - $5)) ;; esac
printf '%s\\n%s\\n%s\\n%s\\n%s\\n' "$h_n" "$h_does" "$h_age" "$h_line" "$h_json"`;
}

/** Frees a lock whoever holds it, as long as it is still the one with that number and first line. */
export function breakLock(number: number, line: string): string {
  return `${STATE_FOLDER}
${FIND_LOCK}
h_find_lock
[ "$h_n" = ${number} ] && [ "$h_line" = ${quote(line)} ] || exit ${LOCK_EXIT.lost}
umask 077
printf '${FREE}\\n' >"$h_state/new.$$" && mv -f "$h_state/new.$$" "$h_state/lock.${number}"`;
}

/** What a host said it took is put into scripts quoted, its number as a number. */
function partsOf(taken: TakenLock): { number: number; line: string } {
  const at = taken.indexOf(' ');
  return { number: Number.parseInt(taken, 10) || 0, line: taken.slice(at + 1) };
}
