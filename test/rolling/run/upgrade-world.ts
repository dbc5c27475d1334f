import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import * as z from 'zod';
import { defineDrain, type AnyDrain } from '../../../src/core/drain.js';
import { HomelabError } from '../../../src/core/errors.js';
import type { RunEvent } from '../../../src/core/events.js';
import { bareHost, type HostConfig } from '../../../src/core/host-config.js';
import type { RoleService } from '../../../src/core/role.js';
import type { RunOptions, Section, SectionResult } from '../../../src/core/shell.js';
import type { RedundancyGroup, Topology } from '../../../src/core/topology.js';
import { ownerOf } from '../../../src/engine/run-owner.js';
import type { HealthWatch, WatchedService } from '../../../src/rolling/health/health-watch.js';
import { interrupted } from '../../../src/rolling/interrupted.js';
import { earlierUpgrade } from '../../../src/rolling/journal/host-memory.js';
import { newestJournal, readNewestJournal } from '../../../src/rolling/journal/upgrade-journal.js';
import { DEFAULT_REQUEST, type UpgradeRequest } from '../../../src/rolling/journal/upgrade-entry.js';
import type { JobState } from '../../../src/rolling/job/upgrade-job.js';
import { UpgradeRun } from '../../../src/rolling/run/upgrade-run.js';
import type { UpgradeTools } from '../../../src/rolling/run/upgrade-tools.js';
import type { Obstacle, PendingUpgrade } from '../../../src/rolling/systems/upgrade-system.js';
import { FakeWorld, play, transportTo } from '../../engine/fake-world.js';

const houses = mkdtempSync(join(tmpdir(), 'homelab-upgrades-'));
afterAll(() => rmSync(houses, { recursive: true }));

const boots = (count: number): string => `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;

/** A machine that can be upgraded and booted anew, and tells what was done to it in which order. */
export class UpgradeWorld extends FakeWorld {
  readonly name: string;
  readonly log: string[];
  /** Version of its one package; `1.0` has an upgrade. */
  version = '1.0';
  newest = '1.1';
  needsReboot: string | undefined;
  /** Reboots it has made. */
  reboots = 0;
  obstacles: readonly Obstacle[] = [];
  failures: readonly string[] = [];
  /** What becomes of its jobs, by how often one was started; default: they do their work. */
  jobFates: (() => JobState)[] = [];
  jobs = new Map<string, JobState>();
  isLeader = false;
  votes = false;
  /** Why it does not serve yet, look by look. */
  pending: string[] = [];
  refusal: string | undefined;
  isDrained = false;
  /** By the drain that stops its service; nobody answers the other one then. */
  isStopped = false;
  /** Nothing of it has to be moved: it is only asked. */
  isGate = false;
  /** Why its work cannot be moved away. */
  drainFailure: string | undefined;
  /** Its services as they are seen from outside. */
  isHealthy = true;
  /** Its lock is taken. */
  isLocked = false;
  /** Answers nothing any more. */
  isDead = false;
  stale: string[] = [];
  onReboot: (() => void) | undefined;
  onUpgrade: (() => unknown) | undefined;

  constructor(name: string, log: string[]) {
    super();
    this.name = name;
    this.log = log;
    this.boot = boots(0);
  }

  override async run(sections: readonly Section[], options?: RunOptions): Promise<SectionResult[]> {
    if (this.isDead) throw new HomelabError({ code: 'transport/connection-lost', message: 'no answer' });
    if (sections.some(({ script }) => script.includes('h_mine='))) this.isLocked = true;
    if (sections.some(({ script }) => script.includes("printf 'free"))) this.isLocked = false;
    const answers = sections.map(({ script }): SectionResult | undefined => {
      const answer = (stdout: string): SectionResult => {
        return { code: 0, stdout: Buffer.from(stdout), stderr: Buffer.alloc(0), truncated: false };
      };
      if (script.startsWith('cat /proc/sys/kernel/random/boot_id')) return answer(this.boot);
      if (script.includes('systemctl --no-ask-password reboot')) {
        this.log.push(`${this.name} reboot`);
        this.reboots += 1;
        this.boot = boots(this.reboots);
        this.needsReboot = undefined;
        this.onReboot?.();
        return answer('');
      }
      if (script.includes('is-system-running --wait') || script === 'true') return answer('');
      if (script.startsWith('restart ')) {
        this.log.push(`${this.name} ${script}`);
        this.stale = [];
        return answer('');
      }
      return undefined;
    });
    if (answers.every((one) => one !== undefined)) return answers;
    return super.run(sections, options);
  }
}

/** Some machines, and the upgrades that are made of them. */
export class UpgradeHouse {
  readonly log: string[] = [];
  /** That drains were given. */
  readonly tokens: string[] = [];
  /** What drains were told of a reboot when they last looked at a host. */
  readonly forecasts: Record<string, string> = {};
  readonly worlds: Record<string, UpgradeWorld> = {};
  readonly hosts: HostConfig[] = [];
  readonly groups: RedundancyGroup[] = [];
  readonly folder = mkdtempSync(join(houses, 'house-'));
  readonly interrupt = new AbortController();
  /** Hosts that are down. */
  readonly off = new Set<string>();
  /** The longest reboot and health wait that is simulated: nothing waits for real. */
  onPause: (() => void) | undefined;
  onUntilUp: (() => void) | undefined;
  /** What is done last before homelab is killed. */
  killAt: string | undefined;
  /** Watches that have not ended. */
  watches = 0;
  #runs = 0;

  add(name: string, rest: Partial<HostConfig> = {}): UpgradeWorld {
    const world = new UpgradeWorld(name, this.log);
    this.worlds[name] = world;
    this.hosts.push(bareHost(name, rest));
    return world;
  }

  group(name: string, hosts: readonly string[], rest: Partial<RedundancyGroup> = {}): void {
    this.groups.push({ name, hosts, maxUnavailable: 1, quorum: undefined, health: [], ...rest });
  }

  /** A run with what is asked, or one that goes on with the last. */
  run(
    asked: Partial<UpgradeRequest> & {
      readonly isResumed?: boolean;
      readonly abandoned?: readonly string[];
    } = {},
  ) {
    const { isResumed = false, abandoned: left, ...rest } = asked;
    const abandoned = left === undefined ? undefined : { run: 'run0', hosts: left, drained: [] };
    this.#runs += 1;
    const run = `run${this.#runs}`;
    const events: RunEvent[] = [];
    const entries = readNewestJournal(this.folder);
    const earlier = isResumed && entries !== undefined ? earlierUpgrade(entries) : undefined;
    const request: UpgradeRequest = { ...REQUEST, hosts: this.hosts.map(({ name }) => name), ...rest };
    const worlds = Object.fromEntries(Object.entries(this.worlds).filter(([name]) => !this.off.has(name)));
    const upgrade = new UpgradeRun({
      run,
      owner: ownerOf(run),
      request,
      hosts: this.hosts.filter(({ name }) => request.hosts.includes(name)),
      topology: this.topology,
      plays: [play([], { hosts: [], services: () => Promise.resolve<RoleService[]>([]) })],
      transport: transportTo(worlds),
      guard: { hosts: this.hosts },
      sink: (event) => events.push(event),
      signal: this.interrupt.signal,
      tools: this.#tools(),
      folder: this.folder,
      earlier,
      abandoned,
      inventory: this.hosts,
      createWatch: () => this.#watch(),
      runElsewhere: async (place, argv) => void this.log.push(`${place}: ${argv.join(' ')}`),
      now: () => new Date('2026-11-22T04:00:00'),
    });
    return { upgrade, events };
  }

  get topology(): Topology {
    const hosts = this.hosts.map(({ name, via = [], runsOn, dependsOn, groups }) => {
      return [name, { name, via, runsOn, dependsOn, dependsOnAny: [], groups, health: [] }] as const;
    });
    return { hosts: new Map(hosts), groups: this.groups, otherGroups: [], controller: new Map() };
  }

  #tools(): UpgradeTools {
    const worldOf = (shell: unknown): UpgradeWorld => shell as UpgradeWorld;
    return {
      systemOf: () => ({
        manager: 'fake',
        pending: async (shell) => pendingOf(worldOf(shell)),
        obstacles: async (shell) => worldOf(shell).obstacles,
        upgradeScript: () => 'upgrade',
        rollbackScript: () => 'back',
      }),
      jobs: {
        start: async (shell, { id, script }) => {
          const world = worldOf(shell);
          if (world.jobs.has(id)) return;
          this.log.push(`${world.name} ${script}`);
          await world.onUpgrade?.();
          const fate = world.jobFates.shift();
          if (fate === undefined) {
            world.version = script === 'back' ? '1.0' : world.newest;
            world.jobs.set(id, { is: 'ended', code: 0, output: '' });
          } else world.jobs.set(id, fate());
        },
        look: async (shell, id) => worldOf(shell).jobs.get(id) ?? { is: 'unknown' },
        forget: async (shell, id) => void worldOf(shell).jobs.delete(id),
      },
      drains: {
        adapters: () => ['fake', 'stop'],
        has: (name) => ['fake', 'stop'].includes(name),
        load: async (name) => (name === 'stop' ? this.#stop() : this.#drain()),
      },
      rebootReason: async (shell) => worldOf(shell).needsReboot,
      staleServices: async (shell) => worldOf(shell).stale.map((unit) => ({ unit, isDisruptive: false })),
      restartScript: (_facts, units) => `restart ${units.join(' ')}`,
      failures: async (shell) => {
        this.#dieAfter(this.log.at(-1));
        return worldOf(shell).failures;
      },
      backupProblem: async () => undefined,
      pullProblems: async () => [],
      pause: async (_milliseconds, signal) => {
        this.onPause?.();
        if (signal.aborted) throw interrupted(undefined);
      },
    };
  }

  #drain(): AnyDrain {
    const worldNamed = (name: string): UpgradeWorld => this.worlds[name] as UpgradeWorld;
    interface Found {
      leader: boolean;
      votes: boolean;
      wasDrained: boolean;
      isGate: boolean;
    }
    return defineDrain<{ token: string }, Found>({
      summary: 'A drain of a test',
      params: z.strictObject({ token: z.string().default('') }),
      examples: [{}],
      found: z.object({
        leader: z.boolean(),
        votes: z.boolean(),
        wasDrained: z.boolean(),
        isGate: z.boolean(),
      }),
      find: async ({ name, work }, { token }) => {
        this.tokens.push(token);
        this.forecasts[name] = work.reboot;
        if (worldNamed(name).isStopped) throw noAnswer(name);
        return {
          leader: worldNamed(name).isLeader,
          votes: worldNamed(name).votes,
          wasDrained: worldNamed(name).isDrained,
          isGate: worldNamed(name).isGate,
        };
      },
      refuses: async ({ name }) => worldNamed(name).refusal,
      isLeader: ({ leader }) => leader,
      describe: ({ isGate }) => (isGate ? undefined : 'its work is moved'),
      drain: async ({ name }) => {
        const { drainFailure } = worldNamed(name);
        if (drainFailure !== undefined)
          throw new HomelabError({ code: 'drain/failed', message: drainFailure, host: name });
        this.log.push(`${name} drain`);
        worldNamed(name).isDrained = true;
        this.#dieAfter(`${name} drain`);
      },
      undrain: async ({ name }, _params, { wasDrained }) => {
        if (worldNamed(name).isStopped) throw noAnswer(name);
        this.log.push(`${name} undrain`);
        worldNamed(name).isDrained = wasDrained;
        this.#dieAfter(`${name} undrain`);
      },
      votes: ({ votes }) => votes,
      pending: async ({ name }) => worldNamed(name).pending.shift(),
    }) as AnyDrain;
  }

  /** Stops a service, which serves no one until it is started. */
  #stop(): AnyDrain {
    const worldNamed = (name: string): UpgradeWorld => this.worlds[name] as UpgradeWorld;
    const turn = (name: string, isStopped: boolean): void => {
      const line = `${name} ${isStopped ? 'stop' : 'start'}`;
      this.log.push(line);
      Object.assign(worldNamed(name), { isStopped, isHealthy: !isStopped });
      this.#dieAfter(line);
    };
    return defineDrain<object, { wasStopped: boolean }>({
      summary: 'A drain of a test that stops',
      params: z.strictObject({}),
      examples: [{}],
      found: z.object({ wasStopped: z.boolean() }),
      find: async ({ name }) => ({ wasStopped: worldNamed(name).isStopped }),
      stopsService: () => true,
      describe: ({ wasStopped }) => (wasStopped ? undefined : 'stops it'),
      drain: async ({ name }) => turn(name, true),
      undrain: async ({ name }) => turn(name, false),
      pending: async ({ name }) => (worldNamed(name).isStopped ? 'it is stopped' : undefined),
    }) as AnyDrain;
  }

  #dieAfter(line: string | undefined): void {
    if (line === undefined || line !== this.killAt) return;
    this.killAt = undefined;
    throw new HomelabError({ code: 'test/killed', message: `killed after: ${line}` });
  }

  #watch(): HealthWatch {
    const services = (): WatchedService[] =>
      Object.values(this.worlds).map(({ name, isHealthy }) => ({
        name: `${name}/web`,
        host: name,
        state: isHealthy ? 'up' : 'down',
        said: isHealthy ? undefined : 'status 500',
      }));
    return {
      start: async () => void (this.watches += 1),
      now: services,
      untilUp: async (names) => {
        this.onUntilUp?.();
        if (this.interrupt.signal.aborted) throw interrupted(undefined);
        const away = services().find(({ name, state }) => names.includes(name) && state !== 'up');
        if (away !== undefined)
          throw new HomelabError({ code: 'rolling/unhealthy', message: `${away.name} is down` });
      },
      downtimes: () => [],
      stop: async () => void (this.watches -= 1),
    };
  }
}

function noAnswer(host: string): HomelabError {
  return new HomelabError({ code: 'drain/no-answer', message: `nobody answers on ${host}` });
}

/** Leaves the newest journal as a controller does that was killed, and could not write how that ended. */
export function forgetTheEnd({ folder }: UpgradeHouse): void {
  const path = join(folder, newestJournal(folder) ?? '');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(path, lines.filter((line) => !/"is":"(?:failed|end)"/.test(line)).join('\n'));
}

function pendingOf({ version, newest }: UpgradeWorld): PendingUpgrade {
  const packages = version === '1.0' ? [{ name: 'tool', from: '1.0', to: newest, isSecurity: false }] : [];
  return { packages, added: [], removed: [], held: [], needsBytes: 0, bringsKernel: false };
}

const REQUEST: UpgradeRequest = {
  ...DEFAULT_REQUEST,
  soakSeconds: 0,
  healthTimeoutSeconds: 0,
  rebootTimeoutSeconds: 60,
};
