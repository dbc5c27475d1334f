import { HomelabError, toHomelabError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { Endpoint } from './endpoint.js';
import { LOGIN_PASSWORD_VARIABLE } from './password-login.js';
import type { RemoteAccount } from './remote-transport.js';
import type { RunPassword } from './run-password.js';
import type { SshConnection } from './ssh-connection.js';

/**
 * The account of a host, once `connect` has logged in with the run's password.
 * @throws HomelabError `transport/login-password-needed`, `/login-password-wrong`, or what `connect` throws
 */
export async function accountByPassword(
  { name: host, user }: Endpoint,
  password: RunPassword,
  connect: (secret: Secret) => Promise<SshConnection>,
): Promise<RemoteAccount> {
  const found: { connection?: SshConnection; wrong?: HomelabError } = {};
  const outcome = await password.use(host, async (secret) => {
    try {
      found.connection = await connect(secret);
      return found.connection.loggedInBy === undefined ? 'unused' : 'accepted';
    } catch (thrown) {
      const error = toHomelabError(thrown);
      if (error.code !== 'transport/login-password-wrong') throw thrown;
      found.wrong = error;
      return 'wrong';
    }
  });
  const { connection, wrong } = found;
  if (connection !== undefined)
    return { user, login: connection.loggedInBy, openChannel: (argv) => connection.exec(argv) };
  if (outcome === 'none') throw passwordNeeded(host, user);
  throw wrong ?? refusedElsewhere(host, typeof outcome === 'object' ? outcome.refusedBy : host);
}

function passwordNeeded(host: string, user: string): HomelabError {
  return new HomelabError({
    code: 'transport/login-password-needed',
    host,
    message: `there is no password for ${user} on ${host}, and no terminal to ask for one`,
    hint: `Run on a terminal, or set ${LOGIN_PASSWORD_VARIABLE}.`,
  });
}

function refusedElsewhere(host: string, refusedBy: string): HomelabError {
  return new HomelabError({
    code: 'transport/login-password-wrong',
    host,
    message: `The password was refused by ${refusedBy}, so it was not tried on ${host}`,
    hint: 'Run again with the right password, for hosts that share one.',
  });
}
