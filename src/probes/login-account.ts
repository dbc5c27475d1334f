import type { Reader } from '../core/reader.js';

/** Whom a host was logged in to as, and what has become of that. */
export interface LoginAccount {
  /** Empty where the host does not tell. */
  readonly user: string;
  /** Whether what runs there is root, by sudo or from the start. */
  readonly isRoot: boolean;
  /** Its home, absolute, without a slash at its end; empty where the host does not tell. */
  readonly home: string;
  /** Names of its groups. */
  readonly groups: readonly string[];
}

/**
 * The account that a shell was logged in to with, before sudo (`SUDO_USER`, sudo(8)), and whether it is root now. The key
 * says nothing. One short process, and one more for an account that is not in /etc/passwd (getent(1)). Answer: whether it
 * is root, name, home and groups, each on a line.
 */
export const loginAccount: Reader<LoginAccount> = {
  name: 'login-account',
  script: () => `uid= home=
while read -r field value rest; do
  if [ "$field" = Uid: ]; then uid=$value; fi
done <"/proc/$$/status" 2>/dev/null
user=\${SUDO_USER:-\${LOGNAME:-\${USER:-}}}
while IFS=: read -r name password number group comment folder rest; do
  if [ "$name" = "$user" ]; then home=$folder; break; fi
done </etc/passwd
[ -n "$home" ] || home=$(getent passwd -- "$user" 2>/dev/null | cut -d : -f 6)
printf '%s\\n%s\\n%s\\n' "$uid" "$user" "$home"
id -Gn -- "$user" 2>/dev/null
true`,
  parse: ({ stdout }, keys) => {
    const [uid = '', name = '', folder = '', groups = ''] = stdout.split('\n');
    const user = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?$/.test(name) ? name : '';
    const isFolder = user !== '' && folder.startsWith('/') && !folder.split('/').includes('..');
    const home = isFolder ? folder.replace(/\/+$/, '') : '';
    return keys.map(() => ({
      user,
      isRoot: uid === '0',
      home,
      groups: user === '' ? [] : groups.split(' ').filter((group) => group !== ''),
    }));
  },
};
