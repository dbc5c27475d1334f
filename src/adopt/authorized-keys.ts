import { HomelabError, InternalError } from '../core/errors.js';
import { quoteAll } from '../core/quote.js';
import type { RemoteShell, SectionResult } from '../core/shell.js';
import type { InstallKey } from './install-keys.js';

/** What was changed of who may log in. */
export interface InstalledKeys {
  /** Those that were not there. */
  readonly added: readonly InstallKey[];
  /** Paths below the home whose mode was too open. */
  readonly tightened: readonly string[];
}

/**
 * Adds lines to ~/.ssh/authorized_keys as the account itself, sshd(8). What is there stays as it is, byte for byte; a
 * key that is there already, with whatever options, is left alone. The file is written whole or not at all, and nothing
 * is followed out of the home. Answer: `added INDEX` and `tightened PATH`, a line each.
 */
const SCRIPT = `umask 077
folder=.ssh
file=.ssh/authorized_keys
cd -- "$HOME" 2>/dev/null || { echo "there is no home $HOME" >&2; exit 10; }
if [ -L "$folder" ] || { [ -e "$folder" ] && [ ! -d "$folder" ]; }; then echo "$HOME/$folder is no plain folder" >&2; exit 11; fi
if [ -L "$file" ] || { [ -e "$file" ] && [ ! -f "$file" ]; }; then echo "$HOME/$file is no plain file" >&2; exit 11; fi
[ -d "$folder" ] || mkdir -- "$folder" || exit 12
tighten() {
  [ "$(stat -c %a -- "$1")" = "$2" ] && return 0
  chmod "$2" -- "$1" || exit 12
  echo "tightened $1"
}
tighten "$folder" 700
new=$(mktemp "$folder/.homelab-XXXXXXXX") || exit 12
trap 'rm -f -- "$new"' EXIT
if [ -f "$file" ]; then
  cat -- "$file" >"$new" || exit 12
  if [ -s "$new" ] && [ "$(tail -c 1 -- "$new" | od -An -tx1 | tr -d ' ')" != 0a ]; then echo >>"$new" || exit 12; fi
fi
added=
index=0
for line do
  blob=\${line#* }
  blob=\${blob%% *}
  if ! grep -v '^[[:space:]]*#' -- "$new" | grep -qF -- "$blob"; then
    printf '%s\\n' "$line" >>"$new" || exit 12
    added="$added $index"
  fi
  index=$((index + 1))
done
if [ -z "$added" ]; then
  tighten "$file" 600
  exit 0
fi
sync -- "$new" 2>/dev/null || sync
mv -f -- "$new" "$file" || exit 12
if command -v restorecon >/dev/null 2>&1; then restorecon -F "$folder" "$file" >/dev/null 2>&1; fi
for index in $added; do echo "added $index"; done`;

/** Lets keys in to the account of a shell. @throws HomelabError `adopt/not-installed`, `transport/…` */
export async function installKeys(
  shell: RemoteShell,
  host: string,
  keys: readonly InstallKey[],
): Promise<InstalledKeys> {
  const script = `set -- ${quoteAll(keys.map(({ line }) => line))}\n${SCRIPT}`;
  const [result] = await shell.run([{ script }]);
  if (result === undefined) throw new InternalError('A section has no result');
  if (result.code !== 0) throw notInstalled(host, result);
  const lines = result.stdout.toString('utf8').split('\n');
  return {
    added: lines.flatMap((line) => keys[Number(/^added (\d{1,4})$/.exec(line)?.[1])] ?? []),
    tightened: lines.flatMap((line) => /^tightened (\.ssh(?:\/authorized_keys)?)$/.exec(line)?.[1] ?? []),
  };
}

function notInstalled(host: string, { stderr }: SectionResult): HomelabError {
  const said = stderr
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
    .slice(-300);
  return new HomelabError({
    code: 'adopt/not-installed',
    host,
    message: `the key could not be installed on ${host}: ${said === '' ? 'no reason given' : said}`,
    hint: 'Look at ~/.ssh there: it has to be a folder of the account itself, with room to write. Nothing was changed.',
  });
}
