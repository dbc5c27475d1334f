import { lstatSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a check that runs by itself gets of the environment it was scheduled in. */
export interface CheckEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** The agent that it asks for keys; undefined: none. */
  readonly agent: string | undefined;
  /** Why the agent that was there is not asked; undefined: it is, or there was none. */
  readonly agentRefusal: string | undefined;
}

/** Places alone, no secret: what homelab and ssh look for them by. */
const KEPT = ['HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'NODE_EXTRA_CA_CERTS'];
const IDENTITY_FILE = 'HOMELAB_AGE_IDENTITY_FILE';

/** `uid`: the account that the check runs as. */
export function checkEnvironment(env: Environment, uid: number): CheckEnvironment {
  const socket = env['SSH_AUTH_SOCK'] ?? '';
  const agentRefusal = socket === '' ? undefined : refusalOf(socket, uid);
  const agent = socket === '' || agentRefusal !== undefined ? undefined : socket;
  const kept = KEPT.flatMap((name) => {
    const value = env[name] ?? '';
    return value.startsWith('/') ? [[name, value] as const] : [];
  });
  const identity = env[IDENTITY_FILE]?.trim() ?? '';
  const path = [...new Set((env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/')))];
  return {
    env: {
      ...Object.fromEntries(kept),
      PATH: path.join(':') || '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      ...(identity === '' ? {} : { [IDENTITY_FILE]: resolve(identity) }),
      ...(agent === undefined ? {} : { SSH_AUTH_SOCK: agent }),
    },
    agent,
    agentRefusal,
  };
}

/** Sockets of one login or one forwarded connection, which are gone after it: of ssh-agent(1), of sshd, before and since 10.1. */
const PASSING = [/^\/tmp\//, /^\/var\/tmp\//, /\/\.ssh\/agent\/s\.[^/]+$/];

function refusalOf(socket: string, uid: number): string | undefined {
  if (!socket.startsWith('/')) return 'it is no absolute path';
  if (PASSING.some((pattern) => pattern.test(socket))) return 'it goes with the login that it belongs to';
  const found = statSync(socket, { throwIfNoEntry: false });
  if (found?.isSocket() !== true) return 'it is not there';
  return found.uid === uid && lstatSync(socket).uid === uid ? undefined : 'it is of another account';
}
