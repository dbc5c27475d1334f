/**
 * `as_owner PATH` runs the shell text in `$HOMELAB_SCRIPT` as who owns PATH, where root asks: what lies in a directory
 * of somebody else's (git's hooks, filters and settings) must not run as root. The text and its variables come by the
 * environment, because no two `su` agree on arguments. `runuser` opens no login session; busybox has `su` alone.
 */
export const AS_OWNER = `as_owner() {
  owner=$(stat -c %U -- "$1" 2>/dev/null)
  case $owner in '' | root) owner= ;; -* | UNKNOWN) printf '%s belongs to no account\\n' "$1" >&2; return 1 ;; esac
  if [ -z "$owner" ] || [ "$(id -u)" != 0 ]; then sh -c "$HOMELAB_SCRIPT" </dev/null; return; fi
  change_user=su
  if command -v runuser >/dev/null 2>&1; then change_user=runuser; fi
  (cd / && "$change_user" -s /bin/sh "$owner" -c 'eval "$HOMELAB_SCRIPT"' </dev/null)
}`;

/**
 * Shell text that makes git ask nobody and wait for nobody, within the directory `$HOMELAB_PATH` alone. Known ways to a
 * repository only: `ext::` would run a command.
 */
export const QUIET_GIT = `export GIT_TERMINAL_PROMPT=0 GIT_OPTIONAL_LOCKS=0 GIT_ALLOW_PROTOCOL=file:git:http:https:ssh
export GIT_CEILING_DIRECTORIES="\${HOMELAB_PATH%/*}/" LC_ALL=C
if [ -z "$(git config --get core.sshCommand 2>/dev/null)" ]; then
  export GIT_SSH_COMMAND='ssh -o BatchMode=yes -o ConnectTimeout=15'
fi`;
