import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where systemd's kind of control groups are mounted, out of the text of /proc/mounts: the unified hierarchy and, on
 * computers that still have version 1, systemd's named one. Limits are nobody's business here; the groups hold processes.
 */
export function groupHierarchies(mounts: string): string[] {
  return mounts.split('\n').flatMap((line) => {
    const [, path = '', type, options = ''] = line.split(' ');
    const isKept = type === 'cgroup2' || (type === 'cgroup' && options.split(',').includes('name=systemd'));
    return isKept ? [path] : [];
  });
}

const hierarchies = () => groupHierarchies(readFileSync('/proc/mounts', 'utf8'));

/** Makes the control group `name` (may have slashes) and returns its folders, one for each hierarchy. */
export function createGroup(name: string): string[] {
  return hierarchies().map((hierarchy) => {
    mkdirSync(join(hierarchy, name), { recursive: true });
    return join(hierarchy, name);
  });
}

/** The processes in the group `name` and in those below it, by id. Empty where it does not exist. */
export function processesIn(name: string): number[] {
  const found = hierarchies().flatMap((hierarchy) => groupsBelow(join(hierarchy, name)).flatMap(processesOf));
  return [...new Set(found)];
}

/** Removes the group and those below it; they must have no processes. One that will not go is left. */
export function removeGroup(name: string): void {
  for (const folder of hierarchies().flatMap((hierarchy) =>
    groupsBelow(join(hierarchy, name)).toReversed(),
  )) {
    try {
      rmdirSync(folder);
    } catch {
      // It was removed meanwhile, or a process is still ending in it: `stopLab` tries again and looks what is left.
    }
  }
}

/** Whether the group exists in any hierarchy. */
export function hasGroup(name: string): boolean {
  return hierarchies().some((hierarchy) => existsSync(join(hierarchy, name)));
}

/** `folder` and all below it, parents before children. */
function groupsBelow(folder: string): string[] {
  try {
    const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [folder, ...children.flatMap(({ name }) => groupsBelow(join(folder, name)))];
  } catch {
    return [];
  }
}

function processesOf(folder: string): number[] {
  try {
    const ids = readFileSync(join(folder, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
    // 0 stands for a process of another process namespace.
    return ids.filter((id) => id > 0);
  } catch {
    return [];
  }
}
