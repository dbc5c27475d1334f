import {
  bareHost,
  type GroupConfig,
  type HostConfig,
  type Inventory,
} from '../../../src/core/host-config.js';
import type { HealthCheck } from '../../../src/core/rolling-settings.js';
import type { Topology } from '../../../src/core/topology.js';
import type { HostWork, WavePlan } from '../../../src/core/waves.js';
import { planWaves, type WaveOptions } from '../../../src/rolling/waves/plan-waves.js';
import { topologyOf } from '../../../src/rolling/waves/topology-of.js';

/** A host as briefly as a test can say it. */
export interface BriefHost {
  readonly via?: readonly string[];
  readonly on?: string;
  readonly needs?: readonly string[];
  readonly groups?: readonly string[];
  readonly health?: readonly string[];
}

export interface BriefGroup {
  readonly most?: number | `${number}%`;
  readonly quorum?: string;
  readonly health?: readonly string[];
}

/** An inventory of hosts and groups. */
export function inventoryOf(
  hosts: Readonly<Record<string, BriefHost>>,
  groups: Readonly<Record<string, BriefGroup>> = {},
): Inventory {
  return {
    hosts: new Map(Object.entries(hosts).map(([name, brief]) => [name, hostOf(name, brief)])),
    groups: new Map(Object.entries(groups).map(([name, brief]) => [name, groupOf(name, brief, hosts)])),
    files: [],
  };
}

function hostOf(name: string, { via, on, needs = [], groups = [], health = [] }: BriefHost): HostConfig {
  const rolling = { ...bareHost(name).rolling, health: health.map(checkOf) };
  return bareHost(name, { via, runsOn: on, dependsOn: needs, groups, rolling });
}

function groupOf(
  name: string,
  { most, quorum, health = [] }: BriefGroup,
  hosts: Readonly<Record<string, BriefHost>>,
): GroupConfig {
  const members = Object.entries(hosts).filter(([, brief]) => brief.groups?.includes(name));
  return {
    name,
    hosts: members.map(([host]) => host),
    vars: new Map(),
    rolling: { maxUnavailable: most, quorum, health: health.map(checkOf) },
  };
}

function checkOf(name: string): HealthCheck {
  return { name, check: { kind: 'tcp', host: 'x', port: 1 }, from: undefined, source: undefined };
}

/** The topology of brief hosts; what the controller needs by name. */
export function houseOf(
  hosts: Readonly<Record<string, BriefHost>>,
  groups: Readonly<Record<string, BriefGroup>> = {},
  controller: Readonly<Record<string, string>> = {},
): Topology {
  return topologyOf(inventoryOf(hosts, groups), new Map(Object.entries(controller)));
}

/** The plan of a house where each host may reboot, unless told otherwise. */
export function planOf(
  topology: Topology,
  options: Partial<Omit<WaveOptions, 'topology' | 'accepted'>> & {
    readonly accepted?: readonly string[];
  } = {},
): WavePlan {
  const work = [...topology.hosts.keys()].map((host): HostWork => ({ host, reboot: 'yes' }));
  return planWaves({ topology, work, concurrency: 20, ...options, accepted: new Set(options.accepted) });
}

/** Hosts of each wave. */
export function wavesOf(plan: WavePlan): string[][] {
  return plan.waves.map(({ hosts }) => hosts.map(({ host }) => host));
}

/** The host with why it is there and what is away, whichever wave it is in. */
export function inPlan(plan: WavePlan, host: string) {
  return plan.waves.flatMap(({ hosts }) => hosts).find((one) => one.host === host);
}
