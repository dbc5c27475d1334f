import { HomelabError, toHomelabError } from '../../core/errors.js';
import type { WatchedService } from '../health/health-watch.js';

/** A drain adapter says that the host, or what goes down with it, is needed. */
export function mustStay(host: string, who: string, reason: string): HomelabError {
  return new HomelabError({
    code: 'rolling/must-stay',
    host,
    message: `${host} must not go away now (${who}): ${reason}`,
    hint: 'Repair that first, then: homelab upgrade --resume',
  });
}

/** Another upgrade came between the plan and its beginning. */
export function overtaken(): HomelabError {
  return new HomelabError({
    code: 'rolling/overtaken',
    message: 'another upgrade of this project has begun since the plan was made: what it shows is old',
    hint: 'See how that one ended (`homelab history`), and plan again.',
  });
}

/** Something that has to be up is not, before anything is touched. */
export function notWell(host: string, away: readonly WatchedService[]): HomelabError {
  const lines = away.map(
    ({ name, state, said }) => `${name} is ${state}${said === undefined ? '' : `: ${said}`}`,
  );
  return new HomelabError({
    code: 'rolling/not-well',
    host,
    message: `${lines.join('\n')}\nBefore ${host} is touched everything has to be up`,
    hint: `Repair it, then: homelab upgrade --resume. What may stay away is named by --accept-outage ${away[0]?.name ?? 'NAME'}.`,
  });
}

/** It did not come back, in the words of an upgrade. */
export function notRebooted(host: string, thrown: unknown): unknown {
  const error = toHomelabError(thrown);
  if (error.code !== 'engine/reboot-not-back') return thrown;
  return new HomelabError({
    code: error.code,
    host,
    message: error.message,
    hint: 'Look at its console. Once it is back: homelab upgrade --resume. A slow machine needs a longer --reboot-timeout.',
    cause: error,
  });
}

/** The job ended well and left something over. */
export function stillPending(host: string, names: readonly string[]): HomelabError {
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
  return new HomelabError({
    code: 'rolling/still-pending',
    host,
    message: `the upgrade of ${host} ended well, and these are still not upgraded: ${shown}`,
    hint: 'Look at what the package manager says there.',
  });
}

/** Nothing can take back what changed. */
export function noWayBack(host: string): HomelabError {
  return new HomelabError({
    code: 'rolling/no-rollback',
    host,
    message: `there is no way back on ${host}: it has no snapshot hook, and its system keeps no older versions`,
    hint: 'Declare `snapshot: { take, restore }` for it in the inventory.',
  });
}

/** A service did not start again. */
export function notRestarted(host: string, units: readonly string[], said: string): HomelabError {
  return new HomelabError({
    code: 'rolling/not-restarted',
    host,
    message: `not all of ${units.join(', ')} could be restarted${said.trim() === '' ? '' : `\n${said.trim()}`}`,
    hint: 'Repair it, then: homelab upgrade --resume',
  });
}

/** Units fail that did not before. */
export function notSettled(host: string, failures: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'rolling/not-settled',
    host,
    message: `${host} is not as well as before: ${failures.join(', ')}`,
    hint: `See \`homelab ssh ${host}\`, \`systemctl --failed\`. Then: homelab upgrade --resume`,
  });
}

/** Services do not answer on their host. */
export function notReady(host: string, services: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'rolling/not-ready',
    host,
    message: `on ${host} there is no answer of ${services.join(', ')}`,
    hint: 'Repair it, then: homelab upgrade --resume',
  });
}

/** What was drained does not serve as it did. */
export function notServing(host: string, label: string, reason: string): HomelabError {
  return new HomelabError({
    code: 'rolling/not-serving',
    host,
    message: `${label} on ${host} does not serve as before: ${reason}`,
    hint: 'Repair it, then: homelab upgrade --resume',
  });
}

/** A machine is back, and what runs on it is not. */
export function guestNotBack(host: string, guest: string, cause: HomelabError): HomelabError {
  return new HomelabError({
    code: 'rolling/guests',
    host,
    message: `${host} is back, and ${guest}, which runs on it, is not: ${cause.message}`,
    hint: `Start it there, and see that it starts with the machine. Then: homelab upgrade --resume`,
    cause,
  });
}

/** A guest cannot be asked what would have to be moved away before its machine boots. */
export function guestNotFound(host: string, guest: string, cause: HomelabError): HomelabError {
  return new HomelabError({
    code: 'rolling/guests',
    host,
    message: `${host} is not booted: ${guest}, which runs on it, cannot be drained before: ${cause.message}`,
    hint: cause.hint ?? 'Repair that, then: homelab upgrade --resume',
    cause,
  });
}

/** A drain of a guest is in force, and cannot be undone. */
export function guestStaysDrained(
  host: string,
  guest: string,
  { label, isThere }: { readonly label: string; readonly isThere: boolean },
): HomelabError {
  const why = isThere ? `it has no drain ${label} any more` : 'it is not reached';
  return new HomelabError({
    code: 'rolling/guests',
    host,
    message: `${label} on ${guest} was drained for a reboot of ${host}, and cannot be brought back: ${why}`,
    hint: `${isThere ? 'Put it back into the inventory' : `Start ${guest}`}, then: homelab upgrade --resume. To bring it back by hand: --abandon`,
  });
}

/** A jump host is back, but the way through it is not. */
export function notReachedAgain(host: string, child: string, cause: HomelabError): HomelabError {
  return new HomelabError({
    code: 'rolling/children',
    host,
    message: `${host} is back, and ${child} is not reached through it: ${cause.message}`,
    hint: 'Repair the way there, then: homelab upgrade --resume',
    cause,
  });
}
