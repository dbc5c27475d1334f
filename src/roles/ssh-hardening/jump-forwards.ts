import type { RoleContext, RoleHost } from '../../core/role.js';

/**
 * What the host has to open for homelab as a jump host, as `PermitOpen` takes it (sshd_config(5)): the next hop of every
 * way that leads through it, at each of its ports. Empty: it is no jump host.
 * A next hop whose address only ssh_config knows may be anything at its ports.
 */
export function jumpForwards({ host, hosts }: Pick<RoleContext, 'host' | 'hosts'>): string[] {
  const next = hosts.flatMap(({ name, via }) => {
    const way = [...via, name];
    return way.slice(1).filter((_, index) => way[index] === host.name);
  });
  const targets = [...new Set(next)].flatMap((name) => hosts.find((one) => one.name === name) ?? []);
  return [...new Set(targets.flatMap(destinations))];
}

/** sshd compares what is asked for letter by letter: ssh2 asks as the inventory says, ssh(1) in lower case. */
function destinations({ address, ports }: RoleHost): string[] {
  const names = address === undefined ? ['*'] : [...new Set([address, address.toLowerCase()])];
  return names.flatMap((name) => ports.map((port) => `${name.includes(':') ? `[${name}]` : name}:${port}`));
}
