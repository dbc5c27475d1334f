import * as z from 'zod';
import type { AnyDrain, DrainHost } from '../../core/drain.js';
import { createDrainRegistry, type DrainRegistry } from '../../core/drain-registry.js';
import { HomelabError, type SourcePosition } from '../../core/errors.js';
import type { HostConfig } from '../../core/host-config.js';
import { didYouMean } from '../../core/nearest.js';
import type { RoleService } from '../../core/role.js';
import { wrongParameter } from './wrong-parameter.js';

/** A drain adapter with its parameters, for one host. */
export interface BoundDrain {
  /** Unique on its host, e.g. `consul`, `nomad client`. */
  readonly label: string;
  readonly adapter: string;
  readonly definition: AnyDrain;
  readonly params: unknown;
}

/** A drain and how it was found. */
export interface FoundDrain extends BoundDrain {
  readonly found: unknown;
}

/**
 * What is to be drained on a host: what its inventory entry says, and what its services need. An adapter that the
 * inventory names takes the place of what a role says of the same one.
 * @throws HomelabError `rolling/unknown-drain`, `rolling/drain-parameters`
 */
export async function drainsOf(
  host: HostConfig,
  services: readonly RoleService[],
  registry: DrainRegistry = createDrainRegistry(),
): Promise<readonly BoundDrain[]> {
  const own = host.rolling.drains.map(({ adapter, params, source }) => ({
    label: adapter,
    adapter,
    params,
    source,
  }));
  const named = new Set(own.map(({ adapter }) => adapter));
  const byRoles = services.flatMap(({ name, unit, drain }) => {
    const { adapter, ...params } = drain;
    if (adapter === 'none' || named.has(adapter)) return [];
    return [
      { label: name, adapter, params: adapter === 'systemd' ? { units: [unit] } : params, source: undefined },
    ];
  });
  const bound: BoundDrain[] = [];
  for (const { label, adapter, params, source } of [...byRoles, ...own])
    bound.push(await bindDrain({ label, adapter, params, source, host: host.name }, registry));
  return bound;
}

interface Binding {
  readonly label: string;
  readonly adapter: string;
  readonly params: unknown;
  readonly source: SourcePosition | undefined;
  readonly host: string;
}

/** The adapter with parameters it takes. @throws HomelabError `rolling/unknown-drain`, `rolling/drain-parameters` */
export async function bindDrain(
  { label, adapter, params, source, host }: Binding,
  registry: DrainRegistry,
): Promise<BoundDrain> {
  if (!registry.has(adapter)) {
    throw new HomelabError({
      code: 'rolling/unknown-drain',
      message: `"${adapter.slice(0, 60)}" is no drain adapter`,
      hint: didYouMean(adapter, registry.adapters()) ?? `There are ${registry.adapters().join(', ')}.`,
      host,
      source,
    });
  }
  const definition = await registry.load(adapter);
  const checked = definition.params.safeParse(params);
  if (checked.success) return { label, adapter, definition, params: checked.data };
  const known = definition.params instanceof z.ZodObject ? Object.keys(definition.params.shape) : [];
  const told = wrongParameter(`drain.${adapter}`, checked.error.issues, known);
  throw new HomelabError({ code: 'rolling/drain-parameters', ...told, host, source });
}

/** How the drains of a host find it. @throws HomelabError `drain/…` */
export async function findDrains(
  host: DrainHost,
  drains: readonly BoundDrain[],
): Promise<readonly FoundDrain[]> {
  const found: FoundDrain[] = [];
  for (const drain of drains)
    found.push({ ...drain, found: await drain.definition.find(host, drain.params) });
  return found;
}

/**
 * The drains as an earlier run found them; one that it did not know is found now.
 * @throws HomelabError `drain/…`
 */
export async function recallDrains(
  host: DrainHost,
  drains: readonly BoundDrain[],
  remembered: ReadonlyMap<string, unknown>,
): Promise<readonly FoundDrain[]> {
  const all: FoundDrain[] = [];
  for (const drain of drains) {
    const known = drain.definition.found.safeParse(remembered.get(drain.label));
    const found = known.success ? known.data : await drain.definition.find(host, drain.params);
    all.push({ ...drain, found });
  }
  return all;
}
