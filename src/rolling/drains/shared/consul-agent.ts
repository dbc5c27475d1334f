import * as z from 'zod';
import type { DrainHost } from '../../../core/drain.js';
import { askJson, tellApi, type HostApi } from '../../api/host-api.js';
import { indexOf, type OwnRaft } from './raft-member.js';

const selfSchema = z.object({
  Config: z.object({
    NodeName: z.string(),
    NodeID: z.string().default(''),
    Server: z.boolean(),
    Version: z.string().default(''),
  }),
  Member: z.object({ Tags: z.record(z.string(), z.string()).nullable() }).optional(),
  Stats: z.object({ raft: z.record(z.string(), z.string()).optional() }).optional(),
});

export type ConsulSelf = z.output<typeof selfSchema>;

const checksSchema = z.record(
  z.string(),
  z.object({ Status: z.string(), Name: z.string().default(''), ServiceName: z.string().default('') }),
);

/** A check of the agent itself: of its node, or of one of its services. */
export interface ConsulCheck {
  readonly id: string;
  /** What it is about, for people: its service, else its name. */
  readonly of: string;
  readonly status: string;
}

/** The check that the maintenance mode of a whole agent is, and how those of single services begin. */
const NODE_MAINTENANCE = '_node_maintenance';
const SERVICE_MAINTENANCE = '_service_maintenance:';
/** Whether the other agents find it alive. */
const ALIVE = 'serfHealth';

type Asker = Pick<DrainHost, 'shell'>;

/** Who the agent is, https://developer.hashicorp.com/consul/api-docs/agent#read-configuration */
export function readSelf({ shell }: Asker, api: HostApi): Promise<ConsulSelf> {
  return askJson(shell, api, { method: 'GET', path: '/v1/agent/self' }, { schema: selfSchema });
}

/** What a server says of its own raft. @throws HomelabError `drain/bad-answer` */
export function ownRaft(self: ConsulSelf, api: HostApi): OwnRaft {
  const tags = self.Member?.Tags ?? {};
  const expected = Number(tags['expect'] ?? '');
  return {
    id: self.Config.NodeID || (tags['id'] ?? ''),
    expected: Number.isSafeInteger(expected) && expected > 0 ? expected : undefined,
    appliedIndex: indexOf(self.Stats?.raft?.['applied_index'], api),
  };
}

/** All checks of the agent, with those that a maintenance mode is. */
export async function readChecks({ shell }: Asker, api: HostApi): Promise<readonly ConsulCheck[]> {
  const checks = await askJson(
    shell,
    api,
    { method: 'GET', path: '/v1/agent/checks' },
    { schema: checksSchema },
  );
  return Object.entries(checks).map(([id, { Status: status, Name: name, ServiceName: service }]) => ({
    id,
    of: service || name || id,
    status,
  }));
}

/** Names of the services that are registered at the agent, sorted. */
export async function readServices({ shell }: Asker, api: HostApi): Promise<readonly string[]> {
  const schema = z.record(z.string(), z.object({ Service: z.string() }));
  const services = await askJson(shell, api, { method: 'GET', path: '/v1/agent/services' }, { schema });
  return [...new Set(Object.values(services).map(({ Service: name }) => name))].toSorted();
}

/** Whether the maintenance mode of the agent is among its checks. */
export function isInMaintenance(checks: readonly ConsulCheck[]): boolean {
  return checks.some(({ id }) => id === NODE_MAINTENANCE);
}

/** Ids of the checks that pass and have to again. */
export function passingOf(checks: readonly ConsulCheck[]): string[] {
  return checks
    .filter(({ id, status }) => status === 'passing' && !isOfMaintenance(id))
    .map(({ id }) => id)
    .toSorted();
}

function isOfMaintenance(id: string): boolean {
  return id === NODE_MAINTENANCE || id.startsWith(SERVICE_MAINTENANCE);
}

/** The checks of a node as the servers know them, which is what DNS answers by. */
export async function readNodeHealth(
  { shell }: Asker,
  api: HostApi,
  node: string,
): Promise<readonly ConsulCheck[]> {
  const schema = z
    .array(
      z.object({
        CheckID: z.string(),
        Status: z.string(),
        Name: z.string().default(''),
        ServiceName: z.string().default(''),
      }),
    )
    .nullable();
  const path = `/v1/health/node/${encodeURIComponent(node)}`;
  const checks = await askJson(shell, api, { method: 'GET', path }, { schema });
  return (checks ?? []).map(({ CheckID: id, Status: status, Name: name, ServiceName: service }) => ({
    id,
    of: service || name || id,
    status,
  }));
}

/** Whether the servers find the node alive. */
export function isAlive(health: readonly ConsulCheck[]): boolean {
  return health.some(({ id, status }) => id === ALIVE && status === 'passing');
}

/** Asks for the maintenance mode of the whole agent, or its end. It outlasts a restart of the agent. */
export function setMaintenance(
  { shell }: Asker,
  api: HostApi,
  { isOn, reason }: { readonly isOn: boolean; readonly reason: string },
): Promise<void> {
  const query = isOn ? `enable=true&reason=${encodeURIComponent(reason)}` : 'enable=false';
  return tellApi(shell, api, { method: 'PUT', path: `/v1/agent/maintenance?${query}` });
}
