import { createDrainRegistry, type DrainRegistry } from '../../core/drain-registry.js';
import { HomelabError, toHomelabError } from '../../core/errors.js';
import type { HostConfig, Inventory } from '../../core/host-config.js';
import { didYouMean } from '../../core/nearest.js';
import type { HealthCheck } from '../../core/rolling-settings.js';
import { CONTROLLER } from '../waves/findings.js';
import { bindDrain } from './bound-drain.js';

/**
 * What an inventory says for upgrades that can be known to be wrong without connecting: adapters of drains and their parameters,
 * and places where something is to be asked or run that are no hosts. Codes `rolling/unknown-drain`, `rolling/drain-parameters`,
 * `rolling/unknown-place`.
 */
export async function rollingErrors(
  inventory: Pick<Inventory, 'hosts' | 'groups'>,
  registry: DrainRegistry = createDrainRegistry(),
): Promise<readonly HomelabError[]> {
  const found: HomelabError[] = [];
  for (const host of inventory.hosts.values()) {
    found.push(...(await drainErrors(host, registry)));
    found.push(...placeErrors(host.name, host.rolling.health, inventory.hosts));
    const on = host.rolling.snapshot?.on;
    if (on !== undefined && !isPlace(on, inventory.hosts))
      found.push(
        unknownPlace(on, `snapshot.on of ${host.name}`, { hosts: inventory.hosts, source: host.source }),
      );
  }
  for (const [name, { rolling }] of inventory.groups)
    found.push(...placeErrors(name, rolling?.health ?? [], inventory.hosts));
  return found;
}

async function drainErrors({ name, rolling }: HostConfig, registry: DrainRegistry): Promise<HomelabError[]> {
  const found: HomelabError[] = [];
  for (const drain of rolling.drains) {
    try {
      await bindDrain({ ...drain, label: drain.adapter, host: name }, registry);
    } catch (thrown) {
      found.push(toHomelabError(thrown));
    }
  }
  return found;
}

function placeErrors(
  owner: string,
  health: readonly HealthCheck[],
  hosts: ReadonlyMap<string, unknown>,
): HomelabError[] {
  return health.flatMap(({ name, from, source }) =>
    from === undefined || isPlace(from, hosts)
      ? []
      : [unknownPlace(from, `health.${name}.from of ${owner}`, { hosts, source })],
  );
}

function isPlace(name: string, hosts: ReadonlyMap<string, unknown>): boolean {
  return name === CONTROLLER || hosts.has(name);
}

function unknownPlace(
  place: string,
  key: string,
  { hosts, source }: { hosts: ReadonlyMap<string, unknown>; source: HomelabError['source'] },
): HomelabError {
  return new HomelabError({
    code: 'rolling/unknown-place',
    message: `${key} names a host "${place.slice(0, 80)}" that the inventory does not have`,
    hint: didYouMean(place, [CONTROLLER, ...hosts.keys()]) ?? 'Name a host, or `controller`.',
    source,
  });
}
