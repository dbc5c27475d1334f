import * as z from 'zod';
import type { DrainHost } from '../../../core/drain.js';
import { HomelabError, toHomelabError } from '../../../core/errors.js';
import { tellApi, type ApiRequest, type HostApi } from '../../api/host-api.js';
import {
  leaderIndex,
  readRaftOrUnled,
  serverOf,
  votersOf,
  type RaftCluster,
  type RaftServer,
} from './raft-cluster.js';

/** The parameters of an adapter whose service keeps a quorum. */
export const raftShape = {
  may_lose_quorum: z
    .boolean()
    .default(false)
    .describe('go on where the servers cannot do without one, e.g. with a single one'),
  timeout: z
    .int()
    .min(1)
    .max(3600)
    .default(120)
    .describe('seconds that the agent may take to answer once it is back'),
};

/** A server of a cluster as it was found. */
export const raftFound = z.strictObject({
  id: z.string(),
  name: z.string(),
  isLeader: z.boolean(),
  tolerance: z.int(),
  voters: z.int(),
});

export type RaftFound = z.output<typeof raftFound>;

/** The server that a host is, and how it is asked. */
export interface RaftMember {
  readonly host: Pick<DrainHost, 'name' | 'shell' | 'pause'>;
  readonly api: HostApi;
  /** What people call the service, e.g. `Consul`. */
  readonly service: string;
}

/** What a server says of its own raft. */
export interface OwnRaft {
  readonly id: string;
  /** How many servers its configuration expects; undefined: it does not say. */
  readonly expected: number | undefined;
  readonly appliedIndex: number;
}

/** How it is before anything is touched. Without a leader, or where it is no member, it has no vote and tolerates nothing. */
export async function findMember({ host, api }: RaftMember, { id }: OwnRaft): Promise<RaftFound> {
  const cluster = await readRaftOrUnled(host, api);
  const own = serverOf(cluster, id);
  return {
    id,
    name: own?.name ?? host.name,
    isLeader: own?.isLeader === true,
    tolerance: cluster.tolerance,
    voters: votersOf(cluster),
  };
}

/** Why the cluster could not do without this server now. */
export async function whyMemberStays(
  member: RaftMember,
  { expected }: OwnRaft,
  mayLoseQuorum: boolean,
): Promise<string | undefined> {
  const { service } = member;
  const cluster = await readRaftOrUnled(member.host, member.api);
  if (!cluster.isLed) return `the servers of ${service} have no leader`;
  const all = cluster.servers.length;
  const voters = votersOf(cluster);
  const voteless = cluster.servers.filter(({ isVoter }) => !isVoter);
  if (voteless.length > 0) return `${names(voteless)} of ${service} ${has(voteless)} no vote`;
  if (expected !== undefined && voters < expected)
    return `${service} has ${voters} of its ${expected} servers`;
  const sick = cluster.servers.filter(({ isHealthy }) => !isHealthy);
  if (sick.length > 0) return `${names(sick)} of ${service} ${sick.length === 1 ? 'is' : 'are'} not healthy`;
  if (!cluster.isHealthy) return `the servers of ${service} are not healthy`;
  if (cluster.tolerance < 1 && !mayLoseQuorum)
    return `${service} has ${all} server${all === 1 ? '' : 's'} and would lose its quorum without one: failure tolerance ${cluster.tolerance}`;
  const behind = await stillBehind(member, cluster);
  if (behind.length > 0) return `${names(behind)} of ${service} ${has(behind)} not yet all of the log`;
  return undefined;
}

function names(servers: readonly RaftServer[]): string {
  return servers.map(({ name }) => name).join(' and ');
}

function has(servers: readonly RaftServer[]): string {
  return servers.length === 1 ? 'has' : 'have';
}

/** Autopilot looks every two seconds. */
const LOOKS = 6;
const PAUSE_MS = 500;

/**
 * Who does not get as far as the leader was at the first look. While others write, no two servers are ever equal at the
 * same look.
 */
async function stillBehind({ host, api }: RaftMember, first: RaftCluster): Promise<readonly RaftServer[]> {
  const goal = leaderIndex(first);
  const behindIn = ({ servers }: RaftCluster) => servers.filter(({ lastIndex }) => lastIndex < goal);
  let behind = behindIn(first);
  for (let look = 1; look < LOOKS && behind.length > 0; look++) {
    await host.pause(PAUSE_MS);
    behind = behindIn(await readRaftOrUnled(host, api));
  }
  return behind;
}

/** Longer than from one look of autopilot to the next. */
const SECOND_LOOK_MS = 2500;

/**
 * Why the server is not what it was. What autopilot says may be from before the restart: so the server's own log counts
 * too, and only what holds twice.
 */
export async function whyMemberPends(
  member: RaftMember,
  found: RaftFound,
  own: () => Promise<OwnRaft>,
): Promise<string | undefined> {
  const why = await whyNotYet(member, found, own);
  if (why !== undefined) return why;
  await member.host.pause(SECOND_LOOK_MS);
  return whyNotYet(member, found, own);
}

async function whyNotYet(
  { host, api, service }: RaftMember,
  found: RaftFound,
  own: () => Promise<OwnRaft>,
): Promise<string | undefined> {
  const { name } = found;
  const cluster = await readRaftOrUnled(host, api);
  if (!cluster.isLed) return `the servers of ${service} have no leader`;
  const server = serverOf(cluster, found.id);
  if (server === undefined) return `${name} is not among the servers of ${service}`;
  if (!server.isVoter) return `${name} has no vote in ${service} yet`;
  if (!server.isHealthy) return `${name} is not yet healthy for ${service}`;
  const voters = votersOf(cluster);
  if (voters < found.voters) return `${service} has ${voters} voters, and had ${found.voters}`;
  if (cluster.tolerance < found.tolerance)
    return `${service} tolerates ${cluster.tolerance} failures, and tolerated ${found.tolerance}`;
  const goal = leaderIndex(cluster);
  const { appliedIndex } = await own();
  // One that others write to meanwhile is never where the leader is at the same look: its own word is newer.
  return appliedIndex < goal ? `${name} has not yet all of the log of ${service}` : undefined;
}

/** How leadership is handed over, and where the answer is no. */
const TRANSFER_LOOKS = 20;

/**
 * Hands leadership over where this server has it and its version can, so that the others need not find out that it is
 * gone. `transfer`: the request that does it, to a server of that id. Where it does not work out, there is an election as
 * without it.
 */
export async function giveUpLeadership(
  { host, api }: RaftMember,
  { id }: Pick<RaftFound, 'id'>,
  transfer: (to: string) => ApiRequest,
): Promise<void> {
  const cluster = await readRaftOrUnled(host, api);
  if (serverOf(cluster, id)?.isLeader !== true) return;
  const [next] = cluster.servers
    .filter((one) => one.id !== id && one.isVoter && one.isHealthy)
    .toSorted((a, b) => b.lastIndex - a.lastIndex);
  if (next === undefined || !(await isTold(host, api, transfer(next.id)))) return;
  for (let look = 0; look < TRANSFER_LOOKS; look++) {
    const now = await readRaftOrUnled(host, api);
    if (now.isLed && serverOf(now, id)?.isLeader === false) return;
    await host.pause(PAUSE_MS);
  }
}

/** Codes that say: not this time. */
const NOT_DONE = ['drain/not-found', 'drain/api-failed', 'drain/bad-request'];

async function isTold(
  { shell }: Pick<DrainHost, 'shell'>,
  api: HostApi,
  request: ApiRequest,
): Promise<boolean> {
  try {
    await tellApi(shell, api, request);
    return true;
  } catch (thrown) {
    if (NOT_DONE.includes(toHomelabError(thrown).code)) return false;
    throw thrown;
  }
}

/** An index as an agent writes it in its statistics. @throws HomelabError `drain/bad-answer` */
export function indexOf(text: string | undefined, { host, base }: HostApi): number {
  if (text !== undefined && /^\d{1,15}$/.test(text)) return Number(text);
  throw new HomelabError({
    code: 'drain/bad-answer',
    message: `${base} of ${host} does not tell how far its log is applied`,
    hint: 'A version that homelab does not know?',
    host,
  });
}
