import { bodyBytes, type Body } from '../../core/content.js';
import { ENTER_ETC_COPY } from '../../core/etc-copy.js';
import { SET_PATH } from '../../core/root-path.js';
import { printfWord, quote, quoteAll } from '../../core/quote.js';

/** A file on its way to a service. */
export type TriedFile =
  | { readonly path: string; readonly isAbsent: true }
  | {
      readonly path: string;
      readonly isAbsent: false;
      readonly body: Body;
      readonly mode: string;
      readonly owner: string;
      readonly group: string;
    };

/** What ends the output of a check that could be made, with its exit code. */
export const VERDICT = 'homelab-verdict:';

/** Shell text: \`put_all\` writes each file beside its place, with owner and mode, and renames it. */
export function putScript(files: readonly TriedFile[]): string {
  const one = (file: TriedFile, index: number): string =>
    file.isAbsent
      ? `drop ${quote(file.path)}`
      : `put ${quoteAll([file.path, file.mode, `${file.owner}:${file.group}`])} body_${index}`;
  const bodies = files.flatMap((file, index) =>
    file.isAbsent ? [] : [`body_${index}() { printf ${printfWord(bodyBytes(file.body))}; }`],
  );
  return `${bodies.join('\n')}
within_etc() {
  near=$1
  while [ ! -d "$near" ]; do near=\${near%/*}; done
  case $(cd -P -- "$near" && pwd -P)/ in /etc/*) ;; *) echo "$1 leads out of /etc" >&2; return 1 ;; esac
}
# Out there is no copy: what is removed for a check would be gone.
drop() { within_etc "\${1%/*}" && rm -f -- "$1"; }
put() {
  put_folder=\${1%/*}
  within_etc "$put_folder" || return 1
  [ -d "$put_folder" ] || mkdir -p -- "$put_folder" || return 1
  if [ -L "$1" ] || [ -d "$1" ]; then echo "$1 is not a file" >&2; return 1; fi
  put_new=$(mktemp "$put_folder/.homelab.XXXXXX") || return 1
  if "$4" >"$put_new" && chown -- "$3" "$put_new" && chmod "$2" "$put_new" && { sync "$put_new" 2>/dev/null || sync; } && mv -f -- "$put_new" "$1"
  then return 0; fi
  rm -f -- "$put_new"
  echo "$1 cannot be written" >&2
  return 1
}
put_all() {
${files.map((file, index) => `  ${one(file, index)} || return 1`).join('\n')}
}`;
}

/** What runs in a mount namespace of its own, which ends with it: the files at their places in a copy of /etc. */
export function sandboxScript(put: string, validate: readonly string[], empty: readonly string[]): string {
  const mounts = empty.map((path) => `mount -t tmpfs none ${quote(path)} || exit 1`);
  return `${SET_PATH}
{
${ENTER_ETC_COPY}
${mounts.join('\n')}
} 2>/dev/null
${put}
put_all || { printf '%s%s' '${VERDICT}' 1; exit; }
cd /
${quoteAll(validate)} </dev/null
printf '%s%s' '${VERDICT}' "$?"`;
}
