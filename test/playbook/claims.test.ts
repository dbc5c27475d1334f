import { afterAll, describe, expect, test } from '@jest/globals';
import { EXAMPLE_SYSTEMS } from '../../src/core/example-systems.js';
import { createRegistry } from '../../src/core/registry.js';
import { createRoleRegistry } from '../../src/core/role-registry.js';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { checkPlaybooks } from '../../src/playbook/compile.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { told } from './playbook-project.js';

const kinds = createRegistry();
const roles = createRoleRegistry();
// One after the other: Jest links modules that are imported at the same time before they are all there.
for (const role of ['consul', 'dnsmasq', 'docker', 'nomad', 'unbound']) await roles.load(role);
for (const kind of kinds.kinds()) await kinds.load(kind);

afterAll(removeProjects);

const INVENTORY = `
groups: { consul_servers: {}, nomad_servers: {} }
hosts:
  one: { address: 10.0.0.1, groups: [consul_servers, nomad_servers] }
  two: { address: 10.0.0.2 }
`;
const KEY = `${'A'.repeat(39)}1`;
const OTHER = `${'A'.repeat(39)}2`;

const mirror = (fingerprint: string): string =>
  `repository: { uri: https://m.lan, key_url: https://m.lan/gpg, key_fingerprint: ${fingerprint} }`;
const tasks = (...items: readonly string[]): string =>
  `- name: T\n  hosts: one\n  tasks:\n${items.map((item) => `    - package_repository: ${item}\n`).join('')}`;
const plays = (...entries: readonly (readonly [hosts: string, role: string])[]): string =>
  entries
    .map(
      ([hosts, role], index) => `- name: P${index}\n  hosts: ${hosts}\n  roles:\n    - { role: ${role} }\n`,
    )
    .join('');
const signed = (name: string, fingerprint = KEY, more = ''): string =>
  `{ name: ${name}, uri: 'https://m.lan/a/', suites: [x], key_url: https://m.lan/k, key_fingerprint: ${fingerprint}${more} }`;

/** What is wrong offline, and then for one host whose facts are known. */
async function wrong(site: string, system: 'debian12' | 'fedora' = 'debian12') {
  const projectDir = makeProject({ 'inventory/hosts.yml': INVENTORY, 'site.yml': site });
  const inventory = await loadInventory({ projectDir, localUser: 'someone' });
  const hosts = [...inventory.hosts.values()];
  const options = {
    projectDir,
    inventory,
    playbooks: ['site.yml'],
    hosts,
    kinds,
    roles,
    tags: [],
    skipTags: [],
  };
  const { plays: compiled, errors } = await checkPlaybooks(options);
  const one = inventory.hosts.get('one');
  if (one === undefined) throw new Error('no host');
  const later = await told(async () => {
    for (const play of compiled.filter((some) => some.hosts.includes('one')))
      await play.compile(one, EXAMPLE_SYSTEMS[system]);
  });
  return { offline: errors.map(({ message }) => message), later };
}

describe('two items that undo each other', () => {
  test('roles in two plays that have one repository with two keys', async () => {
    const site = plays(['all', `consul, ${mirror(KEY)}`], ['one', `nomad, ${mirror(OTHER)}`]);
    const message =
      '"nomad: repository" and "consul: repository" (site.yml:4:7) want the package repository hashicorp in two ways: they would undo each other';
    const { offline, later } = await wrong(site);
    expect(offline).toEqual([message]);
    expect(later).toEqual([
      `8:7 contradiction: ${message} | Say the same in both places, or leave one of them out.`,
    ]);
  });

  test('an address that two files say two keys of, the same key or not', async () => {
    const { offline } = await wrong(tasks(signed('a'), signed('b')));
    expect(offline).toEqual([expect.stringContaining('want the key of https://m.lan/a x in two ways')]);
  });

  test('a repository that is to be there and not', async () => {
    const { offline } = await wrong(tasks(signed('a'), '{ name: a, state: absent }'));
    expect(offline).toEqual([expect.stringContaining('want the package repository a in two ways')]);
  });

  test('what a role says of one system and a task of another shows with the facts', async () => {
    const site = `${plays(['one', 'docker'])}${tasks("{ name: docker, uri: 'https://m.lan/docker' }")}`;
    const { offline, later } = await wrong(site);
    expect(offline).toEqual([]);
    expect(later).toEqual([expect.stringContaining('want the package repository docker in two ways')]);
  });
});

describe('two resolvers', () => {
  test.each<[string, string, string]>([
    ['with what they have by default', 'unbound', 'dnsmasq'],
    ['one of them for the host alone', "unbound, listen: ['127.0.0.1']", 'dnsmasq'],
    ['both at one address', "unbound, listen: ['10.0.0.1']", "dnsmasq, listen: ['10.0.0.1']"],
    ['one by its interface', "unbound, listen: ['127.0.0.1']", 'dnsmasq, interfaces: [eth0]'],
  ])('%s: only one would start', async (_name, unbound, dnsmasq) => {
    const site = plays(['all', unbound], ['one', dnsmasq]);
    const message =
      '"dnsmasq" and "unbound" (site.yml:4:7) want port 53 of the same address: only one of them would start';
    const { offline, later } = await wrong(site);
    expect(offline).toEqual([message]);
    expect(later).toEqual([
      expect.stringContaining(`8:7 contradiction: ${message} | Give one of them another`),
    ]);
  });

  test.each<[string, string, string]>([
    ['at two ports', 'unbound, port: 5335', 'dnsmasq'],
    ['at two addresses', "unbound, listen: ['127.0.0.1', '::1']", "dnsmasq, listen: ['10.0.0.1']"],
    ['of two systems', 'unbound, when: { os_family: redhat }', 'dnsmasq'],
    ['one of them twice', 'dnsmasq', 'dnsmasq, domain: home.arpa'],
  ])('%s', async (_name, first, second) => {
    expect(await wrong(plays(['one', first], ['one', second]))).toEqual({ offline: [], later: [] });
  });
});

describe('no contradiction', () => {
  test.each<[string, string]>([
    ['the same twice', plays(['all', `consul, ${mirror(KEY)}`], ['one', `nomad, ${mirror(KEY)}`])],
    ['on two hosts', plays(['one', `consul, ${mirror(KEY)}`], ['two', `nomad, ${mirror(OTHER)}`])],
    ['another suite', tasks(signed('a'), signed('b').replace('[x]', '[y]'))],
    ['one that is not used', tasks(signed('a'), signed('b', OTHER, ', enabled: false'))],
  ])('%s', async (_name, site) => {
    expect(await wrong(site)).toEqual({ offline: [], later: [] });
  });

  test('what facts choose between is not known before, and is right then', async () => {
    const when = (system: string, item: string): string =>
      `    - package_repository: ${item}\n      when: { os_family: ${system} }\n`;
    const site = `${tasks()}${when('debian', signed('a'))}${when('redhat', signed('a', OTHER))}`;
    expect(await wrong(site)).toEqual({ offline: [], later: [] });
  });

  test('dnf takes two names of one address', async () => {
    const plain = (name: string): string => signed(name).replace(' suites: [x],', '');
    const site = tasks(plain('a'), plain('b'));
    expect(await wrong(site, 'fedora')).toMatchObject({ later: [] });
  });
});
