import { existsSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { InternalError } from '../core/errors.js';
import { inGroup, startInBackground } from './background-process.js';
import { processesIn } from './control-group.js';
import { killAll } from './kill-processes.js';
import { cacheFolder, type LabNames } from './lab-id.js';
import type { LabPlan } from './lab-plan.js';
import { inNamespace, waitForTcp } from './network.js';

/** The port that is customary for caching proxies of packages. */
const PORT = 3142;
const START_TIMEOUT_MS = 30_000;

/** The address of the package proxy for a machine on the network `cidr`. */
export function proxyUrl(plan: LabPlan, cidr: string): string {
  const network = plan.networks.find((candidate) => candidate.cidr === cidr);
  return `http://${network?.switchAddress ?? ''}:${PORT}`;
}

const groupOf = (names: LabNames) => `${names.prefix}/packages`;

/** Whether both halves run. */
export function isProxyRunning(names: LabNames): boolean {
  return processesIn(groupOf(names)).length >= 2;
}

/** Starts both halves in the lab's control group and waits until the inner one answers. @throws HomelabError `lab/not-ready` */
export async function startPackageProxy(
  plan: LabPlan,
  names: LabNames,
  mirrorHosts: readonly string[],
): Promise<void> {
  const socket = join(names.folder, 'packages.sock');
  const group = groupOf(names);
  // One that was left behind cannot be listened on again.
  rmSync(socket, { force: true });
  await killAll(() => processesIn(group));
  const logFile = join(names.folder, 'packages.log');
  const addresses = plan.networks.map(({ switchAddress }) => switchAddress);
  const outside = [...program(), 'outside', socket, join(cacheFolder(), 'packages'), ...mirrorHosts];
  const inside = [...program(), 'inside', socket, String(PORT), ...addresses];
  startInBackground({ argv: inGroup(group, outside), logFile });
  startInBackground({ argv: inGroup(group, inNamespace(names.switchNamespace, inside)), logFile });
  await waitForTcp({
    namespace: names.switchNamespace,
    address: addresses.at(-1) ?? '',
    port: PORT,
    greeting: '',
    timeoutMs: START_TIMEOUT_MS,
  });
}

/** Node with the program of both halves: the built file, or its source where this one is run from source. */
function program(): string[] {
  const file = programFile();
  const loader = file.endsWith('.ts')
    ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href]
    : [];
  return [process.execPath, ...loader, file];
}

/** The build may put this code into a command's own file, so the program is looked for in the folders above too. */
function programFile(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const places = ['.', '../lab', '../../lab'].map((folder) =>
    fileURLToPath(new URL(`${folder}/package-proxy-process.${extension}`, import.meta.url)),
  );
  const found = places.find((place) => existsSync(place));
  if (found === undefined)
    throw new InternalError(`The package proxy's program is not at ${places.join(', ')}`);
  return found;
}
