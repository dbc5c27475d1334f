import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFiles, type BenchLab } from './bench-lab.js';
import { GATE, MACHINES, PEERS, type BenchMachine } from './machines.js';

const FIXTURE = fileURLToPath(new URL('../test/lab/fixtures/forty/', import.meta.url));
const SIXTY = fileURLToPath(new URL('hundred/playbooks/sixty.yml', import.meta.url));
const FILES = ['playbooks/site.yml', 'templates/forty.hbs', 'templates/peers.hbs'];

/** A host of an inventory: a machine, or one of many sshd of it. */
export interface BenchHost extends BenchMachine {
  /** Name of the machine behind it, where that is another: what its files say. */
  readonly machine?: string;
}

/**
 * The forty-item playbook of the tests, with an inventory of the jump host, the four named machines and `further` hosts.
 * Files that tell the host's name tell the machine's, so that many hosts can be one machine. Returns the project's folder.
 */
export function createFortyProject(lab: BenchLab, name: string, further: readonly BenchHost[] = []): string {
  return writeFiles(join(lab.folder, name), {
    ...fortyFiles(),
    'inventory/hosts.yml': inventoryFile(lab, [GATE, ...MACHINES, ...further]),
  });
}

/** The forty items and sixty more, on the four named machines. Returns the project's folder. */
export function createHundredProject(lab: BenchLab, name: string): string {
  return writeFiles(join(lab.folder, name), {
    ...fortyFiles(),
    'playbooks/sixty.yml': readFileSync(SIXTY, 'utf8'),
    'homelab.yml': 'playbooks: [playbooks/site.yml, playbooks/sixty.yml]\n',
    'inventory/hosts.yml': inventoryFile(lab, [GATE, ...MACHINES]),
  });
}

function fortyFiles(): Record<string, string> {
  const files = FILES.map((path) => [
    path,
    readFileSync(join(FIXTURE, path), 'utf8').replaceAll('{{host.name}}', '{{vars.machine}}'),
  ]);
  return Object.fromEntries(files) as Record<string, string>;
}

/** JSON is YAML too. */
function inventoryFile({ state }: BenchLab, hosts: readonly BenchHost[]): string {
  const entry = ({ name, machine = name, address, port, via }: BenchHost) => {
    const groups = PEERS.includes(name) ? ['inner'] : [];
    return [name, { address, port, via, groups, host_key: state.hostKeys[machine]?.[0], vars: { machine } }];
  };
  const document = {
    vars: { domain: 'lab.test', beat_seconds: 5 },
    defaults: { user: 'admin', become: 'sudo' },
    groups: { inner: {} },
    hosts: Object.fromEntries(hosts.map(entry)),
  };
  return JSON.stringify(document, null, 2);
}
