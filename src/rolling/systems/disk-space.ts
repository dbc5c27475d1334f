import { quote, quoteAll } from '../../core/quote.js';
import type { RemoteShell } from '../../core/shell.js';
import { askHost } from '../ask-host.js';
import type { Obstacle } from './upgrade-system.js';

/** Something that has to be free on the file system of a path. */
export interface SpaceNeed {
  readonly path: string;
  readonly bytes: number;
}

/** What is left over, whatever is needed: package managers write databases and initial RAM disks besides. */
export const MARGIN_BYTES = 64 * 1024 * 1024;
/** Files that a file system has to have room for. */
const LEAST_INODES = 2000;

/** A mounted file system, as df(1) tells of it. */
interface FileSystem {
  readonly mount: string;
  readonly isReadOnly: boolean;
  readonly freeBytes: number;
  /** Undefined: it does not count them. */
  readonly freeInodes: number | undefined;
}

/**
 * What of `needs` there is no room for, each file system once with the largest of its needs, which are added to
 * {@link MARGIN_BYTES}. Paths that are not there are passed over.
 */
export async function spaceObstacles(
  shell: RemoteShell,
  needs: readonly SpaceNeed[],
): Promise<readonly Obstacle[]> {
  const { stdout } = await askHost(shell, script(needs.map(({ path }) => path)));
  const largest = new Map<string, { readonly system: FileSystem; readonly bytes: number }>();
  for (const [path, system] of parseFileSystems(stdout)) {
    const bytes = Math.max(...needs.filter((need) => need.path === path).map((need) => need.bytes));
    const before = largest.get(system.mount);
    if (before === undefined || before.bytes < bytes) largest.set(system.mount, { system, bytes });
  }
  return [...largest.values()].flatMap(({ system, bytes }) => obstaclesOf(system, bytes));
}

function script(paths: readonly string[]): string {
  return `for path in ${quoteAll(paths)}; do
  [ -d "$path" ] || continue
  mode=rw
  [ -w "$path" ] || mode=ro
  printf '%s\\t%s\\t%s\\t%s\\n' "$path" "$mode" "$(df -Pk "$path" 2>/dev/null | tail -n 1)" "$(df -Pi "$path" 2>/dev/null | tail -n 1)"
done`;
}

/** Device, size, used, free, share, mount point; POSIX df(1). Names may have blanks in them. */
const DF = /^.*?\s+\d+\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+(\/.*)$/;
const DF_INODES = /^.*?\s+(\d+)\s+\d+\s+(-?\d+)\s+(?:\d+%|-)\s+\//;

function parseFileSystems(text: string): [string, FileSystem][] {
  return text.split('\n').flatMap((line): [string, FileSystem][] => {
    const [path, mode, space = '', inodes = ''] = line.split('\t');
    const [, free, mount] = DF.exec(space) ?? [];
    if (path === undefined || mode === undefined || free === undefined || mount === undefined) return [];
    const [, all, freeInodes] = DF_INODES.exec(inodes) ?? [];
    // btrfs and others say 0 of 0.
    const counts = all !== undefined && all !== '0' && freeInodes !== undefined;
    return [
      [
        path,
        {
          mount,
          isReadOnly: mode === 'ro',
          freeBytes: Number(free) * 1024,
          freeInodes: counts ? Number(freeInodes) : undefined,
        },
      ],
    ];
  });
}

function obstaclesOf({ mount, isReadOnly, freeBytes, freeInodes }: FileSystem, bytes: number): Obstacle[] {
  if (isReadOnly) {
    return [
      {
        message: `${mount} cannot be written to`,
        hint: 'It is mounted read-only: see `dmesg` for errors of the disk, and `findmnt` for how it is meant to be.',
      },
    ];
  }
  const needed = bytes + MARGIN_BYTES;
  const found: Obstacle[] = [];
  if (freeBytes < needed) {
    found.push({
      message: `${mount} has ${megabytes(freeBytes)} free, and ${megabytes(needed)} are needed`,
      hint: `Make room there: \`du -xh -d 2 ${quote(mount)} | sort -h\` shows what takes it.`,
    });
  }
  if (freeInodes !== undefined && freeInodes < LEAST_INODES) {
    found.push({
      message: `${mount} has room for only ${freeInodes} further files`,
      hint: `Many small files are somewhere below it: \`du -x --inodes -d 2 ${quote(mount)} | sort -h\` shows where.`,
    });
  }
  return found;
}

function megabytes(bytes: number): string {
  return `${Math.floor(bytes / (1024 * 1024))} MiB`;
}
