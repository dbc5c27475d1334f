import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';
import { nearestNames } from '../core/nearest.js';
import type { BaseImage } from './base-image.js';
import { isLabId, labNames, LABS_FOLDER } from './lab-id.js';
import type { LabMachine, LabPlan } from './lab-plan.js';

/** What is kept about a lab while it exists: `state.json` in its folder. */
export interface LabState {
  readonly version: 1;
  readonly id: string;
  /** `starting` until every machine answered once; what stays so was interrupted. */
  readonly phase: 'starting' | 'up';
  /** This computer's boot: a lab does not outlive it. */
  readonly computerBootId: string;
  /** What the machines are laid over that name no release. */
  readonly image: BaseImage;
  /** The same of those that do, by codename. */
  readonly images?: Readonly<Record<string, BaseImage>> | undefined;
  readonly plan: LabPlan;
  /** Absolute path of the controller's home directory. Its `.ssh/id_ed25519` opens every machine. */
  readonly home: string;
  /** By host name in the inventory: its public host keys, `ssh-ed25519 AAAA…`. */
  readonly hostKeys: Readonly<Record<string, readonly string[]>>;
}

/** Different after each start of this computer. */
export function computerBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/** Writes the state, whole or not at all. */
export function writeState(state: LabState): void {
  const { folder } = labNames(state.id);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, 'state.json');
  writeFileSync(`${path}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** The lab's state; undefined where there is none, or none of this version and this boot of the computer. */
export function findState(id: string): LabState | undefined {
  const { folder } = labNames(id);
  try {
    const state = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8')) as Partial<LabState>;
    const isCurrent = state.version === 1 && state.computerBootId === computerBootId();
    return isCurrent ? (state as LabState) : undefined;
  } catch {
    return undefined;
  }
}

/** The state of a lab that is up. @throws HomelabError `lab/not-up` */
export function requireState(id: string): LabState {
  const state = findState(id);
  if (state?.phase === 'up') return state;
  throw new HomelabError({
    code: 'lab/not-up',
    message: `No lab ${JSON.stringify(id)} is up`,
    hint: 'Start it with `homelab lab up`.',
  });
}

/** The machine that plays `host`. @throws HomelabError `lab/unknown-machine` with the nearest names */
export function requireMachine(plan: LabPlan, host: string): LabMachine {
  const machine = plan.machines.find((candidate) => candidate.host === host);
  if (machine) return machine;
  const hosts = plan.machines.map((candidate) => candidate.host);
  const near = nearestNames(host, hosts);
  throw new HomelabError({
    code: 'lab/unknown-machine',
    message: `The lab has no machine ${JSON.stringify(host)}`,
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `It has ${hosts.join(', ')}.`,
  });
}

/** Ids of the labs of this computer, up or left over, sorted. */
export function labIds(): string[] {
  try {
    return readdirSync(LABS_FOLDER).filter(isLabId).toSorted();
  } catch {
    return [];
  }
}
