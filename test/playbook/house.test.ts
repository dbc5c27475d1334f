import { expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import type { HostConfig } from '../../src/core/host-config.js';
import { EXAMPLE_SYSTEMS } from '../../src/core/example-systems.js';
import { createRegistry } from '../../src/core/registry.js';
import { createRoleRegistry } from '../../src/core/role-registry.js';
import { Secret } from '../../src/core/secret.js';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { selectHosts } from '../../src/inventory/select-hosts.js';
import { compilePlaybooks } from '../../src/playbook/compile.js';

/** The example that is shipped. */
const projectDir = fileURLToPath(new URL('../../', import.meta.url));
const kinds = createRegistry();
const roles = createRoleRegistry();
// One after the other: Jest links modules that are imported at the same time before they are all there.
for (const role of roles.roles()) await roles.load(role);
for (const kind of kinds.kinds()) await kinds.load(kind);

/** The items of the example for a host where jobs run, whatever hosts were chosen: the one alone. */
async function itemsOf(name: string, arch = 'amd64') {
  const inventory = await loadInventory({
    projectDir,
    setVars: new Map([['jobs', true]]),
    localUser: 'someone',
  });
  const hosts = selectHosts(inventory, [name]);
  const playbooks = ['playbooks/homelab.yml'];
  const plays = await compilePlaybooks({
    projectDir,
    inventory,
    playbooks,
    hosts,
    kinds,
    roles,
    tags: [],
    skipTags: [],
  });
  const [host] = hosts;
  if (host === undefined) throw new Error('no host');
  const facts = { ...EXAMPLE_SYSTEMS.debian12, arch };
  const compiled = await Promise.all(plays.map((play) => play.compile(host, facts)));
  return compiled.flatMap(({ items }) => items);
}

/** What the items write to a file, as JSON. */
async function jsonOf(host: string, path: string): Promise<Record<string, unknown>> {
  const items = await itemsOf(host);
  const files = items.flatMap(({ params }) => (params as { files?: readonly WrittenFile[] }).files ?? []);
  const file = files.find((one) => one.path === path);
  const content = file?.content ?? file?.variants?.at(-1)?.content;
  if (content === undefined) throw new Error(`nothing writes ${path}`);
  return JSON.parse(content instanceof Secret ? content.reveal() : content) as Record<string, unknown>;
}

interface WrittenFile {
  readonly path: string;
  readonly content?: string | Secret;
  readonly variants?: readonly { readonly content?: string | Secret }[];
}

const SERVERS = ['10.77.1.11', '10.77.1.13', '10.77.1.12'];
const isServer = { server: [{ enabled: true, bootstrap_expect: 3 }] };

test.each([
  ['dns1', isServer],
  ['nas', isServer],
  ['apps', { client: [{ enabled: true }] }],
])('Nomad on %s: it knows all servers, though no other host was chosen', async (host, expected) => {
  const config = await jsonOf(host, '/etc/nomad.d/homelab.json');
  expect(config).toMatchObject(expected);
  for (const address of SERVERS) expect(JSON.stringify(config)).toContain(address);
});

test('Consul on a server expects three, and joins them', async () => {
  const config = await jsonOf('dns2', '/etc/consul.d/homelab.json');
  expect(config).toMatchObject({ server: true, bootstrap_expect: 3, datacenter: 'home' });
  expect(config['retry_join']).toEqual(expect.arrayContaining(SERVERS.filter((one) => one !== '10.77.1.13')));
});

test('a machine of 32 bits is told that Nomad is not built for it', async () => {
  const errors = [
    expect.objectContaining({ code: 'role/not-built', message: expect.stringContaining('armhf') }),
  ];
  await expect(itemsOf('apps', 'armhf')).rejects.toMatchObject({ errors });
});

test.each([
  ['gate', []],
  ['dns1', ['dnsmasq none', 'unbound none', 'consul server of consul_servers']],
])('what an upgrade of %s has to care for', async (name, expected) => {
  const inventory = await loadInventory({ projectDir, setVars: new Map(), localUser: 'someone' });
  const hosts = selectHosts(inventory, [name]);
  const options = { projectDir, inventory, hosts, kinds, roles, tags: [], skipTags: [] };
  const plays = await compilePlaybooks({ ...options, playbooks: ['playbooks/homelab.yml'] });
  const services = await Promise.all(
    plays
      .filter((play) => play.hosts.includes(name))
      .map((play) => play.services(inventory.hosts.get(name) as HostConfig, EXAMPLE_SYSTEMS.debian12)),
  );
  const told = services.flat().map(({ name: service, drain, quorumGroup }) => {
    const member = 'member' in drain ? `${drain.member} of ${quorumGroup ?? 'nothing'}` : drain.adapter;
    return `${service} ${member}`;
  });
  expect(told).toEqual(expect.arrayContaining(expected));
});
