import type { Reader } from '../core/reader.js';

/** A program that a login could not be made without, and what it came with. */
export interface LoginProgram {
  /** Absolute. */
  readonly path: string;
  /** The package that has it, without its architecture. */
  readonly package: string;
}

/** Daemons that keep an address or a link, by their names in proc_pid_comm(5), which end after 15 bytes. */
const KEEPERS = [
  'systemd-network',
  'NetworkManager',
  'dhclient',
  'dhcpcd',
  'udhcpc',
  'connmand',
  'wickedd',
  'wpa_supplicant',
  'iwd',
  'tailscaled',
  'zerotier-one',
];

/** Prints where a program is that has something to bring up: one of `files`, a pattern. */
function whereThereIs(files: string, program: string): string {
  return `for file in ${files}; do
  if [ -e "$file" ]; then command -v ${program}; break; fi
done`;
}

/**
 * Prints paths, a line each: of all processes above the shell (sudo, the login shell, sshd, init), of the shell in
 * passwd(5), of what keeps the network, and of what would bring it up again at the next boot.
 */
const PATHS = `user=\${SUDO_USER:-\${LOGNAME:-\${USER:-}}}
program=
while IFS=: read -r name password number group comment folder rest; do
  if [ "$name" = "$user" ]; then program=$rest; break; fi
done </etc/passwd
[ -n "$program" ] || program=$(getent passwd -- "$user" | cut -d : -f 7)
readlink -f "\${program:-/bin/sh}"
pid=$$
while [ "\${pid:-0}" -gt 0 ]; do
  readlink "/proc/$pid/exe"
  parent=
  while read -r field value; do
    if [ "$field" = PPid: ]; then parent=$value; break; fi
  done <"/proc/$pid/status"
  pid=$parent
done
for process in /proc/[0-9]*/comm; do
  name=
  read -r name <"$process"
  case $name in ${KEEPERS.join('|')}) readlink "\${process%comm}exe" ;; esac
done
if grep -qsv '^lo\\(=\\| \\|$\\)' /run/network/ifstate /run/ifstate; then readlink -f "$(command -v ifup)"; fi
${whereThereIs('/etc/netplan/*.yaml', 'netplan')}
${whereThereIs('/etc/wireguard/*.conf', 'wg-quick')}`;

/** Prints `PACKAGE: PATH` for each of `$list`. An owner is taken for one only where the manager found it. */
const eachOwner = (command: string): string => `printf '%s\\n' "$list" | while IFS= read -r path; do
  ! owner=$(${command}) || printf '%s: %s\\n' "$owner" "$path"
done`;

/** By the word of `facts.package_manager`. */
const OWNERS: Readonly<Record<string, string>> = {
  // One process, dpkg-query(1). Its list may still name what has moved to /usr since by the old path.
  apt: `set -f
IFS='
'
dpkg-query -S -- $list $(printf '%s\\n' "$list" | sed -n 's|^/usr/|/|p')`,
  dnf: eachOwner(`rpm -qf --qf '%{NAME}' -- "$path"`),
  zypper: eachOwner(`rpm -qf --qf '%{NAME}' -- "$path"`),
  apk: eachOwner(
    `apk info --who-owns "$path" | sed -n 's/.* is owned by \\(.*\\)-[0-9][^-]*-r[0-9]*$/\\1/p' | grep .`,
  ),
  pacman: eachOwner(`pacman -Qqo -- "$path"`),
};

/**
 * What the login at work stands on, by package. The key is the package manager; of another one nothing is known. What no
 * package has brought is left out.
 */
export const loginFooting: Reader<readonly LoginProgram[]> = {
  name: 'login-footing',
  script: (keys) => `exec 2>/dev/null
list=$( { ${PATHS}
} | sed -n 's/ (deleted)$//; /^\\/./p' | sort -u )
${keys.map((key) => `( ${OWNERS[key] ?? ':'}\n)\nprintf '\\0'`).join('\n')}
true`,
  parse: ({ stdout }, keys) => {
    const answers = stdout.split('\0');
    return keys.map((_key, index) => (answers[index] ?? '').split('\n').flatMap(parseOwners));
  },
};

/** `openssh-server: /usr/sbin/sshd`; of dpkg also `libc6:arm64, libc6:armhf: /path` and lines about diversions. */
function parseOwners(line: string): LoginProgram[] {
  const [, names, path] = /^([^\s,]+(?:, [^\s,]+)*): (\/.*)$/.exec(line) ?? [];
  if (names === undefined || path === undefined) return [];
  return names.split(', ').map((name) => ({ path, package: name.replace(/:.*/, '') }));
}
