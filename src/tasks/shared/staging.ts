/** `fail MESSAGE` ends a script; `need PROGRAM PACKAGE` does where the program is missing. */
export const FAIL_FUNCTIONS = `fail() { printf '%s\\n' "$1" >&2; exit 1; }
need() { command -v "$1" >/dev/null 2>&1 || fail "$1 is not installed (package $2)"; }`;

/**
 * `make_staging DIRECTORY` makes a private directory `$staging` in it, which goes with the script: what is finished there
 * takes its place by rename(2). What a script that was killed left in DIRECTORY goes too; host and process id are in the
 * name, so that another host's is not touched where the directory is shared.
 */
export const STAGING_FUNCTIONS = `${FAIL_FUNCTIONS}
make_staging() {
  staging_prefix="\${1%/}/.homelab.$(uname -n)."
  if [ -d /proc/$$ ]; then
    for left in "$staging_prefix"*; do
      left_pid=\${left#"$staging_prefix"}
      left_pid=\${left_pid%%.*}
      case $left_pid in '' | *[!0-9]*) continue ;; esac
      if [ -d "$left" ] && [ ! -L "$left" ] && [ -O "$left" ] && [ ! -d "/proc/$left_pid" ]; then rm -rf -- "$left"; fi
    done
  fi
  staging=$(mktemp -d "$staging_prefix$$.XXXXXX") || exit 1
  trap 'rm -rf -- "$staging"' EXIT
  trap 'exit 129' HUP INT TERM PIPE
}`;
