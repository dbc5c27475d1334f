import * as z from 'zod';
import { defineDrain, type DrainHost } from '../../core/drain.js';
import { HomelabError } from '../../core/errors.js';
import { apiShape, hostApi, requireOneToken } from '../api/api-params.js';
import type { HostApi } from '../api/host-api.js';
import { orPending, untilAnswered } from '../api/until-answered.js';
import {
  isAlive,
  isInMaintenance,
  ownRaft,
  passingOf,
  readChecks,
  readNodeHealth,
  readSelf,
  readServices,
  setMaintenance,
} from './shared/consul-agent.js';
import {
  findMember,
  giveUpLeadership,
  raftFound,
  raftShape,
  whyMemberPends,
  whyMemberStays,
  type RaftMember,
} from './shared/raft-member.js';

const params = z
  .strictObject({
    member: z.enum(['server', 'client']).optional().describe('what its agent is; default: as the agent says'),
    ...apiShape('http://127.0.0.1:8500'),
    reason: z
      .string()
      .regex(/^[^\p{Cc}]{1,200}$/u, 'must be one line')
      .default('upgrade by homelab')
      .describe('what others read while it is in maintenance'),
    ...raftShape,
  })
  .superRefine(requireOneToken);

type ConsulParams = z.output<typeof params>;

const foundSchema = z.strictObject({
  node: z.string(),
  /** Null: a client. */
  server: raftFound.nullable(),
  services: z.array(z.string()),
  /** Ids of the checks that passed. */
  passing: z.array(z.string()),
  isInMaintenance: z.boolean(),
});

type ConsulFound = z.output<typeof foundSchema>;

const apiOf = (host: DrainHost, wanted: ConsulParams): HostApi =>
  hostApi(host.name, 'X-Consul-Token', wanted);

function memberOf(host: DrainHost, wanted: ConsulParams): RaftMember {
  return { host, api: apiOf(host, wanted), service: 'Consul' };
}

/** A server without services of its own has nobody sent to it but by those who look for servers. */
function needsMaintenance({ server, services, isInMaintenance: isOn }: ConsulFound): boolean {
  return !isOn && (server === null || services.length > 0);
}

async function find(host: DrainHost, wanted: ConsulParams): Promise<ConsulFound> {
  const api = apiOf(host, wanted);
  const self = await readSelf(host, api);
  const isServer = self.Config.Server;
  if (wanted.member !== undefined && (wanted.member === 'server') !== isServer)
    throw otherMember(host, isServer);
  const checks = await readChecks(host, api);
  return {
    node: self.Config.NodeName,
    server: isServer ? await findMember(memberOf(host, wanted), ownRaft(self, api)) : null,
    services: [...(await readServices(host, api))],
    passing: passingOf(checks),
    isInMaintenance: isInMaintenance(checks),
  };
}

function otherMember({ name }: DrainHost, isServer: boolean): HomelabError {
  const [is, not] = isServer ? ['server', 'client'] : ['client', 'server'];
  return new HomelabError({
    code: 'drain/other-member',
    message: `the agent of Consul on ${name} is a ${is}, and a ${not} was expected`,
    hint: 'Provision the host first, or correct `member` of its `drain`.',
    host: name,
  });
}

function describe(found: ConsulFound): string | undefined {
  const { services, server } = found;
  const parts = [
    ...(server?.isLeader === true ? ['hands leadership of Consul over, where its version can'] : []),
    ...(needsMaintenance(found)
      ? [`maintenance in Consul${services.length === 0 ? '' : `: nobody finds ${services.join(', ')} there`}`]
      : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

async function drain(host: DrainHost, wanted: ConsulParams, found: ConsulFound): Promise<void> {
  const api = apiOf(host, wanted);
  if (needsMaintenance(found)) {
    await setMaintenance(host, api, { isOn: true, reason: wanted.reason });
    await untilKnown(host, api, found.node);
  }
  // Since 1.15; older ones know no such path.
  if (found.server !== null)
    await giveUpLeadership(memberOf(host, wanted), found.server, (to) => ({
      method: 'POST',
      path: `/v1/operator/raft/transfer-leader?id=${encodeURIComponent(to)}`,
    }));
}

const LOOKS = 60;
const PAUSE_MS = 500;
/** Followers answer DNS from what they have, which is what the leader had a moment ago. */
const FOLLOWERS_MS = 2000;

/** The agent tells the servers by and by; they answer DNS. @throws HomelabError `drain/not-drained` */
async function untilKnown(host: DrainHost, api: HostApi, node: string): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if (isInMaintenance(await readNodeHealth(host, api, node))) return host.pause(FOLLOWERS_MS);
    await host.pause(PAUSE_MS);
  }
  throw new HomelabError({
    code: 'drain/not-drained',
    message: `the servers of Consul do not learn that ${node} is in maintenance`,
    hint: `See the log of Consul on ${host.name}: its token may lack \`node:write\`.`,
    host: host.name,
  });
}

async function undrain(host: DrainHost, wanted: ConsulParams, found: ConsulFound): Promise<void> {
  const api = apiOf(host, wanted);
  await untilAnswered(host, wanted.timeout, async () => {
    if (isInMaintenance(await readChecks(host, api)) === found.isInMaintenance) return;
    await setMaintenance(host, api, { isOn: found.isInMaintenance, reason: wanted.reason });
  });
}

async function pending(
  host: DrainHost,
  wanted: ConsulParams,
  found: ConsulFound,
): Promise<string | undefined> {
  const api = apiOf(host, wanted);
  const { server } = found;
  if (server !== null) {
    const own = async () => ownRaft(await readSelf(host, api), api);
    const why = await whyMemberPends(memberOf(host, wanted), server, own);
    if (why !== undefined) return why;
  }
  const checks = await readChecks(host, api);
  const health = await readNodeHealth(host, api, found.node);
  if (!isAlive(health)) return `the servers of Consul do not find ${found.node} alive`;
  if ([checks, health].some((one) => isInMaintenance(one) !== found.isInMaintenance))
    return `${found.node} is ${found.isInMaintenance ? 'not' : 'still'} in maintenance in Consul`;
  // One that its agent no longer has was taken out by who had put it in.
  for (const { id, of, status } of checks.filter((one) => found.passing.includes(one.id))) {
    const known = health.find((one) => one.id === id)?.status ?? 'not known to the servers';
    const bad = [status, known].find((one) => one !== 'passing');
    if (bad !== undefined) return `the check ${id} of ${of} is ${bad} in Consul`;
  }
  return undefined;
}

/**
 * Consul, https://developer.hashicorp.com/consul/api-docs. A server is restarted, never told to leave: a leaver gets its
 * vote back only half a minute after its return, and passes for healthy before.
 */
export default defineDrain<ConsulParams, ConsulFound>({
  summary:
    'Consul: services of the host are not found meanwhile; a server goes only while the others have a quorum',
  params,
  examples: [
    {},
    { member: 'client', api: 'http://127.0.0.1:8500' },
    { api: 'https://127.0.0.1:8501', ca: '/etc/consul.d/ca.pem', token_file: '/root/consul.token' },
    { member: 'server', may_lose_quorum: true },
  ],
  found: foundSchema,
  find,
  refuses: async (host, wanted, { server }) => {
    if (server === null) return undefined;
    const api = apiOf(host, wanted);
    const own = ownRaft(await readSelf(host, api), api);
    return whyMemberStays(memberOf(host, wanted), own, wanted.may_lose_quorum);
  },
  isLeader: ({ server }) => server?.isLeader === true,
  votes: ({ server }) => server !== null,
  describe,
  drain,
  undrain,
  pending: (host, wanted, found) => orPending(() => pending(host, wanted, found)),
});
