/**
 * Shell text that sets `h_state`: where homelab keeps its journal and lock on a host. It outlives reboots; root's is one
 * for all, an account without root has its own.
 */
export const STATE_FOLDER = `h_state=/var/lib/homelab
[ -w /var/lib ] || h_state=\${XDG_STATE_HOME:-$HOME/.local/state}/homelab`;

/** What stands in a lock that nobody holds. */
export const FREE = 'free';

/**
 * Shell function that sets `h_n` to the number of the newest lock, 0 where there is none, and `h_line` and `h_json` to
 * its two lines. Each owner makes the next `lock.N`; only the newest counts.
 */
export const FIND_LOCK = `h_find_lock() {
  h_n=0 h_line=${FREE} h_json=
  for h_file in "$h_state"/lock.*; do
    h_number=\${h_file##*.}
    case $h_number in *[!0-9]* | '' | ??????????*) continue ;; esac
    [ ! -f "$h_file" ] || [ "$h_number" -le "$h_n" ] || h_n=$h_number
  done
  [ "$h_n" = 0 ] || { IFS= read -r h_line && IFS= read -r h_json; } 2>/dev/null <"$h_state/lock.$h_n"
}`;

/**
 * Shell functions about the owner of a lock: a shell on the host itself, by boot id, process id and the time the process
 * began (proc_pid_stat(5), field 22), so that a number that is used again is nobody's lock. `h_is_held` is given the
 * words of a lock's first line: boot, process, start, the time until which it is away for a reboot, since when, run.
 */
export const OWNER_FUNCTIONS = `h_boot=none
{ IFS= read -r h_boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
h_now=$(date +%s)
h_started() {
  h_start=none
  { IFS= read -r h_stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -f
  set -- \${h_stat##*) }
  set +f
  h_start=\${20:-none}
}
h_is_held() {
  [ $# -ge 6 ] || return 1
  if [ "$1" = "$h_boot" ] && h_started "$2" && [ "$h_start" = "$3" ]; then return 0; fi
  [ "$4" -gt "$h_now" ] 2>/dev/null
}`;
