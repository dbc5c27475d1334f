import { quote, quoteAll } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import type { LoginAccount } from '../../probes/login-account.js';
import type { GuardArea } from './guard-area.js';
import { changeFolder, settlePending, STATES, stopTimer, unitsOf } from './host-folder.js';
import { keepSingles, putBackSingles, singlePaths } from './single-paths.js';

/** A change as the scripts on its host know it. */
export interface ChangeOnHost {
  /** Unique on the host: letters, digits, dots and dashes. */
  readonly id: string;
  readonly areas: readonly GuardArea[];
  readonly login: LoginAccount;
  /** What else the change writes: absolute paths. */
  readonly paths: readonly string[];
  /** Units that it names besides. */
  readonly units?: readonly string[] | undefined;
}

/** Paths of /etc come back as a whole, folders with all that is in them. */
function isWhole(path: string): boolean {
  return path.startsWith('/etc/');
}

/** What comes back by itself: what the change writes, wherever its links lead, and the folders of the areas. */
function keptSingles({ areas, login, paths }: ChangeOnHost): readonly string[] {
  // The dot has a link to the folder followed.
  const folders = areas.flatMap((area) => area.folders?.(login) ?? []).map((folder) => `${folder}/.`);
  return singlePaths([...folders, ...paths]);
}

/** Every path that comes back, each once; what lies in another of them is not named by itself. */
export function keptPaths({ areas, login, paths }: ChangeOnHost): readonly string[] {
  const all = [...new Set([...areas.flatMap((area) => area.paths(login)), ...paths.filter(isWhole)])];
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/`)));
}

function keptUnits({ areas, units: named = [] }: ChangeOnHost): readonly string[] {
  return [...new Set([...areas.flatMap(({ units }) => units), ...named])];
}

/** Shell text that keeps, in the folder `$h_c`, all that the change may alter. Ends with code 1 where it cannot. */
export function keepScript(change: ChangeOnHost): string {
  return `mkdir "$h_c/before" || exit 1
h_n=0
for h_path in ${quoteAll(keptPaths(change))}; do
  h_n=$((h_n + 1))
  if [ -e "$h_path" ] || [ -L "$h_path" ]; then cp -a -- "$h_path" "$h_c/before/$h_n" || exit 1; fi
done
if [ -d /run/systemd/system ]; then
  for h_unit in ${quoteAll(keptUnits(change))}; do
    printf '%s %s %s\\n' "$h_unit" "$(systemctl is-enabled "$h_unit" 2>/dev/null || true)" "$(systemctl is-active "$h_unit" || true)"
  done >"$h_c/units"
fi
${keepSingles(keptSingles(change))}
${change.areas.flatMap(({ note }) => note ?? []).join('\n')}`;
}

/**
 * Puts one entry back, unless it is the same: beside its target under another name, then renamed over it. Runs as
 * `sh -c` for many entries: the copy, the path, then what `find` found in the copy.
 */
const PUT = `copy=$1 path=$2 code=0
shift 2
for from do
  to=$path\${from#"$copy"}
  if [ -d "$from" ] && [ ! -L "$from" ]; then
    [ -d "$to" ] && [ ! -L "$to" ] || { rm -rf -- "$to"; mkdir -p -- "$to" || code=1; : >"$h_c/changed"; }
    [ "$(stat -c "%a %u %g" "$to")" = "$(stat -c "%a %u %g" "$from")" ] || {
      chown "$(stat -c %u:%g "$from")" "$to" && chmod "$(stat -c %a "$from")" "$to" || code=1; : >"$h_c/changed"; }
    continue
  fi
  if [ -L "$from" ]; then
    [ -L "$to" ] && [ "$(readlink "$from")" = "$(readlink "$to")" ] && continue
  elif [ -f "$to" ] && [ ! -L "$to" ] && cmp -s "$from" "$to" &&
    [ "$(stat -c "%a %u %g" "$to")" = "$(stat -c "%a %u %g" "$from")" ]; then continue; fi
  : >"$h_c/changed"
  printf "put back %s\\n" "$to"
  if [ -d "$to" ] && [ ! -L "$to" ]; then rm -rf -- "$to"; fi
  mkdir -p -- "\${to%/*}"
  if cp -a -- "$from" "\${to%/*}/.homelab.undo" && mv -f -- "\${to%/*}/.homelab.undo" "$to"; then continue; fi
  rm -rf -- "\${to%/*}/.homelab.undo"
  cp -a -- "$from" "$to" || code=1
done
exit $code`;

/** Removes what the copy has not. The same arguments; what `find` found in the path. */
const PRUNE = `copy=$1 path=$2 code=0
shift 2
for found do
  from=$copy\${found#"$path"}
  if [ -e "$from" ] || [ -L "$from" ]; then continue; fi
  : >"$h_c/changed"
  printf "remove %s\\n" "$found"
  rm -rf -- "$found" || code=1
done
exit $code`;

/** Brings the units back: how they start, then whether they run. */
const UNITS = (reloads: readonly string[]): string => `if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || h_fail daemon-reload
  while read -r h_unit h_enabled h_active; do
    h_now=$(systemctl is-enabled "$h_unit" 2>/dev/null)
    if [ "$h_now" != "$h_enabled" ]; then
      case $h_enabled in
        enabled) systemctl unmask "$h_unit"; systemctl enable "$h_unit" || h_fail "enable $h_unit" ;;
        disabled) systemctl unmask "$h_unit"; systemctl disable "$h_unit" || h_fail "disable $h_unit" ;;
        masked) systemctl mask "$h_unit" || h_fail "mask $h_unit" ;;
        *) [ "$h_now" != masked ] || systemctl unmask "$h_unit" ;;
      esac
    fi
    [ "$h_mode" = live ] && [ -z "$h_unsound" ] || continue
    if [ "$h_active" = active ]; then
      # A socket does not start while its service runs. That comes with the next login, and sessions stay (KillMode=process).
      case $h_unit in *.socket) systemctl stop "\${h_unit%.socket}.service" 2>/dev/null ;; esac
      if ! systemctl is-active -q "$h_unit"; then
        systemctl reset-failed "$h_unit" 2>/dev/null
        systemctl start "$h_unit" || h_fail "start $h_unit"
      else
        case $h_unit in
          ${reloads.length === 0 ? "''" : reloads.join('|')})
            case $h_unit in *.socket) h_verb=restart ;; *) h_verb=reload-or-restart ;; esac
            # An sshd that was given its sockets may not find them again after a reload: a new one is started by the next login.
            ! systemctl is-active -q "\${h_unit%.service}.socket" || h_verb=stop
            systemctl "$h_verb" "$h_unit" || h_fail "$h_verb $h_unit" ;;
        esac
      fi
    elif systemctl is-active -q "$h_unit"; then
      systemctl stop "$h_unit" || h_fail "stop $h_unit"
    fi
  done <"$h_c/units"
fi`;

/**
 * The script that undoes a change unless it was confirmed: whole by itself, and done again from the start where it was cut
 * off. Its argument: `live`, or `boot` before anything runs that would have to be told.
 */
export function undoScript(change: ChangeOnHost): string {
  const { id, areas } = change;
  const reloads = areas.flatMap((area) => area.reloads ?? []);
  const checks = areas.flatMap(({ check }) => check ?? []).map((check) => `( ${check}\n) || h_unsound=1`);
  return `#!/bin/sh
# Kept by homelab: undoes a change that no new login has confirmed.
${SET_PATH}
umask 077
h_c=${quote(changeFolder(id))}
h_mode=\${1:-live}
export h_c
cd / || exit 1
exec >>"$h_c/undo.log" 2>&1 </dev/null
mv "$h_c/${STATES.armed}" "$h_c/${STATES.undoing}" 2>/dev/null || [ -e "$h_c/${STATES.undoing}" ] || exit 0
h_fail() { printf 'failed: %s\\n' "$1"; : >"$h_c/failed"; }
rm -f "$h_c/failed"
if [ -d /run/systemd/system ]; then systemctl stop ${quote(`${unitsOf(id).apply}.service`)} 2>/dev/null; fi
if [ -s "$h_c/apply.pid" ] && [ "$h_mode" = live ]; then kill -TERM "-$(cat "$h_c/apply.pid")" 2>/dev/null; fi
${putBackSingles(`sh -c ${quote(PUT)} sh`)}
h_n=0
for h_path in ${quoteAll(keptPaths(change))}; do
  h_n=$((h_n + 1))
  h_copy=$h_c/before/$h_n
  if [ -e "$h_copy" ] || [ -L "$h_copy" ]; then
    find "$h_copy" -exec sh -c ${quote(PUT)} sh "$h_copy" "$h_path" {} + || h_fail "$h_path"
    [ -L "$h_copy" ] || [ ! -d "$h_copy" ] ||
      find "$h_path" -exec sh -c ${quote(PRUNE)} sh "$h_copy" "$h_path" {} + || h_fail "$h_path"
  elif [ -e "$h_path" ] || [ -L "$h_path" ]; then
    : >"$h_c/changed"
    rm -rf -- "$h_path" || h_fail "$h_path"
  fi
done
h_unsound=
${checks.join('\n')}
[ -z "$h_unsound" ] || printf 'what was there before is not sound either: services are left alone\\n'
${UNITS(reloads)}
if [ "$h_mode" = live ] && [ -z "$h_unsound" ]; then
:
${areas.flatMap(({ revive }) => revive ?? []).join('\n')}
fi
[ ! -e "$h_c/failed" ] || exit 1
mv "$h_c/${STATES.undoing}" "$h_c/${STATES.undone}"
${settlePending(id)}
# Old passwords' hashes, and what steps printed, are nobody's to find later.
rm -rf "$h_c/before" "$h_c/single" "$h_c"/out.* "$h_c"/err.*
sync
# Where it was not the timer that began this.
${stopTimer(id)}
exit 0
`;
}
