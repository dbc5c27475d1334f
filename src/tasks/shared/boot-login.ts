import { NETWORK_UNITS, SSH_UNITS } from '../../core/login-units.js';
import type { Change } from '../../core/state.js';
import type { ReadableHost } from '../../core/task.js';
import { openrcServices } from '../../probes/openrc-services.js';
import { units, type UnitEntry } from '../../probes/units.js';
import { doesExist } from './unit-state.js';

/** Units of which one has to start at boot, and what the host would have no more. */
const NEEDED = [
  { names: SSH_UNITS, what: 'sshd' },
  { names: NETWORK_UNITS, what: 'the network' },
];

/**
 * What a host would start no more at its next boot, by which somebody logs in; a new login would not show it before that.
 * A sentence, or none where another unit does the same.
 * @param changes - of the service or unit file `unit`, a full name
 */
export async function lostAtBoot(
  host: ReadableHost,
  unit: string,
  changes: readonly Change[],
): Promise<string[]> {
  const needed = NEEDED.find(({ names }) => names.includes(unit));
  const isMasked = changes.some(({ field, after }) => field === 'masked' && after === true);
  const isDisabled = changes.some(
    ({ field, after }) =>
      (field === 'enabled' && after === false) || (field === 'state' && after === 'absent'),
  );
  if (needed === undefined || !(isMasked || isDisabled)) return [];
  const others = needed.names.filter((name) => name !== unit);
  const isLost =
    host.facts.init === 'openrc'
      ? await isLastOfOpenrc(host, unit, others)
      : await isLastOfSystemd(host, { unit, others, isMasked });
  return isLost ? [`nothing but ${unit} would start ${needed.what} at the next boot`] : [];
}

interface Units {
  readonly unit: string;
  readonly others: readonly string[];
  readonly isMasked: boolean;
}

async function isLastOfSystemd(host: ReadableHost, { unit, others, isMasked }: Units): Promise<boolean> {
  const [own, ...found] = await Promise.all([unit, ...others].map((name) => host.read(units, name)));
  if (own === undefined || !doesExist(own)) return false;
  // A socket starts what is not enabled itself; what is masked it cannot start.
  const isNeeded = startsAtBoot(own) || (isMasked && own.activeState === 'active');
  const isOther = (name: string, entry: UnitEntry | null | undefined): boolean =>
    doesExist(entry ?? null) &&
    startsAtBoot(entry) &&
    // Another name of the same unit goes with it.
    entry?.fragmentPath !== own.fragmentPath &&
    !(isMasked && name === unit.replace(/\.service$/, '.socket'));
  return isNeeded && !others.some((name, index) => isOther(name, found[index]));
}

function startsAtBoot(entry: UnitEntry | null | undefined): boolean {
  return ['enabled', 'alias', 'generated'].includes(entry?.unitFileState ?? '');
}

async function isLastOfOpenrc(host: ReadableHost, unit: string, others: readonly string[]): Promise<boolean> {
  const names = [unit, ...others].filter((name) => name.endsWith('.service'));
  const found = await Promise.all(
    names.map((name) => host.read(openrcServices, name.replace(/\.service$/, ''))),
  );
  return !found.slice(1).some((service) => (service?.runlevels.length ?? 0) > 0);
}
