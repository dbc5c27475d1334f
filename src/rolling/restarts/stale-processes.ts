import { HomelabError } from '../../core/errors.js';
import type { Reader } from '../../core/reader.js';

/** A process that runs code of a file that is gone. */
export interface StaleProcess {
  readonly pid: number;
  /** The first such file that was found. */
  readonly file: string;
  /** What keeps it. `other`: nothing of this system, e.g. a container. */
  readonly of:
    | { readonly is: 'init' }
    | { readonly is: 'service'; readonly unit: string }
    | { readonly is: 'session' }
    | { readonly is: 'other' };
}

/** What a host says about processes that an upgrade has left behind. */
export interface StaleProcesses {
  readonly processes: readonly StaleProcess[];
  /** Units that needrestart(1) names, where it is installed: it knows of scripts as well. */
  readonly named: readonly string[];
}

/**
 * Processes with code mapped from files that are gone, below the folders of packages; proc_pid_maps(5). One grep over all.
 * To each its control groups, and that of process 1, below which all others are. OpenRC: the process that a service is known by.
 * Answer: `map=PID FILE`, `group=PID GROUPS`, `main=PID SERVICE`, `root=GROUPS`, `svc=UNIT`, `end=`, one a line.
 */
export const staleProcesses: Reader<StaleProcesses> = {
  name: 'stale-processes',
  script:
    () => `grep -sE '^[^ ]+ ..x. .* /((usr/)?(lib|lib32|lib64|libx32|bin|sbin|libexec)|usr/local|opt)/.* \\(deleted\\)$' /proc/[0-9]*/maps |
  sed -nE 's|^/proc/([0-9]+)/maps:([^ ]+ +){5}(/.*) \\(deleted\\)$|\\1 \\3|p' | sort -u -k 1,1 |
  while IFS= read -r line; do
    pid=\${line%% *}
    printf 'map=%s\\n' "$line"
    printf 'group=%s %s\\n' "$pid" "$(tr '\\n' ' ' <"/proc/$pid/cgroup" 2>/dev/null)"
    parent=$(sed -n 's/^PPid:[^0-9]*//p' "/proc/$pid/status" 2>/dev/null)
    printf 'parent=%s %s\\n' "$pid" "$parent"
  done
printf 'root=%s\\n' "$(tr '\\n' ' ' </proc/1/cgroup 2>/dev/null)"
for daemon in /run/openrc/daemons/*/*; do
  [ -f "$daemon" ] || continue
  file=$(sed -n 's/^pidfile=//p' "$daemon" | head -n 1)
  service=\${daemon%/*}
  if [ -s "$file" ]; then printf 'main=%s %s\\n' "$(head -n 1 "$file")" "\${service##*/}"; fi
done
for child in /run/openrc/options/*/child_pid; do
  service=\${child%/*}
  if [ -s "$child" ]; then printf 'main=%s %s\\n' "$(head -n 1 "$child")" "\${service##*/}"; fi
done
if command -v needrestart >/dev/null 2>&1; then
  needrestart -b -l -r l 2>/dev/null </dev/null | sed -n 's/^NEEDRESTART-SVC: */svc=/p'
fi
printf 'end=\\n'`,
  parse: ({ stdout }, keys) => {
    const lines = stdout.split('\n');
    if (!lines.includes('end=')) throw noAnswer();
    const rows = (name: string): string[] =>
      lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
    const pairs = (name: string): Map<string, string> =>
      new Map(
        rows(name).flatMap((row): [string, string][] => {
          const [, pid, rest] = /^(\d{1,9}) (.*)$/.exec(row) ?? [];
          return pid === undefined || rest === undefined ? [] : [[pid, rest.trim()]];
        }),
      );
    const world: World = {
      groups: pairs('group'),
      parents: pairs('parent'),
      mains: pairs('main'),
      root: groupsOf(rows('root')[0] ?? ''),
    };
    const processes = [...pairs('map')].map(([pid, file]) => ({
      pid: Number(pid),
      file: file.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200),
      of: ownerOf(pid, world),
    }));
    const named = [...new Set(rows('svc').filter(isUnit))];
    return keys.map(() => ({ processes, named }));
  },
};

interface World {
  readonly groups: ReadonlyMap<string, string>;
  readonly parents: ReadonlyMap<string, string>;
  /** Services of OpenRC by the process that they are known by. */
  readonly mains: ReadonlyMap<string, string>;
  readonly root: readonly string[];
}

/** Paths of the control groups that a service manager makes: of `name=systemd`, `name=openrc`, and the unified one. */
function groupsOf(text: string): readonly string[] {
  return text.split(' ').flatMap((entry) => {
    const [, path] = /^\d+:(?:name=systemd|name=openrc)?:(\/.*)$/.exec(entry) ?? [];
    return path === undefined ? [] : [path];
  });
}

function ownerOf(pid: string, { groups, parents, mains, root }: World): StaleProcess['of'] {
  if (pid === '1') return { is: 'init' };
  const service = mains.get(pid) ?? mains.get(parents.get(pid) ?? '');
  if (service !== undefined && isUnit(service)) return { is: 'service', unit: service };
  // Process 1 is in /init.scope of where all the others are: in a container that may be further down.
  const prefixes = root.map((path) => path.replace(/\/init\.scope$/, '').replace(/\/$/, ''));
  for (const path of groupsOf(groups.get(pid) ?? '')) {
    const inner = prefixes.find((prefix) => path.startsWith(`${prefix}/`)) ?? '';
    const owner = ownerByGroup(path.slice(inner.length));
    if (owner.is !== 'other') return owner;
  }
  return { is: 'other' };
}

function ownerByGroup(path: string): StaleProcess['of'] {
  const [first = '', ...rest] = path.slice(1).split('/');
  if (first === 'user.slice') return { is: 'session' };
  // A container below the service that started it has files of its own.
  if (/libpod|docker-|crio-|cri-containerd/.test(path)) return { is: 'other' };
  const openrc =
    /^openrc\.([\w.-]+)$/.exec(first)?.[1] ??
    (rest.length === 0 && /^[\w-]+$/.test(first) ? first : undefined);
  if (openrc !== undefined && isUnit(openrc)) return { is: 'service', unit: openrc };
  // Of slices the first service below: what is further down is its own business.
  const parts = [first, ...rest];
  const at = parts.findIndex((part) => !part.endsWith('.slice'));
  const unit = parts[at];
  return unit !== undefined && unit.endsWith('.service') && isUnit(unit)
    ? { is: 'service', unit }
    : { is: 'other' };
}

function isUnit(text: string): boolean {
  return /^[A-Za-z0-9][\w@.:\\-]{0,200}$/.test(text);
}

function noAnswer(): HomelabError {
  return new HomelabError({
    code: 'rolling/no-answer',
    message: 'the host did not tell which services run what was replaced',
    hint: 'homelab needs `grep`, `sed` and `sort` in the PATH of the host.',
  });
}
