import { HomelabError, InternalError, toHomelabError } from '../core/errors.js';
import type { HostConfig } from '../core/host-config.js';
import type { Login } from '../core/shell.js';
import type { Transport } from '../core/transport.js';

/** An access that works. */
export interface ProvenAccess {
  /** Undefined where the program ssh did not tell. */
  readonly login: Login | undefined;
  /** How root was become; `none`: it was not asked for, or the account is root. */
  readonly become: HostConfig['become'];
}

/**
 * Logs in with a key and becomes root as the inventory says. @throws HomelabError `transport/…`; of sudo with what to do
 * about it on the machine
 */
export async function proveAccess(transport: Transport, host: HostConfig): Promise<ProvenAccess> {
  try {
    const shell = await transport.open(host);
    const [result] = await shell.run([{ script: 'id -u' }]);
    if (result === undefined) throw new InternalError('A section has no result');
    const isRoot = result.stdout.toString('utf8').trim() === '0';
    if (host.become !== 'none' && !isRoot) throw notRoot(host);
    return { login: shell.login, become: shell.login?.user === 'root' ? 'none' : host.become };
  } catch (thrown) {
    throw withAdvice(toHomelabError(thrown), host);
  }
}

/** What to do on the machine, which nobody can do from here. */
function withAdvice(error: HomelabError, { name, user = 'the account' }: HostConfig): HomelabError {
  const again = 'then run this again. The key stays installed.';
  const advice: Readonly<Record<string, string>> = {
    'transport/sudo-denied': `As root on ${name}: usermod -aG sudo ${user} (or wheel, where that group may use sudo); ${again}`,
    'transport/sudo-missing': `As root on ${name}: install sudo, and usermod -aG sudo ${user}; ${again} Or let root log in: user: root in the inventory.`,
    'transport/sudo-password-needed': `Run on a terminal, or set HOMELAB_BECOME_PASSWORD, or as root on ${name}: echo '${user} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/${user}; ${again}`,
  };
  const hint = advice[error.code];
  if (hint === undefined) return error;
  const { code, message, host, cause } = error;
  return new HomelabError({ code, message, hint, host, cause });
}

function notRoot({ name }: HostConfig): HomelabError {
  return new HomelabError({
    code: 'transport/sudo-denied',
    host: name,
    message: `sudo on ${name} starts a shell that is not root's`,
  });
}
