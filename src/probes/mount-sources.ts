import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** What a word that names a device, a file or a folder stands for. */
export interface MountSource {
  /** Its path without any link in it. */
  readonly path: string;
  /** `major:minor` of a block device. */
  readonly device: string | undefined;
}

/**
 * The device, file or folder a source names, by path or as `UUID=…`, `LABEL=…`; null where it names none that is there.
 * The path may lead through a mount whose server is dead, so looking is bounded in time.
 * Answer: `INDEX>PATH` and, for a block device, `INDEX#MAJOR:MINOR` in hexadecimal, each ended by NUL.
 */
export const mountSources: Reader<MountSource | null> = {
  name: 'mount-sources',
  script: (keys) => `set -- ${quoteAll(keys)}
index=0
for source do
  case $source in
    /*) path=$source ;;
    *) path=$(findfs "$source" 2>/dev/null) ;;
  esac
  if [ -n "$path" ]; then
    path=$(timeout -s KILL 5 readlink -fn -- "$path" 2>/dev/null; printf x)
    path=\${path%x}
    [ -z "$path" ] || printf '%s>%s\\0' "$index" "$path"
    case $path in /dev/*) [ ! -b "$path" ] || { printf '%s#' "$index"; stat -c '%t:%T' -- "$path"; printf '\\0'; } ;; esac
  fi
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const paths = new Map<number, string>();
    const devices = new Map<number, string>();
    for (const answer of stdout.split('\0')) {
      const [, index, sign, text = ''] = /^(\d{1,9})([>#])([^]*)$/.exec(answer) ?? [];
      if (sign === '>' && text.startsWith('/')) paths.set(Number(index), text);
      const [, major, minor] = /^([0-9a-f]{1,8}):([0-9a-f]{1,8})\n$/.exec(text) ?? [];
      if (sign === '#' && major !== undefined && minor !== undefined)
        devices.set(Number(index), `${Number.parseInt(major, 16)}:${Number.parseInt(minor, 16)}`);
    }
    return keys.map((_, index) => {
      const path = paths.get(index);
      return path === undefined ? null : { path, device: devices.get(index) };
    });
  },
};

/** Whether a source names something that {@link mountSources} can look for: no server, no kind of file system. */
export function isLocalSource(source: string): boolean {
  return /^(?:\/(?!\/)|(?:UUID|LABEL|PARTUUID|PARTLABEL|ID)=.)/.test(source);
}
