import type { Facts } from '../../core/facts.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost } from '../ask-host.js';
import { spaceObstacles } from './disk-space.js';
import type { Obstacle, PendingUpgrade } from './upgrade-system.js';

/** A kernel with its initial RAM disk, and what is written beside the old one while that is made. */
const KERNEL_BYTES = 100 * 1024 * 1024;
const MOST_NAMED = 5;

/** What apt and dpkg lock; who does is told by proc_locks(5), by inode. A process of another namespace is 0 there. */
const LOCKS =
  '/var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock';

/** Shell text for a loop over locks that are held, with `$lock`, `$pid` and `$name`. */
const SCRIPT = `for lock in ${LOCKS}; do
  inode=$(stat -c %i "$lock" 2>/dev/null) || continue
  pid=$(sed -nE "s/^[0-9]+: [A-Z]+ +[A-Z]+ +WRITE ([0-9]+) [^ ]*:$inode .*/\\\\1/p" /proc/locks 2>/dev/null | head -n 1)
  [ -n "$pid" ] || continue
  name=
  { IFS= read -r name <"/proc/$pid/comm"; } 2>/dev/null
  printf 'lock:%s\\t%s\\t%s\\n' "$lock" "$pid" "$name"
done
dpkg-query -W -f 'package:\${db:Status-Status}\\t\${db:Status-Eflag}\\t\${binary:Package}\\n' 2>/dev/null |
  grep -v "^package:\\(installed\\|config-files\\|not-installed\\)$(printf '\\t')ok"
for file in /var/lib/dpkg/updates/[0-9]*; do
  if [ -e "$file" ]; then echo journal:; break; fi
done
true`;

/** What keeps apt from working, see `obstacles` of an upgrade system. */
export async function aptObstacles(
  shell: RemoteShell,
  _facts: Facts,
  { needsBytes, fetchBytes = needsBytes, bringsKernel }: PendingUpgrade,
): Promise<readonly Obstacle[]> {
  const { stdout } = await askHost(shell, SCRIPT);
  const lines = stdout.split('\n');
  const space = await spaceObstacles(shell, [
    { path: '/var/cache/apt', bytes: fetchBytes },
    { path: '/var/cache/apt/archives', bytes: fetchBytes },
    { path: '/var/lib/dpkg', bytes: needsBytes },
    { path: '/usr', bytes: needsBytes },
    { path: '/etc', bytes: 0 },
    ...(bringsKernel ? [{ path: '/boot', bytes: KERNEL_BYTES }] : []),
  ]);
  // One process holds several locks at a time.
  const locks = new Map(
    lines
      .flatMap(parseLock)
      .toReversed()
      .map((lock) => [lock.pid, lock]),
  );
  return [...[...locks.values()].map(lockObstacle), ...brokenPackages(lines), ...space];
}

interface Lock {
  readonly path: string;
  readonly pid: string;
  readonly name: string;
}

function parseLock(line: string): Lock[] {
  const [, path, pid, name] = /^lock:([a-z/-]+)\t(\d{1,9})\t([\w .:()/-]*)/.exec(line) ?? [];
  return path === undefined || pid === undefined ? [] : [{ path, pid, name: name ?? '' }];
}

function lockObstacle({ path, pid, name }: Lock): Obstacle {
  const who = pid === '0' ? 'a process' : `process ${pid}${name === '' ? '' : ` (${name})`}`;
  return {
    message: `${who} holds ${path}`,
    hint: 'Something else installs packages there. Wait until it has ended; on timers of apt see `systemctl list-timers`.',
  };
}

function brokenPackages(lines: readonly string[]): Obstacle[] {
  const names = lines.flatMap((line) => {
    const [, status, name] = /^package:([a-z-]+)\t[a-z]+\t([a-z0-9][a-z0-9+.:-]*)$/.exec(line) ?? [];
    return status === undefined || name === undefined ? [] : [`${name} (${status})`];
  });
  if (names.length === 0 && !lines.includes('journal:')) return [];
  const more = names.length - MOST_NAMED;
  const named = names.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return [
    {
      message:
        names.length === 0
          ? 'dpkg was interrupted and has not finished'
          : `packages are installed in part: ${named}`,
      hint: 'Run `dpkg --configure -a` there, then `apt-get -f install`; `dpkg --audit` says what is wrong.',
    },
  ];
}
