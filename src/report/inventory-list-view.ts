import type { HostConfig } from '../core/host-config.js';
import { renderTable, type TableStyle } from './tables.js';

/** Address and port as `ssh` takes them; the name where the inventory gives no address. */
function addressText(host: HostConfig): string {
  const address = host.address ?? host.name;
  return host.port === undefined
    ? address
    : `${address.includes(':') ? `[${address}]` : address}:${[host.port, ...host.otherPorts].join(',')}`;
}

/** `inventory list` for a person: a line per host. */
export function hostListText(hosts: readonly HostConfig[], style: TableStyle): string {
  return renderTable(
    ['HOST', 'ADDRESS', 'USER', 'VIA', 'GROUPS'],
    hosts.map((host) => [
      host.name,
      addressText(host),
      host.user ?? '-',
      host.via === undefined || host.via.length === 0 ? '-' : host.via.join(' > '),
      host.groups.length === 0 ? '-' : host.groups.join(', '),
    ]),
    style,
  );
}

/** One host for a program; what the inventory leaves out is null. */
export function hostSummaryDocument(host: HostConfig): Record<string, unknown> {
  return {
    name: host.name,
    address: host.address ?? null,
    port: host.port ?? null,
    ...(host.otherPorts.length === 0 ? {} : { otherPorts: host.otherPorts }),
    user: host.user ?? null,
    via: host.via ?? [],
    transport: host.transport,
    become: host.become,
    groups: host.groups,
    optional: host.optional,
    runsOn: host.runsOn ?? null,
    dependsOn: host.dependsOn,
  };
}

/** `inventory list` for a program. */
export function hostListDocument(hosts: readonly HostConfig[]): Record<string, unknown> {
  return { hosts: hosts.map(hostSummaryDocument) };
}
