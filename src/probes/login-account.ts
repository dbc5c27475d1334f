import type { Reader } from '../core/reader.js';

/** Whom a host was logged in to as, and what has become of that. */
export interface LoginAccount {
  /** Empty where the host does not tell. */
  readonly user: string;
  /** Whether what runs there is root, by sudo or from the start. */
  readonly isRoot: boolean;
}

/**
 * The account that a shell was logged in to with, before sudo (`SUDO_USER`, sudo(8)), and whether it is root now. The key
 * says nothing. Costs no process. Answer: both, each on a line.
 */
export const loginAccount: Reader<LoginAccount> = {
  name: 'login-account',
  script: () => `uid=
while read -r field value rest; do
  if [ "$field" = Uid: ]; then uid=$value; fi
done <"/proc/$$/status" 2>/dev/null
printf '%s\\n%s\\n' "$uid" "\${SUDO_USER:-\${LOGNAME:-\${USER:-}}}"`,
  parse: ({ stdout }, keys) => {
    const [uid = '', name = ''] = stdout.split('\n');
    const user = /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}\$?$/.test(name) ? name : '';
    return keys.map(() => ({ user, isRoot: uid === '0' }));
  },
};
