import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { HomelabError, toHomelabError } from '../../core/errors.js';
import type { CheckEnvironment } from '../../drift/schedule/check-environment.js';
import type { CheckJob } from '../../drift/schedule/check-job.js';
import type { SchedulerKind } from '../../drift/schedule/scheduler.js';
import type { Settings } from '../../inventory/settings.js';
import { SecretOpener } from '../../secrets/secret-opener.js';
import type { UnattendedLogins } from '../../transport/unattended-login.js';

/** Opens secrets as a check can that nobody watches: with what its environment names, and no passphrase. */
export function unattendedOpener(environment: CheckEnvironment, files: readonly string[]): SecretOpener {
  return new SecretOpener({ env: environment.env, files, askSecret: () => Promise.resolve(undefined) });
}

/** Does `work`; a passphrase that somebody would have to type is told as what it is here. @throws HomelabError `schedule/locked-identity` */
export async function unlessLocked<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (thrown) {
    const { code, message } = toHomelabError(thrown);
    if (code !== 'secret/bad-passphrase') throw thrown;
    throw new HomelabError({
      code: 'schedule/locked-identity',
      message: `nobody is there to type its passphrase: ${message}`,
      hint: 'Name an identity without one in `identity` of homelab.yml, closed to others (chmod 600), for checks alone.',
      cause: thrown,
    });
  }
}

/** @throws HomelabError `schedule/locked-key` where a host's only key wants a passphrase */
export function requireOpenKeys({ locked }: UnattendedLogins, { agentRefusal }: CheckEnvironment): void {
  const [first] = locked;
  if (first === undefined) return;
  const hosts = locked.map(({ host }) => host).join(', ');
  const why =
    agentRefusal === undefined ? '' : `; the agent of SSH_AUTH_SOCK cannot be asked: ${agentRefusal}`;
  throw new HomelabError({
    code: 'schedule/locked-key',
    message: `${first.path}, the key for ${hosts}, wants a passphrase, and nobody is there to type it${why}`,
    hint: 'Give those hosts a key without a passphrase for checks (`identity`), or hold it in an agent that stays, as a service of your account.',
  });
}

interface Surroundings {
  readonly kind: SchedulerKind;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly environment: CheckEnvironment;
  readonly logins: UnattendedLogins;
}

/** What a person should know of a check that is scheduled: what was chosen, and what will be missing. */
export function scheduleNotes(job: CheckJob, { kind, env, environment, logins }: Surroundings): string[] {
  const { agent, agentRefusal } = environment;
  const keyless = logins.keyless.join(', ');
  const account = userInfo().username;
  const isLingering = existsSync(`/var/lib/systemd/linger/${account}`);
  return [
    ...(agent === undefined ? [] : [`Keys of the agent at ${agent} are used, while it is there.`]),
    ...(agentRefusal === undefined ? [] : [`The agent of SSH_AUTH_SOCK is not used: ${agentRefusal}.`]),
    ...(keyless === '' ? [] : [`There is no key for ${keyless}: checks will say that they cannot log in.`]),
    ...(env['HOMELAB_BECOME_PASSWORD'] === undefined
      ? []
      : ['HOMELAB_BECOME_PASSWORD is not kept: hosts where sudo wants a password cannot be checked.']),
    ...(job.isLocal && kind !== 'cron'
      ? ['This machine is one of the hosts, so that the check runs without a sandbox.']
      : []),
    ...(kind === 'systemd-user' && !isLingering
      ? [`Checks run only while you are logged in: loginctl enable-linger ${account}`]
      : []),
  ];
}

/** What a person should know of a check of some hosts or items that tells: who waits for a digest. */
export function digestNotes({ notify = [] }: Pick<Settings, 'notify'>): string[] {
  if ([notify].flat().every(({ digest }) => digest === undefined)) return [];
  return ['It sends no digest: that is of all hosts and all items.'];
}
