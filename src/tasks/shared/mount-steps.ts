import type { Step } from '../../core/step.js';
import { isBind } from './mount-match.js';
import { scriptStep } from './script-step.js';

/** A mount as its commands are told. */
export interface MountOrder {
  readonly path: string;
  readonly source: string;
  readonly type: string;
  readonly options: readonly string[];
  /** How long one mount or unmount may take. */
  readonly timeoutSeconds: number;
}

/**
 * `bounded PROGRAM …`: what waits for a dead server ends after $seconds. KILL, because nothing else ends that; GNU
 * timeout takes helpers (`mount.nfs`) along. busybox has no other exit code than that of the killed program.
 */
const BOUNDED = `bounded() {
  timeout -s KILL "$seconds" "$@" && return 0
  code=$?
  if [ "$code" -eq 137 ]; then
    printf '%s %s: no answer within %s s\\n' "$1" "$path" "$seconds" >&2
    code=124
  fi
  return "$code"
}
`;

/** `unmount`: everything that is mounted on $path, by the kernel's table, in which $escaped is what it is called. */
const UNMOUNT = `is_mounted() {
  while read -r id parent device root point rest; do
    [ "$point" != "$escaped" ] || return 0
  done </proc/self/mountinfo
  return 1
}
unmount() {
  left=16
  while is_mounted && [ "$left" -gt 0 ]; do
    left=$((left - 1))
    bounded umount -- "$path" && continue
    [ "$code" -eq 124 ] || exit "$code"
    # A server that is gone is waited for as long as the mount is in the tree.
    bounded umount -f -l -- "$path" || exit
  done
}
`;

/** mountinfo's spelling of a path: blanks, backslash and `#` as octal numbers (show_mountinfo of the kernel). */
function escapeForTable(path: string): string {
  return path.replaceAll(/[ \t\n\\#]/g, (character) => {
    const octal = character.charCodeAt(0).toString(8).padStart(3, '0');
    return `\\${octal}`;
  });
}

/** Makes the folder that something is to be mounted on later: findmnt(8) finds fault with an entry that has none. */
export function makeMountPoint(path: string, timeoutSeconds: number): Step {
  return scriptStep({
    words: [path, String(timeoutSeconds)],
    script: `path=$1 seconds=$2
${BOUNDED}bounded mkdir -p -- "$path"`,
  });
}

/** Unmounts what is on the path and mounts the source there; folders that are made for it go again where that fails. */
export function mountSource(order: MountOrder): Step {
  const { path, source, type, options, timeoutSeconds } = order;
  return scriptStep({
    words: [path, escapeForTable(path), String(timeoutSeconds), type, options.join(','), source],
    script: `path=$1 escaped=$2 seconds=$3
${BOUNDED}${UNMOUNT}unmount
made=
if [ ! -d "$path" ]; then
  made=$path
  while above=\${made%/*} && [ -n "$above" ] && [ ! -e "$above" ]; do made=$above; done
  bounded mkdir -p -- "$path" || exit
fi
bounded mount -t "$4" -o "$5" -- "$6" "$path" && exit
failed=$code
while [ -n "$made" ] && rmdir -- "$path" 2>/dev/null && [ "$path" != "$made" ]; do path=\${path%/*}; done
exit "$failed"`,
  });
}

/**
 * Gives a mount other options where it is, and mounts it anew where its kind cannot do that. With both source and path,
 * mount(8) does not mix in what fstab says.
 */
export function remount(order: MountOrder): Step {
  const { path, source, type, options, timeoutSeconds } = order;
  const isView = isBind(options);
  const kept = options.filter((option) => option !== 'bind' && option !== 'rbind');
  const remountOptions = ['remount', ...(isView ? ['bind'] : []), ...kept].join(',');
  return scriptStep({
    words: [
      path,
      escapeForTable(path),
      String(timeoutSeconds),
      type,
      options.join(','),
      source,
      remountOptions,
    ],
    script: `path=$1 escaped=$2 seconds=$3
${BOUNDED}${UNMOUNT}bounded mount -t "$4" -o "$7" -- "$6" "$path" && exit
unmount
bounded mount -t "$4" -o "$5" -- "$6" "$path" || exit`,
  });
}

/** Unmounts everything that is on the path. A mount in use is left, and that is an error. */
export function unmountPath(path: string, timeoutSeconds: number): Step {
  return scriptStep({
    words: [path, escapeForTable(path), String(timeoutSeconds)],
    script: `path=$1 escaped=$2 seconds=$3
${BOUNDED}${UNMOUNT}unmount`,
  });
}

/**
 * Checks a new fstab with findmnt(8), where there is one: no more mistakes in it than in the old one, whose mistakes
 * are not ours. It looks at mount points, so it is bounded; what a dead server keeps from being checked is let through.
 */
export const VALIDATE_FSTAB: readonly string[] = [
  'sh',
  '-c',
  `command -v findmnt >/dev/null 2>&1 || exit 0
check() { [ ! -e "$1" ] || timeout -s KILL 10 findmnt --verify --tab-file "$1" 2>&1; }
count() { printf '%s\\n' "$1" | grep -cE '\\[E\\]|parse error at line'; }
new=$(check "$1")
[ $? -ne 137 ] || exit 0
old=$(check /etc/fstab)
[ "$(count "$new")" -le "$(count "$old")" ] && exit 0
printf '%s\\n' "$new" >&2
exit 1`,
  'sh',
  '{{candidate}}',
];
