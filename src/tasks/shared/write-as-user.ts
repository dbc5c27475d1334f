import { quote } from '../../core/quote.js';
import { runStep, type RunStep } from '../../core/step.js';

/** Runs `$2` by sh as the user `$1`. `runuser` opens no login session; busybox has `su` alone. */
const AS_USER = `if [ "$(id -un)" = "$1" ]; then exec sh -c "$2"; fi
change_user=su
if command -v runuser >/dev/null 2>&1; then change_user=runuser; fi
cd / && exec "$change_user" -s /bin/sh -c "$2" "$1"`;

/**
 * Writes `HOME/.ssh/authorized_keys` of a user, 0600 in a folder of 0700, beside it and then renamed. All of it is done
 * as that user: a home is its user's to change at any time, and whatever is put in the way there, nothing can be written
 * that the user could not have written anyway.
 */
export function writeAuthorizedKeys(user: string, home: string, text: string): RunStep {
  const script = `umask 077
cd -- ${quote(home)} || exit 1
if [ -L .ssh ] || { [ -e .ssh ] && [ ! -d .ssh ]; }; then
  printf '%s is not a directory\\n' "$PWD/.ssh" >&2; exit 44
fi
[ -d .ssh ] || mkdir .ssh || exit 1
chmod 0700 .ssh || exit 1
candidate=$(mktemp .ssh/.homelab.XXXXXX) || exit 1
trap 'rm -f -- "$candidate"' EXIT
trap 'exit 129' HUP TERM PIPE
cat >"$candidate" || exit 1
if [ "$(wc -c <"$candidate")" -ne ${Buffer.byteLength(text)} ]; then
  printf 'the new file did not arrive whole\\n' >&2; exit 1
fi
chmod 0600 "$candidate" || exit 1
sync "$candidate" 2>/dev/null || sync
mv -f -- "$candidate" .ssh/authorized_keys`;
  return runStep(['sh', '-c', AS_USER, 'sh', user, script], { stdin: text });
}
