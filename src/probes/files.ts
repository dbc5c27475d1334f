import { HomelabError, InternalError } from '../core/errors.js';
import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** `hidden`: whether something is there cannot be known, because a folder above it may not be searched. */
export type FileType = 'file' | 'directory' | 'link' | 'other' | 'hidden';

/** One path of a host as lstat(2) sees it. */
export interface FileEntry {
  readonly type: FileType;
  /** Four octal digits, e.g. `0644`. */
  readonly mode: string;
  /** Name, or the number where the account has none. */
  readonly owner: string;
  readonly group: string;
  readonly uid: string;
  readonly gid: string;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal; undefined for what is not a regular file and for a file that may not be read. */
  readonly sha256: string | undefined;
  /** Where a link points, as written; undefined for what is no link. */
  readonly target: string | undefined;
}

/**
 * What is at an absolute path; null where nothing is. One `stat` and one `sha256sum` for all keys, GNU or busybox, and
 * one `readlink` for each link. Only regular files are opened: a FIFO or a device would never end.
 * Answer: lines of `stat`, NUL, lines of `sha256sum`, NUL, then `INDEX>TARGET` for each link and `INDEX!` for each path
 * below a folder that may not be searched, each ended by NUL.
 * @throws HomelabError `probes/no-answer` where `stat` did not work
 */
export const files: Reader<FileEntry | null> = {
  name: 'files',
  script: (keys) => `set -- ${quoteAll(oneLine(keys))}
stat -c '%f:%u:%g:%s:%U:%G:%n' -- / "$@" 2>/dev/null
printf '\\0'
total=$# left=$#
while [ "$left" -gt 0 ]; do
  if [ -f "$1" ] && [ ! -L "$1" ]; then set -- "$@" "$1"; fi
  shift; left=$((left - 1))
done
[ $# -eq 0 ] || sha256sum -- "$@" 2>/dev/null
printf '\\0'
set -- ${quoteAll(keys)}
index=0
for path do
  if [ -L "$path" ]; then
    target=$(readlink -n -- "$path"; printf x)
    printf '%s>%s\\0' "$index" "\${target%x}"
  elif [ ! -e "$path" ]; then
    folder=\${path%/*}
    while [ -n "$folder" ] && [ ! -e "$folder" ]; do folder=\${folder%/*}; done
    folder=\${folder:-/}
    # busybox looks at the mode alone, which does not bind root.
    if [ -d "$folder" ] && [ ! -x "$folder" ] && ! (cd -- "$folder") 2>/dev/null; then printf '%s!\\0' "$index"; fi
  fi
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const [stats = '', sums = '', ...marks] = stdout.split('\0');
    const entries = parseStats(stats);
    if (!entries.has('/')) throw noAnswer();
    const hashes = parseSums(sums);
    const { targets, hidden } = parseMarks(marks);
    return keys.map((key, index) => {
      if (hidden.has(index)) return HIDDEN;
      const entry = entries.get(key);
      if (entry === undefined) return null;
      const isLink = entry.type === 'link';
      return {
        ...entry,
        sha256: entry.type === 'file' ? hashes.get(key) : undefined,
        target: isLink ? targets.get(index) : undefined,
      };
    });
  },
};

const HIDDEN: FileEntry = {
  type: 'hidden',
  mode: '',
  owner: '',
  group: '',
  uid: '',
  gid: '',
  sizeBytes: 0,
  sha256: undefined,
  target: undefined,
};

/** `stat` and `sha256sum` answer in lines, so a path has to be one; schemas refuse any other. */
function oneLine(paths: readonly string[]): readonly string[] {
  const broken = paths.find((path) => !path.startsWith('/') || /[\n\r]/.test(path));
  if (broken !== undefined) throw new InternalError(`Not a path to ask for: ${JSON.stringify(broken)}`);
  return paths;
}

const STAT_LINE = /^([0-9a-f]{1,8}):(\d{1,10}):(\d{1,10}):(\d{1,16}):([^:]*):([^:]*):(\/.*)$/;

/** File types of st_mode, inode(7). */
const TYPES: Readonly<Record<number, FileType>> = { 0x8000: 'file', 0x4000: 'directory', 0xa000: 'link' };

type Stat = Omit<FileEntry, 'sha256' | 'target'>;

function parseStats(text: string): Map<string, Stat> {
  const entries = new Map<string, Stat>();
  for (const line of text.split('\n')) {
    const [, rawMode, uid, gid, size, owner, group, path] = STAT_LINE.exec(line) ?? [];
    if (rawMode === undefined || uid === undefined || gid === undefined || path === undefined) continue;
    const bits = Number.parseInt(rawMode, 16);
    entries.set(path, {
      type: TYPES[bits & 0xf000] ?? 'other',
      mode: (bits & 0o7777).toString(8).padStart(4, '0'),
      owner: nameOr(uid, owner),
      group: nameOr(gid, group),
      uid,
      gid,
      sizeBytes: Number(size),
    });
  }
  return entries;
}

/** Both `stat` programs print `UNKNOWN` for a number without a name. */
function nameOr(id: string, name: string | undefined): string {
  return name === undefined || name === '' || name === 'UNKNOWN' ? id : name;
}

/** GNU sha256sum marks a line whose name it escaped with a backslash at its start; busybox never escapes. */
function parseSums(text: string): Map<string, string> {
  const hashes = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, escaped, hash, name] = /^(\\?)([0-9a-f]{64}) [ *](.*)$/.exec(line) ?? [];
    if (hash === undefined || name === undefined) continue;
    hashes.set(escaped === '' ? name : name.replaceAll('\\\\', '\\'), hash);
  }
  return hashes;
}

function parseMarks(marks: readonly string[]): { targets: Map<number, string>; hidden: Set<number> } {
  const targets = new Map<number, string>();
  const hidden = new Set<number>();
  for (const mark of marks) {
    const [, index, sign, target] = /^(\d{1,9})([>!])([^]*)$/.exec(mark) ?? [];
    if (sign === '!') hidden.add(Number(index));
    if (sign === '>') targets.set(Number(index), target ?? '');
  }
  return { targets, hidden };
}

function noAnswer(): HomelabError {
  return new HomelabError({
    code: 'probes/no-answer',
    message: '`stat` on the host did not tell what it was asked',
    hint: 'homelab needs `stat` of GNU coreutils or of busybox in the PATH of the host.',
  });
}
