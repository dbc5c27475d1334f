import type { DrainHost } from '../../core/drain.js';
import { HomelabError } from '../../core/errors.js';
import type { HostConfig } from '../../core/host-config.js';
import type { Play } from '../../core/item.js';
import type { RoleService } from '../../core/role.js';
import type { HostWork, RebootForecast } from '../../core/waves.js';
import type { ReachedHost } from '../../engine/reached-host.js';
import { openrcServices } from '../../probes/openrc-services.js';
import { units } from '../../probes/units.js';
import type { GuestMemory } from '../journal/guest-memory.js';
import type { HostMemory } from '../journal/host-memory.js';
import type { UpgradeRequest } from '../journal/upgrade-entry.js';
import type { Obstacle, PendingUpgrade, UpgradeScope, UpgradeSystem } from '../systems/upgrade-system.js';
import { drainsOf, findDrains, recallDrains, type FoundDrain } from './bound-drain.js';
import type { StaleService, UpgradeTools } from './upgrade-tools.js';

/** What was found on a host that an upgrade may have to do something about. */
export interface HostSurvey {
  readonly host: HostConfig;
  readonly reached: ReachedHost;
  readonly system: UpgradeSystem;
  readonly pending: PendingUpgrade;
  /** Why it has to be rebooted already now; undefined: it has not. */
  readonly rebootReason: string | undefined;
  readonly stale: readonly StaleService[];
  /** What the host's roles keep, and what runs of it. */
  readonly services: readonly RoleService[];
  readonly drains: readonly FoundDrain[];
  /** What keeps it from being upgraded. Empty: nothing. */
  readonly obstacles: readonly Obstacle[];
  /** What an earlier run left in the middle; undefined: nothing. */
  readonly memory: HostMemory | undefined;
  /** What was not well when it was begun; known from then on. */
  readonly state: { failures: readonly string[] };
}

export interface SurveyOptions {
  readonly plays: readonly Play[];
  readonly request: UpgradeRequest;
  readonly tools: UpgradeTools;
  readonly memory: HostMemory | undefined;
  /** What that run knew of it as a guest, and may have drained. */
  readonly asGuest: GuestMemory | undefined;
  readonly signal: AbortSignal;
}

/** What a request covers. */
export function scopeOf({ only, packages }: UpgradeRequest): UpgradeScope {
  return { only, packages: packages ?? undefined };
}

/**
 * Looks at a host that was reached. Changes nothing there.
 * @throws HomelabError `rolling/…`, `drain/…`, `transport/…`; HomelabErrors where its roles make no sense there
 */
export async function surveyHost(
  host: HostConfig,
  reached: ReachedHost,
  options: SurveyOptions,
): Promise<HostSurvey> {
  const { tools, request, memory, asGuest } = options;
  const { shell, facts } = reached;
  const system = tools.systemOf(facts);
  const services = await servicesOf(host, reached, options);
  const [pending, rebootReason, stale, bound] = [
    await system.pending(shell, facts, scopeOf(request)),
    await tools.rebootReason(shell),
    await tools.staleServices(shell, facts, services),
    await drainsOf(host, services, tools.drains),
  ];
  const survey = {
    host,
    reached,
    system,
    pending,
    rebootReason,
    stale,
    services,
    memory,
    state: { failures: [] },
  };
  const site = drainHost({ ...survey, drains: [], obstacles: [] }, options);
  const remembered = new Map([...(asGuest?.drains ?? []), ...(memory?.drains ?? [])]);
  const drains = await recallDrains(site, bound, remembered);
  return { ...survey, drains, obstacles: await obstaclesOf({ ...survey, drains, obstacles: [] }, options) };
}

/**
 * The survey of a host that nothing was done to yet, as it stands now: packages come out and containers come and go between a
 * plan and the host's turn. What the plan had no packages for gets none. @throws HomelabError as {@link surveyHost} does
 */
export async function surveyAgain(
  survey: HostSurvey,
  options: Pick<SurveyOptions, 'tools' | 'request' | 'signal'>,
): Promise<HostSurvey> {
  const { system, reached, pending: planned } = survey;
  const isPlanned = planned.packages.length > 0;
  const pending = isPlanned
    ? await system.pending(reached.shell, reached.facts, scopeOf(options.request))
    : planned;
  const now = { ...survey, pending };
  return { ...now, drains: await findDrains(drainHost(now, options), survey.drains) };
}

/** How drain adapters see the host of a survey. */
export function drainHost(
  survey: HostSurvey,
  { tools, request, signal }: Pick<SurveyOptions, 'tools' | 'request' | 'signal'>,
): DrainHost {
  const { host, reached, pending } = survey;
  const packages = survey.memory?.packages ?? pending.packages;
  return {
    name: host.name,
    facts: reached.facts,
    shell: reached.shell,
    work: { packages, reboot: rebootForecast(survey, request) },
    signal,
    pause: (milliseconds) => tools.pause(milliseconds, signal),
  };
}

/** What keeps the host from being upgraded now. Only reads. */
export async function obstaclesOf(
  survey: HostSurvey,
  { tools, memory, request }: Pick<SurveyOptions, 'tools' | 'memory' | 'request'>,
): Promise<readonly Obstacle[]> {
  // Half a way back is worse than what was in the way when it was begun.
  const { host, reached, system, pending } = survey;
  const { shell, facts } = reached;
  if (workOf(survey, request) === undefined || memory?.isUpgraded === true) return [];
  const { backup } = host.rolling;
  const stale = backup === undefined ? undefined : await tools.backupProblem(shell, backup);
  return [
    ...(await system.obstacles(shell, facts, pending)),
    ...(stale === undefined ? [] : [stale]),
    ...(survey.services.some(({ drain }) => drain.adapter === 'docker')
      ? await tools.pullProblems(shell)
      : []),
  ];
}

/** Packages that were asked for by name and of which nothing is pending: a slip of the pen looks like that. */
export function notPending(
  { packages }: Pick<UpgradeRequest, 'packages'>,
  { packages: found, held }: Pick<PendingUpgrade, 'packages' | 'held'>,
): readonly string[] {
  const known = new Set(
    [...found.map(({ name }) => name), ...held].flatMap((name) => [name, name.split(':')[0]]),
  );
  return (packages ?? []).filter((name) => !known.has(name));
}

/** What an upgrade has to do on the host; undefined: nothing. */
export function workOf(survey: HostSurvey, request: UpgradeRequest): HostWork | undefined {
  const { pending, rebootReason, stale, memory } = survey;
  const isRebooted =
    request.reboot === 'always' || (request.reboot === 'needed' && rebootReason !== undefined);
  const hasWork = memory !== undefined || pending.packages.length > 0 || stale.length > 0 || isRebooted;
  if (!hasWork) return undefined;
  return { host: survey.host.name, isLeader: isLeader(survey), reboot: rebootForecast(survey, request) };
}

/** Those of its drains that have a vote in a quorum. */
export function votesOf({ drains }: HostSurvey): readonly FoundDrain[] {
  return drains.filter(({ definition, found }) => definition.votes?.(found) === true);
}

/** Whether the host leads a group just now, as far as its survey knows. */
export function isLeader({ drains }: HostSurvey): boolean {
  return drains.some(({ definition, found }) => definition.isLeader?.(found) === true);
}

/** A reboot of this machine is never homelab's to make: it would end with it. */
function rebootForecast(survey: HostSurvey, { reboot }: UpgradeRequest): RebootForecast {
  if (reboot === 'never' || survey.host.transport === 'local') return 'no';
  if (reboot === 'always' || survey.rebootReason !== undefined || survey.pending.bringsKernel) return 'yes';
  const { pending, memory } = survey;
  const isBooted = memory?.rebootedFrom !== undefined;
  // What an earlier run has begun may still be at work.
  return pending.packages.length > 0 || (memory !== undefined && !isBooted) ? 'maybe' : 'no';
}

/** Those of the roles' services that run: what was never set up, or stopped by its owner, is nothing to care for. */
async function servicesOf(
  host: HostConfig,
  reached: ReachedHost,
  { plays, memory, asGuest }: SurveyOptions,
): Promise<readonly RoleService[]> {
  const { facts, shell } = reached;
  const asked = plays.filter((play) => play.hosts.includes(host.name));
  const all = (await Promise.all(asked.map((play) => play.services(host, facts)))).flat();
  const runs = await Promise.all(
    all.map(async ({ unit }) => {
      if (facts.init === 'systemd') {
        const name = unit.includes('.') ? unit : `${unit}.service`;
        return (await shell.read(units, name))?.activeState === 'active';
      }
      return (await shell.read(openrcServices, unit))?.activity === 'started';
    }),
  );
  // What an earlier run has drained may be stopped by that; what does not start since its upgrade has to.
  const ranBefore = (name: string): boolean =>
    [memory, asGuest].some((one) => one?.services.has(name) === true || one?.drains.has(name) === true);
  return all.filter(({ name }, index) => runs[index] === true || ranBefore(name));
}

/** That nothing of it may be touched, with what is in the way. */
export function inTheWay(host: string, [first, ...rest]: readonly Obstacle[]): HomelabError | undefined {
  if (first === undefined) return undefined;
  const more = rest.map(({ message }) => `\n${message}`).join('');
  return new HomelabError({
    code: 'rolling/preflight',
    host,
    message: first.message + more,
    hint: first.hint,
  });
}
