import * as z from 'zod';
import type { DrainHost } from '../../../core/drain.js';
import { HomelabError } from '../../../core/errors.js';
import { askApi, askJson, tellApi, type HostApi } from '../../api/host-api.js';
import { indexOf, type OwnRaft } from './raft-member.js';

const statisticsSchema = z.record(z.string(), z.record(z.string(), z.string()));

const selfSchema = z.object({
  stats: statisticsSchema,
  member: z
    .object({ Name: z.string().default(''), Tags: z.record(z.string(), z.string()).nullable() })
    .optional(),
});

export type NomadSelf = z.output<typeof selfSchema>;

type Asker = Pick<DrainHost, 'shell'>;

/** What the agent is and does, https://developer.hashicorp.com/nomad/api-docs/agent#query-self */
export function readSelf({ shell }: Asker, api: HostApi): Promise<NomadSelf> {
  return askJson(shell, api, { method: 'GET', path: '/v1/agent/self' }, { schema: selfSchema });
}

/** The id of the client that the agent is; undefined: it is none. */
export function nodeIdOf({ stats }: NomadSelf): string | undefined {
  const id = stats['client']?.['node_id'];
  return id === undefined || !/^[0-9a-f-]{36}$/.test(id) ? undefined : id;
}

/** What a server says of its own raft; undefined: it is none. @throws HomelabError `drain/bad-answer` */
export function ownRaft({ stats, member }: NomadSelf, api: HostApi): OwnRaft | undefined {
  if (stats['nomad']?.['server'] !== 'true') return undefined;
  const tags = member?.Tags ?? {};
  const expected = Number(tags['expect'] ?? '');
  return {
    id: tags['id'] ?? '',
    expected: Number.isSafeInteger(expected) && expected > 0 ? expected : undefined,
    appliedIndex: indexOf(stats['raft']?.['applied_index'], api),
  };
}

const nodeSchema = z.object({
  Name: z.string().default(''),
  Status: z.string(),
  /** Whether a drain is under way. Once one is over, only the eligibility tells of it. */
  Drain: z.boolean(),
  SchedulingEligibility: z.enum(['eligible', 'ineligible']),
});

/** A client as the servers know it. */
export interface NomadNode {
  readonly name: string;
  /** `ready`, `down`, `initializing`, `disconnected`. */
  readonly status: string;
  readonly isDraining: boolean;
  readonly isEligible: boolean;
}

export async function readNode({ shell }: Asker, api: HostApi, id: string): Promise<NomadNode> {
  const node = await askJson(shell, api, { method: 'GET', path: `/v1/node/${id}` }, { schema: nodeSchema });
  return {
    name: node.Name,
    status: node.Status,
    isDraining: node.Drain,
    isEligible: node.SchedulingEligibility === 'eligible',
  };
}

const allocationsSchema = z
  .array(
    z.object({
      ID: z.string(),
      JobID: z.string(),
      TaskGroup: z.string().default(''),
      ClientStatus: z.string(),
      DesiredStatus: z.string().default('run'),
      JobType: z.string().optional(),
      Job: z.object({ Type: z.string().optional() }).nullish(),
    }),
  )
  .nullable();

/** Work that a client has. */
export interface NomadAllocation {
  /** `web.g[251293da]`. */
  readonly name: string;
  readonly isSystem: boolean;
}

/** What a client still has to run or is running. `unknown`: it does, as far as the servers know. */
const LIVE = ['pending', 'running', 'unknown'];
/** Sorts of jobs that run on every client, so that there is nowhere to go for them. */
const SYSTEM_JOBS = ['system', 'sysbatch'];

/** The allocations of a client that are not over. */
export async function readLiveAllocations(
  { shell }: Asker,
  api: HostApi,
  id: string,
): Promise<readonly NomadAllocation[]> {
  const path = `/v1/node/${id}/allocations`;
  const all = await askJson(shell, api, { method: 'GET', path }, { schema: allocationsSchema });
  return (all ?? [])
    .filter(
      ({ ClientStatus: status, DesiredStatus: desired }) =>
        LIVE.includes(status) && !(status === 'pending' && desired !== 'run'),
    )
    .map((one) => ({
      name: `${one.JobID}.${one.TaskGroup}[${one.ID.slice(0, 8)}]`,
      isSystem: SYSTEM_JOBS.includes(one.JobType ?? one.Job?.Type ?? ''),
    }));
}

/** Asks for a drain; who is told to go has so long. Without a `spec` a drain that is under way ends. */
export function setDrain(
  { shell }: Asker,
  { api, id }: { readonly api: HostApi; readonly id: string },
  body: {
    readonly DrainSpec: { readonly Deadline: number; readonly IgnoreSystemJobs: boolean } | null;
    readonly MarkEligible: boolean;
  },
): Promise<void> {
  return tellApi(shell, api, { method: 'PUT', path: `/v1/node/${id}/drain`, body });
}

/** Whether new work may come. */
export function setEligible(
  { shell }: Asker,
  { api, id }: { readonly api: HostApi; readonly id: string },
  isEligible: boolean,
): Promise<void> {
  const body = { Eligibility: isEligible ? 'eligible' : 'ineligible' };
  return tellApi(shell, api, { method: 'PUT', path: `/v1/node/${id}/eligibility`, body });
}

const healthSchema = z.object({ ok: z.boolean(), message: z.string().default('') });

/** Why the agent is not healthy as a client or a server, as it says itself: 500 with a body where it is not. */
export async function whyUnhealthy(
  { shell }: Asker,
  api: HostApi,
  part: 'client' | 'server',
): Promise<string | undefined> {
  const { body } = await askApi(shell, api, { method: 'GET', path: `/v1/agent/health?type=${part}` });
  const parsed = z.record(z.string(), healthSchema).safeParse(jsonOf(body));
  const health = parsed.success ? parsed.data[part] : undefined;
  if (health?.ok === true) return undefined;
  return `Nomad is not healthy as a ${part}${health === undefined ? '' : `: ${health.message.replaceAll(/\p{Cc}/gu, ' ').slice(0, 200)}`}`;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** @throws HomelabError always */
export function notSuchMember(host: string, wanted: string): never {
  throw new HomelabError({
    code: 'drain/other-member',
    message: `the agent of Nomad on ${host} is no ${wanted}`,
    hint: 'Provision the host first, or correct `member` of its `drain`.',
    host,
  });
}
