import * as z from 'zod';
import { defineDrain, type DrainHost } from '../../core/drain.js';
import { HomelabError } from '../../core/errors.js';
import { apiShape, hostApi, requireOneToken } from '../api/api-params.js';
import type { HostApi } from '../api/host-api.js';
import { orPending, untilAnswered } from '../api/until-answered.js';
import {
  nodeIdOf,
  notSuchMember,
  ownRaft,
  readLiveAllocations,
  readNode,
  readSelf,
  setDrain,
  setEligible,
  whyUnhealthy,
  type NomadSelf,
} from './shared/nomad-agent.js';
import {
  findMember,
  giveUpLeadership,
  raftFound,
  raftShape,
  whyMemberPends,
  whyMemberStays,
  type OwnRaft,
  type RaftFound,
  type RaftMember,
} from './shared/raft-member.js';

const params = z
  .strictObject({
    member: z
      .enum(['server', 'client'])
      .optional()
      .describe('which part of its agent is meant; default: all that it is'),
    ...apiShape('http://127.0.0.1:4646'),
    deadline: z
      .int()
      .min(1)
      .max(86_400)
      .default(600)
      .describe('seconds that jobs have to start elsewhere; then Nomad stops what is left'),
    ignore_system: z
      .boolean()
      .default(true)
      .describe('leave jobs that run on every client until the agent goes'),
    ...raftShape,
  })
  .superRefine(requireOneToken);

type NomadParams = z.output<typeof params>;

const clientFound = z.strictObject({
  id: z.string().regex(/^[0-9a-f-]{36}$/),
  name: z.string(),
  isEligible: z.boolean(),
  isDraining: z.boolean(),
});

const foundSchema = z.strictObject({ client: clientFound.nullable(), server: raftFound.nullable() });

type NomadFound = z.output<typeof foundSchema>;
type ClientFound = z.output<typeof clientFound>;

const apiOf = (host: DrainHost, wanted: NomadParams): HostApi => hostApi(host.name, 'X-Nomad-Token', wanted);

function memberOf(host: DrainHost, wanted: NomadParams): RaftMember {
  return { host, api: apiOf(host, wanted), service: 'Nomad' };
}

async function find(host: DrainHost, wanted: NomadParams): Promise<NomadFound> {
  const api = apiOf(host, wanted);
  const self = await readSelf(host, api);
  const id = wanted.member === 'server' ? undefined : nodeIdOf(self);
  const own = wanted.member === 'client' ? undefined : ownRaft(self, api);
  if (id === undefined && own === undefined)
    return notSuchMember(host.name, wanted.member ?? 'client and no server');
  const node = id === undefined ? undefined : await readNode(host, api, id);
  return {
    client:
      id === undefined || node === undefined
        ? null
        : { id, name: node.name || host.name, isEligible: node.isEligible, isDraining: node.isDraining },
    server: own === undefined ? null : await findMember(memberOf(host, wanted), own),
  };
}

async function ownOf(host: DrainHost, wanted: NomadParams): Promise<OwnRaft> {
  const api = apiOf(host, wanted);
  const self: NomadSelf = await readSelf(host, api);
  return ownRaft(self, api) ?? notSuchMember(host.name, 'server');
}

function describe({ client, server }: NomadFound): string | undefined {
  const parts = [
    ...(client === null ? [] : ['its jobs of Nomad start elsewhere']),
    ...(server?.isLeader === true ? ['hands leadership of Nomad over, where its version can'] : []),
  ];
  return parts.length === 0 ? undefined : parts.join('; ');
}

/** What remains on the client and may not. */
async function remaining(host: DrainHost, wanted: NomadParams, id: string): Promise<string[]> {
  const live = await readLiveAllocations(host, apiOf(host, wanted), id);
  return live.filter(({ isSystem }) => !(isSystem && wanted.ignore_system)).map(({ name }) => name);
}

const SHORTEST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 5000;
/** For jobs that take their time to stop once Nomad has told them to. */
const KILL_SECONDS = 60;

async function drainClient(host: DrainHost, wanted: NomadParams, client: ClientFound): Promise<void> {
  const api = apiOf(host, wanted);
  const { id } = client;
  const now = await readNode(host, api, id);
  const isEmpty = (await remaining(host, wanted, id)).length === 0;
  if (!now.isDraining && (now.isEligible || !isEmpty))
    await setDrain(
      host,
      { api, id },
      {
        DrainSpec: { Deadline: wanted.deadline * 1e9, IgnoreSystemJobs: wanted.ignore_system },
        MarkEligible: false,
      },
    );
  let left: string[] = [];
  for (let waitedMs = 0; waitedMs <= (wanted.deadline + KILL_SECONDS) * 1000;) {
    left = await remaining(host, wanted, id);
    if (left.length === 0) return;
    const pauseMs = Math.min(SHORTEST_PAUSE_MS + waitedMs / 4, LONGEST_PAUSE_MS);
    await host.pause(pauseMs);
    waitedMs += pauseMs;
  }
  throw new HomelabError({
    code: 'drain/not-drained',
    message: `${left.length} allocation${left.length === 1 ? '' : 's'} of Nomad still on ${host.name} after ${wanted.deadline} s: ${left.slice(0, 10).join(', ')}`,
    hint: `See \`nomad node status ${id}\`: is there room for them elsewhere? The client stays drained.`,
    host: host.name,
  });
}

async function drain(host: DrainHost, wanted: NomadParams, { client, server }: NomadFound): Promise<void> {
  if (client !== null) await drainClient(host, wanted, client);
  if (server !== null)
    await giveUpLeadership(memberOf(host, wanted), server, (to) => ({
      method: 'PUT',
      path: `/v1/operator/raft/transfer-leadership?id=${encodeURIComponent(to)}`,
    }));
}

/** A drain that was under way when found is somebody else's. */
async function undrainClient(host: DrainHost, wanted: NomadParams, client: ClientFound): Promise<void> {
  const { id, isEligible, isDraining } = client;
  if (isDraining) return;
  const place = { api: apiOf(host, wanted), id };
  await untilAnswered(host, wanted.timeout, async () => {
    const now = await readNode(host, place.api, id);
    if (now.isDraining) await setDrain(host, place, { DrainSpec: null, MarkEligible: isEligible });
    else if (now.isEligible !== isEligible) await setEligible(host, place, isEligible);
  });
}

async function clientPends(
  host: DrainHost,
  wanted: NomadParams,
  client: ClientFound,
): Promise<string | undefined> {
  const api = apiOf(host, wanted);
  const why = await whyUnhealthy(host, api, 'client');
  if (why !== undefined) return why;
  const { name, status, isDraining, isEligible } = await readNode(host, api, client.id);
  if (status !== 'ready') return `the servers of Nomad find ${name} ${status}`;
  if (isDraining && !client.isDraining) return `${name} is still drained in Nomad`;
  // A drain that ends leaves a client ineligible; one that was found may have ended.
  if (!client.isDraining && isEligible !== client.isEligible)
    return `${name} is ${isEligible ? '' : 'not '}open to jobs of Nomad, and was${isEligible ? ' not' : ''}`;
  return undefined;
}

async function serverPends(
  host: DrainHost,
  wanted: NomadParams,
  server: RaftFound,
): Promise<string | undefined> {
  return (
    (await whyUnhealthy(host, apiOf(host, wanted), 'server')) ??
    (await whyMemberPends(memberOf(host, wanted), server, () => ownOf(host, wanted)))
  );
}

/** Nomad, https://developer.hashicorp.com/nomad/api-docs. What its own command says of a drain is no proof: allocations are. */
export default defineDrain<NomadParams, NomadFound>({
  summary: 'Nomad: jobs of a client start elsewhere first; a server goes only while the others have a quorum',
  params,
  examples: [
    {},
    { member: 'client', api: 'http://127.0.0.1:4646', deadline: 120 },
    { api: 'https://127.0.0.1:4646', token_file: '/root/nomad.token', ignore_system: false },
    { member: 'server', may_lose_quorum: true },
  ],
  found: foundSchema,
  find,
  refuses: async (host, wanted, { server }) =>
    server === null
      ? undefined
      : whyMemberStays(memberOf(host, wanted), await ownOf(host, wanted), wanted.may_lose_quorum),
  isLeader: ({ server }) => server?.isLeader === true,
  votes: ({ server }) => server !== null,
  describe,
  drain,
  undrain: async (host, wanted, { client }) => {
    if (client !== null) await undrainClient(host, wanted, client);
  },
  pending: (host, wanted, { client, server }) =>
    orPending(async () => {
      const why = server === null ? undefined : await serverPends(host, wanted, server);
      return why ?? (client === null ? undefined : clientPends(host, wanted, client));
    }),
});
