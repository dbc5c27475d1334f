import { printfWord, quote } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import { OWNER_FUNCTIONS } from '../../probes/state-folder.js';
import type { HostJob } from './upgrade-job.js';

/** Where jobs are kept on a host: root's, and it outlives reboots. */
export const JOBS_FOLDER = '/var/lib/homelab/jobs';

/** Exit codes of the scripts here. */
export const JOB_EXIT = { noRoom: 73, notStarted: 72, isRunning: 75 } as const;

/** Jobs whose folders stay for people when a further one is started. */
const MOST_KEPT = 5;
/**
 * Of what a job prints the beginning is kept, as so many reads of 1 KiB at most, and the end, in bytes: a chatty package must
 * not fill the disk.
 */
const BEGINNING_READS = 8192;
const END_BYTES = 16 * 1024;
/** Seconds in which a job that was told to end may do so by itself. */
const GRACE_SECONDS = 30;
/** Seconds in which a shutdown waits for it: as apt-daily-upgrade.service has it. */
const SHUTDOWN_SECONDS = 900;
/** Tenths of a second until a job that was started has to show itself. */
const PATIENCE = 300;
/** Exit code of a job that took too long, as timeout(1) has it. */
const LATE_CODE = 124;

/**
 * Sets `$h_job`; `h_lives FILE` says whether the process is there that wrote its boot id, process id and start into FILE,
 * and `h_runs` whether the job is: the process that looks after it, or what that has left behind.
 */
const functions = (id: string): string => `${SET_PATH}
h_job=${quote(`${JOBS_FOLDER}/${id}`)}
${OWNER_FUNCTIONS}
h_lives() {
  h_words=
  { IFS= read -r h_words <"$1"; } 2>/dev/null || return 1
  h_of=\${h_words%% *} h_words=\${h_words#* }
  case \${h_words%% *} in '' | *[!0-9]*) return 1 ;; esac
  [ "$h_of" = "$h_boot" ] && h_started "\${h_words%% *}" && [ "$h_start" = "\${h_words#* }" ] || return 1
  # Ended, and nobody has asked for its exit code.
  case \${h_stat##*) } in [ZX]*) return 1 ;; esac
}
h_runs() { h_lives "$1/owner" || h_lives "$1/child"; }
h_nap() { sleep 0.1 2>/dev/null || sleep 1; }
h_keep() { sync "$1" 2>/dev/null || sync; }`;

/**
 * What looks after a job. Whoever links its own name to `owner` first is the only one that ever runs it. Signals are caught,
 * not ignored, and the script is no background process: what is ignored would be so in every daemon that a package starts.
 * The files that it writes to are there from the beginning, so that it comes to its end where the disk is full.
 */
const runner = ({ id, limitSeconds }: HostJob): string => `cd /
umask 077
${functions(id)}
h_mark() { h_started "$1" && printf '%s %s %s\\n' "$h_boot" "$1" "$h_start" >"$2"; }
if [ "$1" = child ]; then
  h_mark $$ "$h_job/child"
  umask 022
  exec sh "$h_job/script"
fi
trap : HUP INT TERM
h_mark $$ "$h_job/owner.$$" && ln "$h_job/owner.$$" "$h_job/owner" 2>/dev/null || exit 0
printf '   \\n' >"$h_job/exit.new" && : >"$h_job/output" && : >"$h_job/end" && mkfifo "$h_job/pipe" || exit ${JOB_EXIT.noRoom}
h_keep "$h_job/exit.new"
# Reads on to the end, whatever there is room for: who writes into a closed pipe is killed.
(
  {
    # Unlike head(1) it writes what it has got at once.
    dd bs=1024 count=${BEGINNING_READS} 2>/dev/null
    tail -c ${END_BYTES} >"$h_job/end"
    cat >/dev/null
  } <"$h_job/pipe" >"$h_job/output"
  : >"$h_job/read"
) &
# All that came from process $1, itself included.
h_tree() {
  h_found=" $1 " h_more=1
  while [ -n "$h_more" ]; do
    h_more=
    for h_file in /proc/[0-9]*/stat; do
      { IFS= read -r h_stat <"$h_file"; } 2>/dev/null || continue
      h_pid=\${h_file#/proc/} h_pid=\${h_pid%/stat} h_stat=\${h_stat##*) } h_stat=\${h_stat#? }
      case $h_found in *" $h_pid "*) continue ;; esac
      case $h_found in *" \${h_stat%% *} "*) h_found="$h_found$h_pid " h_more=1 ;; esac
    done
  done
}
(
  trap 'kill "$h_sleep" 2>/dev/null; exit' TERM
  sleep ${limitSeconds} &
  h_sleep=$!
  wait "$h_sleep"
  h_lives "$h_job/child" || exit
  : >"$h_job/late"
  # Found before the first of them ends: what loses its parent is nobody's any more.
  h_lives "$h_job/child" && h_tree "\${h_words%% *}" || exit
  kill -TERM $h_found 2>/dev/null
  h_left=${GRACE_SECONDS}0
  while h_lives "$h_job/child" && [ "$h_left" -gt 0 ]; do h_nap; h_left=$((h_left - 1)); done
  for h_pid in $h_found; do kill -KILL "$h_pid" 2>/dev/null; done
) </dev/null &
h_watch=$!
sh "$h_job/runner" child </dev/null >"$h_job/pipe" 2>&1
h_code=$?
if [ -e "$h_job/late" ]; then wait "$h_watch"; h_code=${LATE_CODE}; else kill "$h_watch" 2>/dev/null; fi
h_left=20
while [ ! -e "$h_job/read" ] && [ "$h_left" -gt 0 ]; do h_nap; h_left=$((h_left - 1)); done
printf '%3d\\n' "$h_code" 1<>"$h_job/exit.new"
h_keep "$h_job/exit.new"
mv -f "$h_job/exit.new" "$h_job/exit"
h_keep "$h_job"`;

/**
 * Shell text that starts the job where nobody has, and returns once it runs. Outside of the login: as a unit of systemd, which
 * a shutdown waits for; elsewhere in a session of its own. Codes: {@link JOB_EXIT}.
 */
export function startScript(job: HostJob): string {
  const { id, script } = job;
  return `umask 077
${functions(id)}
mkdir -p "$h_job" || exit ${JOB_EXIT.noRoom}
if [ ! -e "$h_job/owner" ]; then
  ls -t ${JOBS_FOLDER} | while IFS= read -r h_name; do
    case $h_name in ${quote(id)} | '' | .* | -* | *[!A-Za-z0-9.-]*) continue ;; esac
    h_kept=$((\${h_kept:-0} + 1))
    [ "$h_kept" -le ${MOST_KEPT} ] || h_runs "${JOBS_FOLDER}/$h_name" || rm -rf "${JOBS_FOLDER}/$h_name"
  done
  h_put() { cat >"$h_job/$1.$$" && mv -f "$h_job/$1.$$" "$h_job/$1" && h_keep "$h_job/$1" || exit ${JOB_EXIT.noRoom}; }
  printf ${printfWord(Buffer.from(`${script}\n`))} | h_put script || exit ${JOB_EXIT.noRoom}
  printf ${printfWord(Buffer.from(`${runner(job)}\n`))} | h_put runner || exit ${JOB_EXIT.noRoom}
  if [ -d /run/systemd/system ]; then
    h_said=$(systemd-run -q --collect --unit=${quote(`homelab-job-${id}`)} --setenv=HOME=/root -p KillMode=process \\
      -p TimeoutStopSec=${SHUTDOWN_SECONDS} -p IgnoreSIGPIPE=no /bin/sh "$h_job/runner" run 2>&1)
  elif command -v setsid >/dev/null 2>&1; then
    h_said=
    setsid sh "$h_job/runner" run </dev/null >/dev/null 2>&1 &
  else
    h_said='there is neither systemd nor the program setsid'
  fi
  h_left=${PATIENCE}
  while [ ! -e "$h_job/owner" ] && [ -z "$h_said" ] && [ "$h_left" -gt 0 ]; do h_nap; h_left=$((h_left - 1)); done
  # Somebody else may have started it at the same time.
  [ -e "$h_job/owner" ] || { printf '%s\\n' "$h_said" >&2; exit ${JOB_EXIT.notStarted}; }
fi`;
}

/** Shell text that prints how far the job is, `ended` with its exit code; then the end of what it printed. */
export function lookScript(id: string): string {
  return `${functions(id)}
[ -e "$h_job/owner" ] || { echo unknown; exit 0; }
h_state=lost
# Asked before and after: it may end meanwhile.
if [ ! -e "$h_job/exit" ] && h_runs "$h_job"; then h_state=running; fi
if [ -e "$h_job/exit" ]; then read -r h_code <"$h_job/exit"; h_state="ended $h_code"; fi
printf '%s\\n' "$h_state"
cat "$h_job/output" "$h_job/end" 2>/dev/null | tail -c ${END_BYTES}`;
}

/** Shell text that removes what is kept of the job. Code {@link JOB_EXIT}.isRunning: it is not over. */
export function forgetScript(id: string): string {
  return `${functions(id)}
[ -e "$h_job/exit" ] || ! h_runs "$h_job" || exit ${JOB_EXIT.isRunning}
rm -rf "$h_job"`;
}
