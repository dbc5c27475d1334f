import { HomelabError } from '../core/errors.js';
import type { Reader } from '../core/reader.js';

/** A mount as proc_pid_mountinfo(5) tells it, its escapes undone. */
export interface Mount {
  /** `major:minor` of the file system. */
  readonly device: string;
  /** What of the file system is mounted: `/`, or a folder of it (a bind mount, a subvolume). */
  readonly root: string;
  /** Mount point. */
  readonly path: string;
  /** Options of this mount, e.g. `rw`, `nosuid`. */
  readonly options: readonly string[];
  /** Kind of file system, e.g. `ext4`, `nfs4`. */
  readonly type: string;
  /** A device, `server:/export`, or whatever it was mounted from. A loop device is told as the file behind it. */
  readonly source: string;
  /** Options of the file system itself. */
  readonly superOptions: readonly string[];
}

/**
 * All mounts, those on top of others after them. The key says nothing: there is one table. It is the kernel's; no mount
 * is touched, since one whose server is dead would never answer.
 * Answer: the table, NUL, then `/dev/loopN:FILE` for each loop device in use, each ended by NUL.
 * @throws HomelabError `probes/no-answer` where there is no table
 */
export const mounts: Reader<readonly Mount[]> = {
  name: 'mounts',
  script: () => `cat /proc/self/mountinfo
printf '\\0'
for entry in /sys/block/loop*/loop/backing_file; do
  device=\${entry%/loop/backing_file}
  if [ -r "$entry" ] && IFS= read -r file <"$entry"; then printf '/dev/%s:%s\\0' "\${device##*/}" "$file"; fi
done
true`,
  parse: ({ stdout }, keys) => {
    const [table = '', ...loops] = stdout.split('\0');
    const files = new Map(loops.map(parseLoop));
    const found = table
      .split('\n')
      .map(parseLine)
      .filter((mount) => mount !== undefined)
      .map((mount) => ({ ...mount, source: files.get(mount.source) ?? mount.source }));
    if (found.length === 0) throw noAnswer();
    return keys.map(() => found);
  },
};

/** Undoes the octal escapes of mountinfo and fstab(5): blanks, backslash, hash. Other bytes are not escaped. */
export function decodeMountWord(word: string): string {
  return word.replaceAll(/\\([01][0-7]{2})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function parseLine(line: string): Mount | undefined {
  const words = line.split(' ');
  const dash = words.indexOf('-', 6);
  const [, , device, root, path, options] = words;
  const [type, source, superOptions] = dash === -1 ? [] : words.slice(dash + 1);
  if (device === undefined || root === undefined || path === undefined || options === undefined)
    return undefined;
  if (type === undefined || source === undefined || !path.startsWith('/')) return undefined;
  return {
    device,
    root: decodeMountWord(root),
    path: decodeMountWord(path),
    options: options.split(','),
    type,
    source: decodeMountWord(source),
    superOptions: (superOptions ?? '').split(','),
  };
}

function parseLoop(text: string): [string, string] {
  const at = text.indexOf(':');
  return [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
}

function noAnswer(): HomelabError {
  return new HomelabError({
    code: 'probes/no-answer',
    message: '/proc/self/mountinfo on the host did not tell what is mounted',
    hint: 'homelab needs Linux with /proc mounted.',
  });
}
