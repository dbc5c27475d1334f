import { HomelabError } from '../core/errors.js';
import { ensureBaseImage, type BaseImage } from './base-image.js';
import { createHome, homeFolder, writeSshFiles } from './controller-home.js';
import { withLock } from './exclusive-lock.js';
import { labNames, type LabNames } from './lab-id.js';
import type { LabMachine, LabPlan } from './lab-plan.js';
import { computerBootId, findState, labIds, writeState, type LabState } from './lab-state.js';
import { ensureDiskFolder, fillDisk, mountDisk } from './machine-disk.js';
import { bootMachine, leaderOf, waitForSsh } from './machine-process.js';
import { createNetwork } from './network.js';
import { hostsFile } from './network-commands.js';
import { requireLab } from './requirements.js';
import { isProxyRunning, proxyUrl, startPackageProxy } from './start-package-proxy.js';
import { LABS_LOCK, removeLab } from './stop-lab.js';

export interface StartOptions {
  /** See {@link labNames}. */
  readonly id: string;
  /** Release of the machines. Default: `bookworm` on Debian, this computer's own release elsewhere. */
  readonly suite?: string | undefined;
  /** Told what is being done, in sentences for a person. */
  readonly onProgress?: ((message: string) => void) | undefined;
}

export interface StartedLab {
  readonly state: LabState;
  /** True when the same lab was up already; machines of it that were off are on again. */
  readonly wasUp: boolean;
}

/**
 * Brings the lab up: when it resolves, every machine's sshd has answered. What a crash left of a lab with this id is
 * removed first; what a failed start made is removed before it rejects.
 * @throws HomelabError `lab/unavailable`, `lab/bad-id`, `lab/no-mirror`, `lab/not-ready`, `lab/command-failed`;
 * `lab/other-plan` where a lab of another inventory has this id
 */
export async function startLab(plan: LabPlan, options: StartOptions): Promise<StartedLab> {
  requireLab();
  const names = labNames(options.id);
  const running = findState(options.id);
  if (running?.phase === 'up') return { state: await resume(running, plan, names), wasUp: true };
  const images = await ensureImages(plan, options);
  return withLock(LABS_LOCK, async () => {
    const meanwhile = findState(options.id);
    if (meanwhile?.phase === 'up') return { state: await resume(meanwhile, plan, names), wasUp: true };
    await removeLab(names);
    options.onProgress?.(`Booting ${plan.machines.length} machines`);
    try {
      return { state: await create(plan, names, images), wasUp: false };
    } catch (thrown) {
      await removeLab(names);
      throw thrown;
    }
  });
}

/** A lab that is up stays; what of it was ended since is started again. */
async function resume(state: LabState, plan: LabPlan, names: LabNames): Promise<LabState> {
  if (JSON.stringify(state.plan) !== JSON.stringify(plan))
    throw new HomelabError({
      code: 'lab/other-plan',
      message: `The lab ${JSON.stringify(state.id)} is up with other machines than the inventory has now`,
      hint: 'Run `homelab lab down`, then `homelab lab up` again.',
    });
  if (!isProxyRunning(names)) await startPackageProxy(plan, names, state.image.mirrorHosts);
  await Promise.all(
    plan.machines.map(async (machine, index) => {
      if (leaderOf(names, machine) === undefined) bootMachine(names, machine, index);
      await waitForSsh(names, machine);
    }),
  );
  return state;
}

type Images = Required<Pick<LabState, 'image' | 'images'>>;

/** An image for each release that a machine names, and the usual one. */
async function ensureImages(plan: LabPlan, { suite, onProgress }: StartOptions): Promise<Images> {
  const inUse = labIds().flatMap((id) => {
    const state = findState(id);
    return state === undefined ? [] : imagesOf(state);
  });
  const image = await ensureBaseImage({ suite, onProgress, inUse });
  const images: Record<string, BaseImage> = {};
  for (const named of new Set(plan.machines.flatMap((machine) => machine.suite ?? [])))
    images[named] = await ensureBaseImage({ suite: named, onProgress, inUse: [...inUse, image.path] });
  return { image, images };
}

function imagesOf({ image, images = {} }: LabState): string[] {
  return [image, ...Object.values(images)].map(({ path }) => path);
}

async function create(plan: LabPlan, names: LabNames, { image, images }: Images): Promise<LabState> {
  await ensureDiskFolder(names.folder);
  const started: LabState = {
    version: 1,
    id: names.id,
    phase: 'starting',
    computerBootId: computerBootId(),
    image,
    images,
    plan,
    home: homeFolder(names),
    hostKeys: {},
  };
  writeState(started);
  await createNetwork(plan, names);
  const authorizedKey = await createHome(plan, names);
  const prepare = async (machine: LabMachine, index: number) => {
    const keys = await prepareDisk(plan, machine, {
      names,
      image: images?.[machine.suite ?? ''] ?? image,
      authorizedKey,
    });
    bootMachine(names, machine, index);
    await waitForSsh(names, machine);
    return [machine.host, keys] as const;
  };
  const machines = plan.machines.map(prepare);
  const all = [startPackageProxy(plan, names, image.mirrorHosts), ...machines];
  // Where one fails the others end first: nothing may be made while the lab is being removed.
  await Promise.allSettled(all);
  await Promise.all(all);
  const hostKeys = await Promise.all(machines);
  const state: LabState = { ...started, phase: 'up', hostKeys: Object.fromEntries(hostKeys) };
  writeSshFiles(plan, names, state.hostKeys);
  writeState(state);
  return state;
}

interface DiskSource {
  readonly names: LabNames;
  readonly image: BaseImage;
  readonly authorizedKey: string;
}

async function prepareDisk(plan: LabPlan, machine: LabMachine, source: DiskSource): Promise<string[]> {
  const { names, image, authorizedKey } = source;
  const root = await mountDisk(names.machineFolder(machine.hostname), image.path);
  return fillDisk(root, {
    hostname: machine.hostname,
    user: machine.user,
    port: machine.port,
    authorizedKey,
    hostsFile: hostsFile(plan, machine.hostname),
    packageProxy: proxyUrl(plan, machine.interfaces[0]?.network ?? ''),
  });
}
