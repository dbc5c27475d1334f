import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { CONTENT_LIMIT_BYTES } from './file-contents.js';

/** What is at one path: as lstat(2) sees it, the home itself as stat(2) does. */
export interface OwnedEntry {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Four octal digits. */
  readonly mode: string;
  readonly uid: string;
}

/** What decides who may log in as a user with a key: nothing of it is followed out of the home. */
export interface AuthorizedKeysFile {
  /** Absolute, as passwd(5) says. */
  readonly home: string;
  readonly uid: string;
  readonly entries: {
    readonly home: OwnedEntry | null;
    readonly folder: OwnedEntry | null;
    readonly file: OwnedEntry | null;
  };
  /** The bytes of a regular file that is the user's own; null where there is none, or it may not be read. */
  readonly bytes: Uint8Array | null;
  /** False where the file goes on after `bytes`. */
  readonly isComplete: boolean;
}

/**
 * `~/.ssh/authorized_keys` of the user called like the key; null where there is no such user in /etc/passwd. The home
 * is the user's to change at any time, so the file is opened once, and read only if what was opened is a regular file of
 * the user: no link can make root read, or keep, somebody else's.
 * Answer: for each user `INDEX>UID:HOME`, the lines of `stat` as `INDEX=LINES`, and `INDEX:BASE64`, each ended by NUL.
 */
export const authorizedKeys: Reader<AuthorizedKeysFile | null> = {
  name: 'authorized-keys',
  script: (keys) => `set -- ${quoteAll(keys)}
index=0
for user do
  uid=
  while IFS=: read -r name password id group comment home shell; do
    if [ "$name" = "$user" ]; then uid=$id; break; fi
  done </etc/passwd
  case $uid in *[!0-9]* | '') ;; *)
    printf '%s>%s:%s\\0%s=' "$index" "$uid" "$home" "$index"
    file=$home/.ssh/authorized_keys
    stat -c '%f:%u:%n' -- "$home/." "$home/.ssh" "$file" 2>/dev/null
    printf '\\0'
    if [ -f "$file" ] && [ ! -L "$file" ] && [ ! -L "$home/.ssh" ] && [ -r "$file" ]; then
      {
        case $(stat -L -c %f:%u /proc/self/fd/3 2>/dev/null) in 8???:"$uid")
          printf '%s:' "$index"
          head -c ${CONTENT_LIMIT_BYTES + 1} <&3 | base64
          printf '\\0' ;;
        esac
      } 3<"$file"
    fi ;;
  esac
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const answers = stdout.split('\0');
    return keys.map((_, index) => parseUser(answers, String(index)));
  },
};

function parseUser(answers: readonly string[], index: string): AuthorizedKeysFile | null {
  const answer = (sign: string): string | undefined =>
    answers.find((one) => one.startsWith(index + sign))?.slice(index.length + sign.length);
  const [, uid, home] = /^(\d{1,10}):(\/[^\n]*)$/.exec(answer('>') ?? '') ?? [];
  if (uid === undefined || home === undefined) return null;
  const stats = (answer('=') ?? '').split('\n');
  const encoded = answer(':');
  const bytes = encoded === undefined ? null : Buffer.from(encoded, 'base64');
  return {
    home,
    uid,
    entries: {
      home: entryOf(stats, `${home}/.`),
      folder: entryOf(stats, `${home}/.ssh`),
      file: entryOf(stats, `${home}/.ssh/authorized_keys`),
    },
    bytes: bytes?.subarray(0, CONTENT_LIMIT_BYTES) ?? null,
    isComplete: bytes === null || bytes.length <= CONTENT_LIMIT_BYTES,
  };
}

/** File types of st_mode, inode(7). */
const TYPES: Readonly<Record<number, OwnedEntry['type']>> = {
  0x8000: 'file',
  0x4000: 'directory',
  0xa000: 'link',
};

function entryOf(stats: readonly string[], path: string): OwnedEntry | null {
  for (const line of stats) {
    const [, rawMode, uid, name] = /^([0-9a-f]{1,8}):(\d{1,10}):(.*)$/.exec(line) ?? [];
    if (rawMode === undefined || uid === undefined || name !== path) continue;
    const bits = Number.parseInt(rawMode, 16);
    return {
      type: TYPES[bits & 0xf000] ?? 'other',
      mode: (bits & 0o7777).toString(8).padStart(4, '0'),
      uid,
    };
  }
  return null;
}
