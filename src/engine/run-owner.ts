import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { RunOwner } from '../core/run-owner.js';

/** This process as the owner of a run. */
export function ownerOf(run: string): RunOwner {
  const id = readText('/etc/machine-id') || hostname();
  return {
    run,
    by: `${userInfo().username}@${hostname()}`,
    // machine-id(5) asks not to be shown as it is.
    machine: createHash('sha256').update(`homelab ${id}`).digest('hex').slice(0, 32),
    boot: bootId(),
    namespace: pidNamespace(),
    pid: process.pid,
    startTicks: startTicks(process.pid) ?? 0,
  };
}

/** Whether the process that `owner` was is known to be over. Of other machines nothing is known, nor of other containers. */
export function isOwnerGone(owner: RunOwner, self: RunOwner): boolean {
  if (owner.machine !== self.machine || owner.boot === '' || owner.startTicks === 0) return false;
  // A boot that is over has ended every namespace.
  if (owner.boot === self.boot && owner.namespace !== self.namespace) return false;
  return owner.boot !== bootId() || startTicks(owner.pid) !== owner.startTicks;
}

function bootId(): string {
  return readText('/proc/sys/kernel/random/boot_id');
}

/** `pid:[4026531836]`; empty where the system has none. */
function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Field 22 of proc_pid_stat(5); the name in field 2 may hold anything, so fields are counted after its end. */
function startTicks(pid: number): number | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === '' ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
