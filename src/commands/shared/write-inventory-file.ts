import { existsSync, realpathSync, statSync } from 'node:fs';
import { HomelabError } from '../../core/errors.js';
import type { HostAddition } from '../../inventory/add-hosts.js';
import { writeWholeFile } from '../../core/write-whole-file.js';

/** Writes a file of the inventory whole. A link is followed, the mode stays. @throws HomelabError `project/unwritable` */
export function writeInventoryFile({
  file,
  shown,
  after,
}: Pick<HostAddition, 'file' | 'shown' | 'after'>): void {
  try {
    if (existsSync(file)) writeWholeFile(realpathSync(file), after, statSync(file).mode & 0o777);
    else writeWholeFile(file, after);
  } catch (cause) {
    throw new HomelabError({
      code: 'project/unwritable',
      message: `cannot write ${shown} (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
      hint: 'The hosts are adopted; write them into the inventory by hand, or run this again once the file can be written.',
      cause,
    });
  }
}
