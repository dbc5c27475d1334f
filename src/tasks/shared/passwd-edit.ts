import { runStep, type Step } from '../../core/step.js';

/** What of an account's line in passwd(5) is to be changed. */
export interface PasswdFields {
  /** A number, or a name that the group file has. */
  readonly group?: string | undefined;
  readonly shell?: string | undefined;
  readonly home?: string | undefined;
}

/**
 * `sh -c … sh PASSWD GROUP` with ACCOUNT and NEW_… in the environment: awk(1) takes escapes in its arguments apart.
 * Every other line stays byte for byte, and the file is replaced in one move.
 */
export const PASSWD_EDIT = `set -e
new=$(mktemp "\${1%/*}/.homelab.XXXXXX")
trap 'rm -f -- "$new"' EXIT
trap 'exit 129' HUP INT TERM PIPE
cp -p -- "$1" "$new"
awk -F: -v OFS=: '
  BEGIN { if (ENVIRON["NEW_GROUP"] ~ /^[0-9]+$/) gid = ENVIRON["NEW_GROUP"] }
  FNR == 1 { file += 1 }
  file == 1 { if ($1 == ENVIRON["NEW_GROUP"]) gid = $3; next }
  $1 == ENVIRON["ACCOUNT"] {
    if (ENVIRON["NEW_GROUP"] != "") $4 = gid
    if (ENVIRON["NEW_HOME"] != "") $6 = ENVIRON["NEW_HOME"]
    if (ENVIRON["NEW_SHELL"] != "") $7 = ENVIRON["NEW_SHELL"]
    if ($4 == "") exit 1
  }
  { print }
' "$2" "$1" >"$new"
[ "$(wc -l <"$new")" -eq "$(wc -l <"$1")" ]
sync
mv -f -- "$new" "$1"`;

/** Changes an account where there is no usermod(8): busybox makes users and does not change them. */
export function editPasswd(name: string, { group = '', shell = '', home = '' }: PasswdFields): Step {
  return runStep(['sh', '-c', PASSWD_EDIT, 'sh', '/etc/passwd', '/etc/group'], {
    env: { ACCOUNT: name, NEW_GROUP: group, NEW_SHELL: shell, NEW_HOME: home },
  });
}
