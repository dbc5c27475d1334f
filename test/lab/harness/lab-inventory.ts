import { bareHost, type HostConfig, type Inventory } from '../../../src/core/host-config.js';

/** What a test says about a host; the rest is what the inventory would fill in. */
export type HostSketch = Pick<HostConfig, 'name'> & Partial<Omit<HostConfig, 'name'>>;

/** An inventory of these hosts, as the inventory room would have read it. */
export function inventoryOf(hosts: readonly HostSketch[]): Inventory {
  return {
    hosts: new Map(hosts.map((host) => [host.name, bareHost(host.name, { become: 'sudo', ...host })])),
    groups: new Map(),
    files: ['inventory/hosts.yml'],
  };
}

/** The machines of most tests: those below that are like a house's. */
export const HOUSE = ['gate', 'pi', 'dns1', 'nas', 'vault'];

/**
 * A jump host, one machine beside it, six behind it and one behind one of those; `left` and `right` are twins, `dock`
 * runs containers, `distro` has many package managers.
 */
export const LAB_HOSTS: readonly HostSketch[] = [
  { name: 'gate', address: '192.168.77.2' },
  { name: 'pi', address: '192.168.77.10' },
  { name: 'dns1', address: '10.77.1.11', via: ['gate'] },
  { name: 'nas', address: '10.77.1.12', via: ['gate'], port: 2222 },
  { name: 'proof', address: '10.77.1.21', via: ['gate'] },
  { name: 'distro', address: '10.77.1.22', via: ['gate'] },
  { name: 'dock', address: '10.77.1.23', via: ['gate'] },
  { name: 'left', address: '10.77.1.31', via: ['gate'] },
  { name: 'right', address: '10.77.1.32', via: ['gate'] },
  { name: 'vault', address: 'vault.lan', via: ['gate', 'dns1'] },
];

/** Some of {@link LAB_HOSTS}, for a lab of their own. */
export function labHosts(names: readonly string[]): readonly HostSketch[] {
  return LAB_HOSTS.filter(({ name }) => names.includes(name));
}
