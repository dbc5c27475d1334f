import { printfWord, quote } from '../../core/quote.js';
import type { Section } from '../../core/shell.js';
import { INSTALL_BOOT_GUARD, UNDO_AFTER_BOOT } from './boot-guard.js';
import {
  CHANGES_FOLDER,
  changeFolder,
  PENDING,
  settlePending,
  STATES,
  stopTimer,
  unitsOf,
} from './host-folder.js';
import { keepScript, undoScript, type ChangeOnHost } from './undo-script.js';

/** Exit codes of the scripts here, apart from those of the programs in them. */
export const CHANGE_EXIT = {
  pending: 71,
  noTimer: 72,
  noRoom: 73,
  tooLate: 74,
  cut: 75,
  failed: 76,
} as const;

/** Shell text; a text of any length, printed by the shell itself. */
function printed(text: string): string {
  return `printf ${printfWord(Buffer.from(text))}`;
}

/** What `at` is told of `seconds`: it counts in whole minutes, and begins at any second of the first. */
function timeOfAt(seconds: number): string {
  return seconds <= DRILL_SECONDS ? 'now' : `now + ${Math.ceil(seconds / 60) + 1} minutes`;
}

/** A rehearsal is not waited for long. */
const DRILL_SECONDS = 1;

/** at(1) keeps its jobs on the disk, so one is done after a reboot too. A timer that is not running is none. */
const START_TIMER = ({
  id,
  seconds,
}: {
  id: string;
  seconds: number;
}): string => `if [ -d /run/systemd/system ]; then
  systemd-run -q --unit=${unitsOf(id).undo} --on-active=${seconds}s --timer-property=AccuracySec=100ms /bin/sh "$h_c/undo.sh" live || exit ${CHANGE_EXIT.noTimer}
  systemctl -q is-active ${unitsOf(id).undo}.timer || exit ${CHANGE_EXIT.noTimer}
else
  h_atd=
  for h_process in /proc/[0-9]*/comm; do
    { IFS= read -r h_name <"$h_process"; } 2>/dev/null && [ "$h_name" = atd ] && h_atd=1
  done
  [ -n "$h_atd" ] && command -v at >/dev/null 2>&1 && command -v setsid >/dev/null 2>&1 || exit ${CHANGE_EXIT.noTimer}
  printf '/bin/sh %s/undo.sh live\\n' "$h_c" | at -M ${timeOfAt(seconds)} || exit ${CHANGE_EXIT.noTimer}
fi`;

/**
 * Keeps what the change may alter, makes sure that it comes back after `seconds` and at the next boot, and opens the way
 * for its steps. Nothing of the change itself is done. Code {@link CHANGE_EXIT}.pending: another change is not decided; it
 * is named on stdout. .noRoom and .noTimer: with nothing left behind.
 */
export function armScript(
  change: ChangeOnHost,
  { seconds, tokenSum }: { readonly seconds: number; readonly tokenSum: string },
): string {
  const { id, areas } = change;
  const bootGuard = areas.every(({ isUndoneByBoot }) => isUndoneByBoot === true)
    ? ''
    : `( ${INSTALL_BOOT_GUARD}\n) || exit ${CHANGE_EXIT.noTimer}`;
  return `umask 077
if [ -e ${PENDING}/undo.sh ]; then
  readlink ${PENDING}
  ${UNDO_AFTER_BOOT}
  exit ${CHANGE_EXIT.pending}
fi
h_c=${quote(changeFolder(id))}
mkdir -p ${CHANGES_FOLDER} || exit ${CHANGE_EXIT.noRoom}
rm -rf ${CHANGES_FOLDER}/*
h_armed=
trap '[ -n "$h_armed" ] || { rm -f ${PENDING}; ${stopTimer(id)}; rm -rf -- "$h_c"; }' EXIT
mkdir "$h_c" || exit ${CHANGE_EXIT.noRoom}
( ${keepScript(change)}
) || exit ${CHANGE_EXIT.noRoom}
${printed(undoScript(change))} >"$h_c/undo.sh" || exit ${CHANGE_EXIT.noRoom}
printf '%s\\n' ${quote(tokenSum)} >"$h_c/arming" || exit ${CHANGE_EXIT.noRoom}
cat /proc/sys/kernel/random/boot_id >"$h_c/boot"
${bootGuard}
rm -f ${PENDING}
ln -s ${quote(`changes/${id}`)} ${PENDING} || exit ${CHANGE_EXIT.noRoom}
mv "$h_c/arming" "$h_c/${STATES.armed}"
# File by file: everything that a busy machine has not written yet may be a lot. An old sync has no operands.
find "$h_c" -type f -exec sync {} + 2>/dev/null || sync
${START_TIMER({ id, seconds })}
h_armed=1`;
}

/** What a rehearsal alters, to see it come back. */
const DECOY = '/var/lib/homelab/rehearsal';

/** Marks, on the host, that undoing a change of an area has been rehearsed there. */
const MARK = '/var/lib/homelab/rehearsed.';

/**
 * Rehearses the undo of a change that is to come: the same timer, the same script, the same services told, with one file
 * altered that nobody needs. Codes as {@link armScript}, and 1 with what was said where it does not come back.
 */
export function rehearseScript(change: ChangeOnHost): string {
  const { id, areas, login, paths } = change;
  const drill = { id: `${id}-drill`, areas, login, paths: [...paths, DECOY] };
  return `printf before >${DECOY} || exit ${CHANGE_EXIT.noRoom}
( ${armScript(drill, { seconds: DRILL_SECONDS, tokenSum: 'none' })}
printf after >${DECOY}
)
h_code=$?
[ "$h_code" = 0 ] || { rm -f ${DECOY}; exit "$h_code"; }
h_c=${quote(changeFolder(drill.id))}
h_left=${REHEARSAL_TICKS}
while [ ! -e "$h_c/${STATES.undone}" ] && [ ! -e "$h_c/failed" ] && [ "$h_left" -gt 0 ]; do
  sleep 0.1 2>/dev/null || sleep 1
  h_left=$((h_left - 1))
done
h_found=
{ IFS= read -r h_found <${DECOY}; } 2>/dev/null
rm -f ${DECOY}
if [ ! -e "$h_c/${STATES.undone}" ] || [ "$h_found" != before ]; then
  tail -n 20 "$h_c/undo.log" >&2
  exit 1
fi
for h_area in ${areas.map(({ name }) => name).join(' ')}; do : >${MARK}$h_area; done`;
}

/** Tenths of a second. at(1) looks after its jobs once a minute at worst. */
const REHEARSAL_TICKS = 750;

/** Prints the names of the areas whose undo has been rehearsed on the host. */
export const REHEARSED = `for h_file in ${MARK}*; do printf '%s ' "\${h_file#${MARK}}"; done`;

/** What `steps` ends with, so that half of them are never taken for all. */
const END_OF_STEPS = '#complete';

/** Bytes of what a step prints that are kept. */
const MOST_OUTPUT_BYTES = 64 * 1024;

/** What runs the steps: it has read all of them before it begins, and notes what each came to. */
const APPLY = `h_steps=$(cat "$h_c/steps")
rm -f "$h_c/steps"
case $h_steps in *'${END_OF_STEPS}') ;; *) exit 1 ;; esac
[ -e "$h_c/${STATES.armed}" ] || exit 1
h_step() {
  "$2" >"$h_c/out.$1" 2>"$h_c/err.$1" </dev/null
  h_code=$?
  printf '%s\\n' "$h_code" >>"$h_c/codes"
  case $3 in *" $h_code "*) return 0 ;; esac
  return 1
}
cd /
if eval "$h_steps"; then : >"$h_c/succeeded"; fi
: >"$h_c/applied"`;

/** Waits until the steps are over, or the change is undone. */
const AWAIT_STEPS = `while [ ! -e "$h_c/applied" ] && [ -e "$h_c/${STATES.armed}" ]; do sleep 0.05 2>/dev/null || sleep 1; done`;

/**
 * Hands the steps to a process of their own, outside of this login, and waits for them as long as the change is armed.
 * They travel by a pipe and are in no file: there may be secrets in them. Then as {@link resultScript}.
 */
export function applyScript(id: string, sections: readonly Section[]): string {
  const functions = sections.map(({ script }, index) => `h_do_${index}() {\n(\n${script}\n)\n}`);
  const calls = sections.map(
    ({ successCodes = [0] }, index) =>
      `h_step ${index} h_do_${index} ${quote(` ${successCodes.join(' ')} `)}`,
  );
  const steps = `${functions.join('\n')}\n${calls.join(' &&\n')}\n${END_OF_STEPS}`;
  return `umask 077
h_c=${quote(changeFolder(id))}
export h_c
mkfifo "$h_c/steps" || exit ${CHANGE_EXIT.noRoom}
printf %s ${quote(APPLY)} >"$h_c/apply.sh" || exit ${CHANGE_EXIT.noRoom}
if [ -d /run/systemd/system ]; then
  systemd-run -q --collect --unit=${unitsOf(id).apply} --setenv=h_c="$h_c" --setenv=HOME=/root --setenv=PATH="$PATH" /bin/sh "$h_c/apply.sh" || exit ${CHANGE_EXIT.cut}
else
  setsid sh -c 'echo $$ >"$h_c/apply.pid"; exec /bin/sh "$h_c/apply.sh"' >/dev/null 2>&1 </dev/null &
fi
${printed(steps)} >"$h_c/steps" || exit ${CHANGE_EXIT.cut}
${AWAIT_STEPS}
${resultScript(id)}`;
}

/** Prints, each ended by NUL: `applied` or nothing, then code, stdout and stderr of every step that ran. */
export function resultScript(id: string): string {
  return `h_c=${quote(changeFolder(id))}
if [ -e "$h_c/applied" ]; then printf applied; fi
printf '\\0'
h_n=0
[ ! -f "$h_c/codes" ] || while read -r h_code; do
  printf '%s\\0' "$h_code"
  head -c ${MOST_OUTPUT_BYTES} "$h_c/out.$h_n" | tr '\\0' ' '
  printf '\\0'
  head -c ${MOST_OUTPUT_BYTES} "$h_c/err.$h_n" | tr '\\0' ' '
  printf '\\0'
  h_n=$((h_n + 1))
done <"$h_c/codes"`;
}

/**
 * Confirms the change, whoever shows its token: it stays. Code {@link CHANGE_EXIT}.tooLate: it is being undone, or is;
 * .failed: one of its steps failed. To be run by a new login.
 */
export function confirmScript(id: string, token: string): string {
  return `h_c=${quote(changeFolder(id))}
${AWAIT_STEPS}
[ ! -e "$h_c/${STATES.confirmed}" ] || exit 0
[ -e "$h_c/succeeded" ] || [ ! -e "$h_c/${STATES.armed}" ] || exit ${CHANGE_EXIT.failed}
h_sum=$(printf %s ${quote(token)} | sha256sum)
h_armed=
{ IFS= read -r h_armed <"$h_c/${STATES.armed}"; } 2>/dev/null
[ "\${h_sum%% *}" = "$h_armed" ] && mv "$h_c/${STATES.armed}" "$h_c/${STATES.confirmed}" 2>/dev/null || exit ${CHANGE_EXIT.tooLate}
${settlePending(id)}
${stopTimer(id)}
sync "$h_c" 2>/dev/null || sync`;
}

/** Begins to undo the change at once, outside of this login. */
export function undoNowScript(id: string): string {
  return `if [ -d /run/systemd/system ]; then
  systemctl --no-block start ${unitsOf(id).undo}.service
else
  setsid /bin/sh ${quote(changeFolder(id))}/undo.sh live >/dev/null 2>&1 </dev/null &
fi`;
}

/** Prints the state of the change, `gone` without a folder, and `failed` after it where undoing it failed; then the end of what was said. */
export function stateScript(id: string): string {
  return `h_c=${quote(changeFolder(id))}
h_state=gone
for h_one in ${Object.values(STATES).join(' ')}; do
  [ ! -e "$h_c/$h_one" ] || h_state=$h_one
done
[ ! -e "$h_c/failed" ] || h_state="$h_state failed"
printf '%s\\n' "$h_state"
[ ! -f "$h_c/undo.log" ] || tail -n 20 "$h_c/undo.log"`;
}

/** Removes what was kept of a change that is decided. */
export function cleanScript(id: string): string {
  return `h_c=${quote(changeFolder(id))}
[ -e "$h_c/${STATES.armed}" ] || [ -e "$h_c/${STATES.undoing}" ] || rm -rf -- "$h_c"`;
}
