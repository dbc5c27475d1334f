import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** What an OpenRC service does. `failed`: its daemon is gone though nobody stopped it. */
export type OpenrcActivity =
  'started' | 'stopped' | 'starting' | 'stopping' | 'inactive' | 'failed' | 'unknown';

/** A service as OpenRC sees it, rc-service(8) and rc-update(8). */
export interface OpenrcService {
  readonly activity: OpenrcActivity;
  /** The run levels on the way of a normal boot that start it: `sysinit`, `boot`, `default`. */
  readonly runlevels: readonly string[];
  /** Whether its script is one of openrc-run(8); else it is one of an LSB system, whose exit codes mean other things. */
  readonly isOpenrcScript: boolean;
  /** Whether its script speaks of a command `reload`. */
  readonly canReload: boolean;
}

/** Run levels that a machine passes on its way up. */
const BOOT_RUNLEVELS = ['sysinit', 'boot', 'default'] as const;

/**
 * The service of a name without suffix (`sshd`); null where it has no script. One `rc-service` for each, since every
 * script answers for itself. Answer: a line `INDEX CODE MARK KIND RELOAD RUNLEVEL…` for each that is there.
 */
export const openrcServices: Reader<OpenrcService | null> = {
  name: 'openrc-services',
  script: (keys) => `set -- ${quoteAll(keys)}
index=0
for name do
  script=
  for folder in /etc/init.d /usr/local/etc/init.d; do
    if [ -z "$script" ] && [ -x "$folder/$name" ] && [ ! -d "$folder/$name" ]; then script=$folder/$name; fi
  done
  if [ -n "$script" ]; then
    mark=- kind=lsb reload=- levels=
    for one in starting stopping inactive started; do
      if [ "$mark" = - ] && [ -e "/run/openrc/$one/$name" ]; then mark=$one; fi
    done
    first=
    IFS= read -r first <"$script"
    case $first in *openrc-run*|*runscript*) kind=openrc ;; esac
    if grep -Eq '^([^#]*[^#a-z_-])?reload([^a-z_-]|$)' -- "$script"; then reload=reload; fi
    for level in ${BOOT_RUNLEVELS.join(' ')}; do
      if [ -L "/etc/runlevels/$level/$name" ] || [ -e "/etc/runlevels/$level/$name" ]; then levels="$levels $level"; fi
    done
    rc-service -- "$name" status </dev/null >/dev/null 2>&1
    printf '%s %s %s %s %s%s\\n' "$index" "$?" "$mark" "$kind" "$reload" "$levels"
  fi
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const found = new Map<string, OpenrcService>();
    for (const line of stdout.split('\n')) {
      const [, index, code, mark, kind, reload, levels] =
        /^(\d{1,9}) (\d{1,3}) (\S+) (openrc|lsb) (reload|-)((?: [a-z]+)*)$/.exec(line) ?? [];
      if (index === undefined || levels === undefined) continue;
      const isOpenrcScript = kind === 'openrc';
      found.set(index, {
        activity: activityOf(Number(code), mark ?? '-', isOpenrcScript),
        runlevels: BOOT_RUNLEVELS.filter((level) => levels.split(' ').includes(level)),
        isOpenrcScript,
        canReload: reload === 'reload',
      });
    }
    return keys.map((_, index) => found.get(String(index)) ?? null);
  },
};

/** Exit codes of `status` of openrc-run(8). */
const OPENRC_CODES: Readonly<Record<number, OpenrcActivity>> = {
  0: 'started',
  3: 'stopped',
  4: 'stopping',
  8: 'starting',
  16: 'inactive',
  32: 'failed',
  // A supervised daemon without its supervisor.
  64: 'failed',
};

/** Exit codes of `status` of an init script, Linux Standard Base Core 5.0, 22.2. 1 and 2: dead, with a file that says otherwise. */
const LSB_CODES: Readonly<Record<number, OpenrcActivity>> = {
  0: 'started',
  1: 'failed',
  2: 'failed',
  3: 'stopped',
};

function activityOf(code: number, mark: string, isOpenrcScript: boolean): OpenrcActivity {
  // A script that knows no `status` fails; then OpenRC's own mark is all there is.
  if (isOpenrcScript) return OPENRC_CODES[code] ?? byMark(mark);
  const said = LSB_CODES[code] ?? byMark(mark);
  return said === 'failed' && mark !== 'started' ? 'stopped' : said;
}

function byMark(mark: string): OpenrcActivity {
  if (mark === '-') return 'stopped';
  return ['started', 'starting', 'stopping', 'inactive'].includes(mark)
    ? (mark as OpenrcActivity)
    : 'unknown';
}
