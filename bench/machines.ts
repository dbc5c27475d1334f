import { bareHost, type Inventory } from '../src/core/host-config.js';

/** A machine of the bench, as the inventory tells it. */
export interface BenchMachine {
  readonly name: string;
  readonly address: string;
  readonly port?: number;
  /** Jump hosts, nearest to the controller first. */
  readonly via?: readonly string[];
}

/** The jump host: never a target itself. */
export const GATE: BenchMachine = { name: 'gate', address: '192.168.77.2' };

/** The names that the forty-item playbook's tamperings speak of. The first is reached directly. */
export const MACHINES: readonly BenchMachine[] = [
  { name: 'pi', address: '192.168.77.10' },
  { name: 'dns1', address: '10.77.1.11', via: ['gate'] },
  { name: 'nas', address: '10.77.1.12', via: ['gate'] },
  { name: 'vault', address: '10.77.1.13', via: ['gate'] },
];

/** The group `inner` of the forty-item project: a template lists their addresses. */
export const PEERS: readonly string[] = ['dns1', 'nas', 'vault'];

/** An inventory of these machines, as the inventory room would have read it. */
export function inventoryOf(machines: readonly BenchMachine[]): Inventory {
  return {
    hosts: new Map(
      machines.map((machine) => [machine.name, bareHost(machine.name, { become: 'sudo', ...machine })]),
    ),
    groups: new Map(),
    files: [],
  };
}
