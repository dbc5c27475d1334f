import * as z from 'zod';
import type { DrainHost } from '../../../core/drain.js';
import { toHomelabError } from '../../../core/errors.js';
import { askJson, type HostApi } from '../../api/host-api.js';

const serverSchema = z.object({
  ID: z.string(),
  Name: z.string().default(''),
  Healthy: z.boolean().default(false),
  Voter: z.boolean().default(false),
  Leader: z.boolean().default(false),
  LastIndex: z.number().default(0),
});

/** Null where there is no server: Go writes an empty list so. */
const healthSchema = z.object({
  Healthy: z.boolean(),
  FailureTolerance: z.int(),
  Servers: z.array(serverSchema).nullable(),
});

const configurationSchema = z.object({
  Servers: z
    .array(
      z.object({
        ID: z.string(),
        Node: z.string().default(''),
        Leader: z.boolean().default(false),
        Voter: z.boolean().default(false),
      }),
    )
    .nullable(),
});

/** A server, as the leader sees it. */
export interface RaftServer {
  readonly id: string;
  readonly name: string;
  readonly isHealthy: boolean;
  readonly isVoter: boolean;
  readonly isLeader: boolean;
  readonly lastIndex: number;
}

/** The servers of a cluster of Consul or Nomad: both have the same raft, autopilot and paths. */
export interface RaftCluster {
  /** Whether there is a leader, whom all of this is from. */
  readonly isLed: boolean;
  readonly isHealthy: boolean;
  /** How many more servers may fail. */
  readonly tolerance: number;
  readonly servers: readonly RaftServer[];
}

const UNLED: RaftCluster = { isLed: false, isHealthy: false, tolerance: 0, servers: [] };

/**
 * Reads /v1/status/leader, /v1/operator/autopilot/health and /v1/operator/raft/configuration. A vote is one that both
 * lists know; of a server that only raft knows, nothing is healthy.
 * @throws HomelabError `drain/…` as `askJson`
 */
export async function readRaft({ shell }: Pick<DrainHost, 'shell'>, api: HostApi): Promise<RaftCluster> {
  const leader = await askJson(
    shell,
    api,
    { method: 'GET', path: '/v1/status/leader' },
    { schema: z.string() },
  );
  if (leader === '') return UNLED;
  // 429 where something is unhealthy; the body tells what.
  const health = await askJson(
    shell,
    api,
    { method: 'GET', path: '/v1/operator/autopilot/health' },
    { schema: healthSchema, statuses: [429] },
  );
  const configuration = await askJson(
    shell,
    api,
    { method: 'GET', path: '/v1/operator/raft/configuration' },
    { schema: configurationSchema },
  );
  const healths = new Map((health.Servers ?? []).map((one) => [one.ID, one]));
  const servers = (configuration.Servers ?? []).map(({ ID: id, Node: node, Leader, Voter }): RaftServer => {
    const seen = healths.get(id);
    return {
      id,
      name: seen?.Name || node || id,
      isHealthy: seen?.Healthy === true,
      isVoter: Voter && seen?.Voter === true,
      isLeader: Leader,
      lastIndex: seen?.LastIndex ?? 0,
    };
  });
  return { isLed: true, isHealthy: health.Healthy, tolerance: health.FailureTolerance, servers };
}

/** As {@link readRaft}; a cluster without a leader answers with errors of its own. */
export async function readRaftOrUnled(host: Pick<DrainHost, 'shell'>, api: HostApi): Promise<RaftCluster> {
  try {
    return await readRaft(host, api);
  } catch (thrown) {
    if (toHomelabError(thrown).code === 'drain/api-failed') return UNLED;
    throw thrown;
  }
}

/** How many have a vote. */
export function votersOf({ servers }: RaftCluster): number {
  return servers.filter(({ isVoter }) => isVoter).length;
}

/** The server of an id. */
export function serverOf({ servers }: RaftCluster, id: string): RaftServer | undefined {
  return servers.find((one) => one.id === id);
}

/** How far the log of the leader was at that look. */
export function leaderIndex({ servers }: RaftCluster): number {
  return servers.find(({ isLeader }) => isLeader)?.lastIndex ?? 0;
}
