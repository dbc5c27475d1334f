import { readFileSync } from 'node:fs';
import { endianness, hostname, networkInterfaces } from 'node:os';
import { parseRoutes, parseRoutes6, type KernelRoute } from './kernel-routes.js';

/** The machine that homelab runs on. */
export interface ThisMachine {
  readonly hostname: string;
  /** Of all its interfaces, loopback too. */
  readonly addresses: readonly string[];
  /** Empty where the system does not tell. */
  readonly routes: readonly KernelRoute[];
}

/** What this machine says of itself now. `read` answers a file of the kernel; default: from the file system. */
export function thisMachine(read: (path: string) => string = readKernelFile): ThisMachine {
  return {
    hostname: hostname(),
    addresses: Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address)),
    routes: [
      ...parseRoutes(read('/proc/net/route'), endianness()),
      ...parseRoutes6(read('/proc/net/ipv6_route')),
    ],
  };
}

/** Empty where there is no such file: other systems keep their routes elsewhere. */
function readKernelFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
