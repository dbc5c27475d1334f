import type { RolePort } from '../../core/role.js';

/**
 * Options that let `ports` in: NixOS has a packet filter unless it is told otherwise. From anywhere, as its lists of ports
 * know no networks: who is served is for the service to say.
 */
export function nixosFirewall(ports: readonly RolePort[]): Readonly<Record<string, unknown>> {
  const of = (protocol: RolePort['protocol']): number[] => [
    ...new Set(
      ports.filter((one) => one.protocol === protocol && one.from?.length !== 0).map(({ port }) => port),
    ),
  ];
  const [tcp, udp] = [of('tcp'), of('udp')];
  const firewall = {
    ...(tcp.length === 0 ? {} : { allowedTCPPorts: tcp }),
    ...(udp.length === 0 ? {} : { allowedUDPPorts: udp }),
  };
  return tcp.length + udp.length === 0 ? {} : { networking: { firewall } };
}
