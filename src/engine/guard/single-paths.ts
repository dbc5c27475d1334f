import { quoteAll } from '../../core/quote.js';

/** What the kernel or a boot makes: nothing there could be put back. */
const VOLATILE = /^\/(?:proc|sys|dev|run)(?:\/|$)/;

/**
 * Those of `paths` that come back by themselves, each once: files and links with what they hold, folders with owner and
 * mode alone, for what lies in them may be large, or mounted there.
 */
export function singlePaths(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter((path) => path.startsWith('/') && !VOLATILE.test(path));
}

/**
 * Shell text that keeps single `paths` below `$h_c/single`. The folder of each is followed to where it really is: by a link
 * in it a change of /etc/ssh/x may be one of /srv/ssh/x. Ends with code 1 where it cannot.
 */
export function keepSingles(paths: readonly string[]): string {
  return `mkdir "$h_c/single" || exit 1
h_n=0
for h_path in ${quoteAll(paths)}; do
  h_n=$((h_n + 1))
  h_dir=$(cd -P -- "\${h_path%/*}/" 2>/dev/null && pwd -P) && h_path=\${h_dir%/}/\${h_path##*/}
  printf '%s\\n' "$h_path" >"$h_c/single/$h_n.path" || exit 1
  if [ -d "$h_path" ] && [ ! -L "$h_path" ]; then
    stat -c '%a %u:%g' "$h_path" >"$h_c/single/$h_n.folder" || exit 1
  elif [ -e "$h_path" ] || [ -L "$h_path" ]; then
    cp -a -- "$h_path" "$h_c/single/$h_n" || exit 1
  fi
done`;
}

/**
 * Shell text that puts back what {@link keepSingles} kept, by `put`: the words of a program that is given the copy, the
 * path, and the copy again. A folder that was not there goes where it is empty.
 */
export function putBackSingles(put: string): string {
  return `for h_file in "$h_c"/single/*.path; do
  [ -f "$h_file" ] && IFS= read -r h_path <"$h_file" || continue
  h_copy=\${h_file%.path}
  if [ -f "$h_copy.folder" ]; then
    read -r h_access h_owner <"$h_copy.folder"
    [ -d "$h_path" ] || { rm -f -- "$h_path"; mkdir -p -- "$h_path"; } || h_fail "$h_path"
    [ "$(stat -c '%a %u:%g' "$h_path")" = "$h_access $h_owner" ] || {
      : >"$h_c/changed"
      printf 'put back %s\n' "$h_path"
      chown "$h_owner" "$h_path" && chmod "$h_access" "$h_path" || h_fail "$h_path"
    }
  elif [ -e "$h_copy" ] || [ -L "$h_copy" ]; then
    ${put} "$h_copy" "$h_path" "$h_copy" || h_fail "$h_path"
  elif [ -d "$h_path" ] && [ ! -L "$h_path" ]; then
    rmdir -- "$h_path" 2>/dev/null
  elif [ -e "$h_path" ] || [ -L "$h_path" ]; then
    : >"$h_c/changed"
    printf 'remove %s\n' "$h_path"
    rm -f -- "$h_path" || h_fail "$h_path"
  fi
done`;
}
