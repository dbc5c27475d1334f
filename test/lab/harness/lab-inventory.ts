import type { HostConfig, Inventory, Variable } from '../../../src/core/host-config.js';

/** What a test says about a host; the rest is what the inventory would fill in. */
export type HostSketch = Pick<HostConfig, 'name'> & Partial<Omit<HostConfig, 'name'>>;

const SOURCE = { file: 'inventory/hosts.yml', line: 1, column: 1 };

/** An inventory of these hosts, as the inventory room would have read it. */
export function inventoryOf(hosts: readonly HostSketch[]): Inventory {
  return {
    hosts: new Map(hosts.map((host) => [host.name, hostOf(host)])),
    groups: new Map(),
    files: [SOURCE.file],
  };
}

function hostOf(host: HostSketch): HostConfig {
  return {
    address: undefined,
    port: undefined,
    user: undefined,
    via: undefined,
    identity: undefined,
    transport: 'ssh2',
    become: 'sudo',
    hostKeys: [],
    groups: [],
    vars: new Map<string, Variable>(),
    optional: false,
    runsOn: undefined,
    dependsOn: [],
    source: SOURCE,
    settings: new Map<string, Variable>(),
    ...host,
  };
}

/** A jump host, one machine beside it, two behind it, and one behind one of those. */
export const LAB_HOSTS: readonly HostSketch[] = [
  { name: 'gate', address: '192.168.77.2' },
  { name: 'pi', address: '192.168.77.10' },
  { name: 'dns1', address: '10.77.1.11', via: ['gate'] },
  { name: 'nas', address: '10.77.1.12', via: ['gate'], port: 2222 },
  { name: 'vault', address: 'vault.lan', via: ['gate', 'dns1'] },
];
