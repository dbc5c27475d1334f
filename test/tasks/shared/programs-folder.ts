import { chmodSync, existsSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { HostShell } from '../../probes/shells.js';

const BUSYBOX = '/usr/bin/busybox';

/** A shell that finds these programs of this computer and no others; it is their `sh` too. Below `folder`, which the test removes. */
export function shellWith(folder: string, shell: string, programs: readonly string[]): HostShell {
  const path = binFolder(folder);
  for (const program of new Set(programs)) {
    const place = [`/usr/bin/${program}`, `/usr/sbin/${program}`].find((one) => existsSync(one));
    if (place === undefined) throw new Error(`This computer has no ${program}`);
    symlinkSync(place, join(path, program));
  }
  symlinkSync(`/usr/bin/${shell}`, join(path, 'sh'));
  return { argv: [`/usr/bin/${shell}`], path };
}

/** Busybox, and nothing else, under these names. */
export function busyboxWith(folder: string, programs: readonly string[]): HostShell {
  const path = binFolder(folder);
  for (const program of new Set(['sh', ...programs])) symlinkSync(BUSYBOX, join(path, program));
  return { argv: [BUSYBOX, 'sh'], path };
}

/** For every account: programs may be run as another one. */
function binFolder(folder: string): string {
  const path = mkdtempSync(join(folder, 'bin-'));
  chmodSync(path, 0o755);
  return path;
}
