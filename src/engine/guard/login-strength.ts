import { HomelabError } from '../../core/errors.js';
import { keyWeakness, STRONG_KEY_HINT } from '../../core/key-strength.js';
import type { Login } from '../../core/shell.js';
import type { LoginAccount } from '../../probes/login-account.js';

/** How a run came to a host: `login` is undefined on this machine, and where the program ssh did not tell. */
export interface UsedLogin {
  readonly login: Login | undefined;
  readonly account: LoginAccount;
}

/**
 * Why a host is not to be hardened by this login: afterwards it could not be made again. Undefined: it can, as far as
 * anybody knows before it is tried.
 */
export function refuseLogin(host: string, { login, account }: UsedLogin): HomelabError | undefined {
  if (!account.isRoot)
    return new HomelabError({
      code: 'guard/no-root',
      host,
      message: `on ${host} the login does not become root, so nothing there could be undone by itself`,
      hint: 'Give the host `become: sudo` (or log in as root), and prove it with `homelab run HOST -- id -u`.',
    });
  if (login === undefined) return undefined;
  if (login.method !== 'publickey')
    return new HomelabError({
      code: 'guard/no-key',
      host,
      message: `${host} was logged in to by a password, which it does not accept any more once it is hardened`,
      hint: `Install your key first: homelab adopt ${host} --ask-pass`,
    });
  const weakness = login.key === undefined ? undefined : keyWeakness(login.key);
  if (login.key === undefined || weakness === undefined) return undefined;
  return new HomelabError({
    code: 'guard/weak-key',
    host,
    message: `the key that ${host} was logged in to with (${login.key.fingerprint}) ${weakness}`,
    hint: `${STRONG_KEY_HINT}, install it with \`homelab adopt ${host} --key FILE\`, and name it as \`identity\`.`,
  });
}
