import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HomelabError } from '../core/errors.js';
import type { LabNames } from './lab-id.js';
import type { LabPlan } from './lab-plan.js';
import { hostsFile, networkCommands } from './network-commands.js';
import { lastLines, mustRun, runProgram } from './run-program.js';

/** Where ip-netns(8) keeps namespaces, and the files it puts over /etc inside them. */
const NAMESPACES_FOLDER = '/run/netns';
const OVERRIDES_FOLDER = '/etc/netns';

/** Lays the lab's cables. @throws HomelabError `lab/command-failed` */
export async function createNetwork(plan: LabPlan, names: LabNames): Promise<void> {
  for (const { namespace, lines } of networkCommands(plan, names)) {
    const within = namespace === undefined ? [] : ['-n', namespace];
    await mustRun(['ip', ...within, '-batch', '-'], { stdin: `${lines.join('\n')}\n` });
  }
  // A new namespace may inherit forwarding from this computer; a lab has no routers.
  const stopForwarding = ['sh', '-c', 'echo 0 >/proc/sys/net/ipv4/ip_forward'];
  const namespaces = labNamespaces(names.prefix);
  await Promise.all(namespaces.map((namespace) => mustRun(inNamespace(namespace, stopForwarding))));
  const overrides = join(OVERRIDES_FOLDER, names.controllerNamespace);
  mkdirSync(overrides, { recursive: true });
  writeFileSync(join(overrides, 'hosts'), hostsFile(plan));
  writeFileSync(join(overrides, 'resolv.conf'), '# The lab has no name server.\n');
}

/** A command that runs `argv` inside a network namespace, with that namespace's own /etc/hosts (ip-netns(8)). */
export function inNamespace(namespace: string, argv: readonly string[]): string[] {
  return ['ip', 'netns', 'exec', namespace, ...argv];
}

/** Names of the network namespaces that belong to the lab. */
export function labNamespaces(prefix: string): string[] {
  return namesIn(NAMESPACES_FOLDER).filter((name) => name.startsWith(`${prefix}.`));
}

/** Ids of the processes that are in one of the lab's namespaces, whoever started them. */
export async function processesInNamespaces(prefix: string): Promise<number[]> {
  const outputs = await Promise.all(
    labNamespaces(prefix).map((namespace) => runProgram(['ip', 'netns', 'pids', namespace])),
  );
  return outputs.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean).map(Number));
}

/** Takes the lab's namespaces away, with every cable that ends in them. Call it under the lock of all labs. */
export async function removeNetwork(prefix: string): Promise<void> {
  for (const namespace of labNamespaces(prefix)) await mustRun(['ip', 'netns', 'delete', namespace]);
  for (const name of namesIn(OVERRIDES_FOLDER).filter((name) => name.startsWith(`${prefix}.`)))
    rmSync(join(OVERRIDES_FOLDER, name), { recursive: true });
  removeIfEmpty(OVERRIDES_FOLDER);
  // `ip` mounts the folder over itself and never takes that back. No namespace is in use when it is empty.
  if (namesIn(NAMESPACES_FOLDER).length > 0) return;
  await runProgram(['umount', NAMESPACES_FOLDER]);
  removeIfEmpty(NAMESPACES_FOLDER);
}

export interface TcpTarget {
  readonly namespace: string;
  readonly address: string;
  readonly port: number;
  /** What the first line sent by the other side must begin with; empty: to connect is enough. */
  readonly greeting: string;
  readonly timeoutMs: number;
}

/** Bash rather than a program of our own: it starts in a millisecond, inside the namespace. */
const WAIT_SCRIPT = `until (
  exec 3<>"/dev/tcp/$1/$2" && { [ -z "$3" ] || { read -t 2 -r line <&3 && [[ $line == "$3"* ]]; }; }
) 2>/dev/null; do sleep 0.05; done`;

/** Waits until a TCP service answers. @throws HomelabError `lab/not-ready` with the last connection error */
export async function waitForTcp(target: TcpTarget): Promise<void> {
  const { namespace, address, port, greeting, timeoutMs } = target;
  const argv = ['timeout', '-k', '1', String(timeoutMs / 1000), 'bash', '-c', WAIT_SCRIPT, 'wait'];
  const { code, stderr } = await runProgram(
    inNamespace(namespace, [...argv, address, String(port), greeting]),
  );
  if (code === 0) return;
  throw new HomelabError({
    code: 'lab/not-ready',
    message: `Nothing answers at ${address} port ${port} after ${timeoutMs / 1000} s${lastLines(stderr)}`,
    hint: 'See `homelab lab status`.',
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Folders that were there before the lab, or are used by others, are not empty or are shared: they stay. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // In use.
  }
}
