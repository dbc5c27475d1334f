import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { ATTEMPT } from './readiness.js';

/** The program that a service runs, beside the one that is installed. */
export interface RunningVersion {
  /**
   * `none`: the service has no main process. `current`: that runs the installed file. `replaced`: it runs a file that is
   * gone since. `other`: it runs another file. `missing`: there is no such program.
   */
  readonly is: 'none' | 'current' | 'replaced' | 'other' | 'missing';
  /** First number with dots in what the running program prints; empty where it prints none or nobody asked. */
  readonly running: string;
  /** The same of the installed one. */
  readonly installed: string;
  /** The file of the main process, absolute; empty where nobody asked. */
  readonly path: string;
}

/** What keeps the service, its name there, and the program that prints its version. */
export interface RunningVersionQuestion {
  readonly init: 'systemd' | 'openrc';
  /** A full unit name, or a service of OpenRC. */
  readonly service: string;
  readonly version: readonly string[];
}

/** The key that asks it. */
export function runningVersionKey({ init, service, version }: RunningVersionQuestion): string {
  return JSON.stringify([init, service, ...version]);
}

/** Seconds until a program that prints no version is ended. */
const LIMIT_SECONDS = 10;
/** Tenths of a second until a process that was just made is the program that it is to be, proc_pid_exe(5). */
const PATIENCE = 10;

/**
 * What the main process of a {@link runningVersionKey} runs. The link `/proc/PID/exe` still starts a file that is gone. A
 * version is asked for only where the files differ. Answer: a line `INDEX IS RUNNING INSTALLED PATH` for each.
 */
export const runningVersions: Reader<RunningVersion> = {
  name: 'running-versions',
  script: (keys) => `${ATTEMPT}
${FUNCTIONS}
${keys.map((key, index) => `look ${index} ${quoteAll(JSON.parse(key) as string[])}`).join('\n')}
true`,
  parse: ({ stdout }, keys) => {
    const found = new Map<string, RunningVersion>();
    for (const line of stdout.split('\n')) {
      const [, index, is, running, installed, path] =
        /^(\d{1,9}) (none|current|replaced|other|missing) ([\d.]*) ([\d.]*) (.*)$/.exec(line) ?? [];
      if (index === undefined || running === undefined || installed === undefined || path === undefined)
        continue;
      found.set(index, { is: is as RunningVersion['is'], running, installed, path });
    }
    return keys.map((_, index) => found.get(String(index)) ?? NONE);
  },
};

const NONE: RunningVersion = { is: 'none', running: '', installed: '', path: '' };

/** supervise-daemon(8) keeps the number of its child; start-stop-daemon(8) the path of a file with it. */
const FUNCTIONS = `main_process() {
  if [ "$1" = systemd ]; then systemctl show -p MainPID --value -- "$2" 2>/dev/null; return; fi
  if [ -s "/run/openrc/options/$2/child_pid" ]; then cat "/run/openrc/options/$2/child_pid"; return; fi
  for daemon in "/run/openrc/daemons/$2"/*; do
    file=$(sed -n 's/^pidfile=//p' "$daemon" 2>/dev/null | head -n 1)
    if [ -s "$file" ]; then head -n 1 "$file"; return; fi
  done
}
version_of() {
  attempt ${LIMIT_SECONDS} "$@" </dev/null 2>&1 | head -c 65536 | grep -oE '[0-9]+(\\.[0-9]+)+' | head -n 1
}
# How the file of a process stands to a program, as $is and $path.
compare() {
  path=$(readlink "$1" 2>/dev/null)
  path=\${path%' (deleted)'}
  if [ "$1" -ef "$2" ]; then is=current; elif [ "$path" = "$3" ]; then is=replaced; else is=other; fi
}
look() {
  index=$1 pid=$(main_process "$2" "$3")
  shift 3
  case $pid in '' | 0 | *[!0-9]*) echo "$index none   "; return ;; esac
  program=$(command -v -- "$1")
  case $program in /*) ;; *) echo "$index missing   "; return ;; esac
  real=$(readlink -f "$program")
  exe=/proc/$pid/exe tries=0
  compare "$exe" "$program" "$real"
  while [ "$is" = other ] && [ -e "/proc/$pid" ] && [ "$tries" -lt ${PATIENCE} ]; do
    tries=$((tries + 1))
    sleep 0.1 2>/dev/null || sleep 1
    compare "$exe" "$program" "$real"
  done
  if [ "$is" = current ]; then echo "$index current   $path"; return; fi
  shift
  running=$(version_of "$exe" "$@")
  installed=$(version_of "$program" "$@")
  printf '%s %s %s %s %s\\n' "$index" "$is" "$running" "$installed" "$(printf %s "$path" | tr '\\n' ' ')"
}`;
