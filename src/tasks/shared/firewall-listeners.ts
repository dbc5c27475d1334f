import { HomelabError } from '../../core/errors.js';
import type { ReadableHost } from '../../core/task.js';
import { listeningSockets, type ListeningSocket } from '../../probes/listening-sockets.js';
import type { FirewallRule, FirewallZone, Service } from './firewall-schema.js';

/** Typed rules, as far as they decide which ports are open. */
export interface OpenPorts {
  readonly zones: Readonly<Record<string, FirewallZone>>;
  readonly rules: readonly FirewallRule[];
}

/** Clients that wait for answers, which conntrack lets in, at ports of the range below; nobody else sends there. */
const CLIENTS =
  /^(?:avahi-daemon|chronyd|dhclient|dhcpcd|dnsmasq|named|ntpd|systemd-network|systemd-resolve|systemd-timesyn|unbound)$/;
/** What Linux gives out to clients by default, ip(7). */
const EPHEMERAL = { first: 32_768, last: 60_999 };
/** A lease of DHCP: what lets its answers in is always there, or they come by a packet socket. */
const DHCP_CLIENT = [68, 546];

/**
 * Refuses rules that would cut off what listens on the host while no rule speaks of it. What Docker publishes is forwarded,
 * and not stopped by these rules.
 * @throws HomelabError `task/undeclared-listeners`
 */
export async function refuseCutOff(host: ReadableHost, open: OpenPorts): Promise<void> {
  const sockets = await host.read(listeningSockets, '');
  const cut = sockets.filter((socket) => !isNoServer(socket) && !isSpokenOf(socket, open));
  if (cut.length === 0) return;
  throw new HomelabError({
    code: 'task/undeclared-listeners',
    message: `these rules would cut off what listens here and no rule speaks of: ${namesOf(cut)}`,
    hint:
      `Let in what is wanted ({ allow: ${portOf(cut[0])} }), close what is not ({ drop: ${portOf(cut[0])} }) or stop its program. ` +
      'To close all of them: `close_undeclared: true` of the role firewall, or no `spare_listeners`.',
  });
}

function isNoServer({ protocol, port, program = '' }: ListeningSocket): boolean {
  if (program === 'docker-proxy') return true;
  if (protocol === 'tcp') return false;
  return (
    DHCP_CLIENT.includes(port) || (port >= EPHEMERAL.first && port <= EPHEMERAL.last && CLIENTS.test(program))
  );
}

/** Whether it is open or closed on purpose: to the interface that it is bound to, or else to any. */
function isSpokenOf(socket: ListeningSocket, { zones, rules }: OpenPorts): boolean {
  const own = Object.values(zones).filter(({ interfaces }) => hasInterface(interfaces, socket));
  const others = Object.values(zones).filter((zone) => !own.includes(zone));
  return (
    [...rules, ...own.flatMap((zone) => zone.rules)].some((rule) => doesName(rule, socket, true)) ||
    (socket.interface === undefined &&
      others.flatMap((zone) => zone.rules).some((rule) => doesName(rule, socket, false)))
  );
}

function hasInterface(patterns: readonly string[], { interface: device }: ListeningSocket): boolean {
  if (device === undefined) return false;
  return patterns.some((one) => (one.endsWith('*') ? device.startsWith(one.slice(0, -1)) : device === one));
}

/** `drop: any` and the like close what nobody thought of: only letting everything in speaks of every port. */
function doesName({ verdict, services }: FirewallRule, socket: ListeningSocket, mayBeAny: boolean): boolean {
  return services.some(
    (service) => holdsPort(service, socket) || (mayBeAny && service.is === 'any' && verdict === 'allow'),
  );
}

function holdsPort(service: Service, { protocol, port }: ListeningSocket): boolean {
  return (
    service.is === 'ports' && service.protocol === protocol && service.first <= port && port <= service.last
  );
}

function portOf(socket: ListeningSocket | undefined): string {
  return socket === undefined ? '' : `${socket.protocol}/${socket.port}`;
}

/** `tcp/445 smbd, udp/5353 avahi-daemon`, each port once. */
function namesOf(sockets: readonly ListeningSocket[]): string {
  const programs = new Map<string, Set<string>>();
  for (const socket of sockets.toSorted((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol))) {
    const names = programs.get(portOf(socket)) ?? new Set<string>();
    programs.set(portOf(socket), names);
    if (socket.program !== undefined) names.add(plain(socket.program));
  }
  return [...programs].map(([port, names]) => [port, ...names].join(' ')).join(', ');
}

/** A program chooses its name itself. */
function plain(name: string): string {
  return name.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 15);
}
