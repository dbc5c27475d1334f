import { afterAll, expect, test } from '@jest/globals';
import { EXAMPLE_SYSTEMS } from '../../src/core/example-systems.js';
import type { Item } from '../../src/core/item.js';
import { createRegistry } from '../../src/core/registry.js';
import { createRoleRegistry } from '../../src/core/role-registry.js';
import { loadInventory } from '../../src/inventory/load-inventory.js';
import { selectHosts } from '../../src/inventory/select-hosts.js';
import { compilePlaybooks } from '../../src/playbook/compile.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';

afterAll(removeProjects);

const kinds = createRegistry();
const roles = createRoleRegistry();
// One after the other: Jest links modules that are imported at the same time before they are all there.
for (const role of roles.roles()) await roles.load(role);
for (const kind of kinds.kinds()) await kinds.load(kind);

const SITE = `
- name: Names
  hosts: all
  roles:
    - { role: ssh-hardening, client: false }
    - { role: dnsmasq, upstreams: [9.9.9.9] }
    - { role: nixos, when: { os_family: nixos }, generations: 10, options: { services.mysql.enable: true } }
    - { role: docker, tags: [containers] }
`;

/** The items for a host of that system, of the roles that are chosen by `tags`. */
async function itemsOf(
  system: keyof typeof EXAMPLE_SYSTEMS,
  tags: readonly string[] = [],
): Promise<readonly Item[]> {
  const projectDir = makeProject({
    'site.yml': SITE,
    'inventory/hosts.yml': 'hosts: { box: { address: 10.0.0.1 }, deb: { address: 10.0.0.2 } }\n',
  });
  const inventory = await loadInventory({ projectDir, setVars: undefined, localUser: 'someone' });
  const plays = await compilePlaybooks({
    projectDir,
    inventory,
    playbooks: ['site.yml'],
    hosts: selectHosts(inventory, ['all']),
    kinds,
    roles,
    tags,
    skipTags: [],
  });
  const host = inventory.hosts.get(system === 'nixos' ? 'box' : 'deb');
  if (host === undefined) throw new Error('no host');
  const compiled = await Promise.all(plays.map((play) => play.compile(host, EXAMPLE_SYSTEMS[system])));
  return compiled.flatMap(({ items }) => items);
}

test('on NixOS all roles of a play are one item, applied by one rebuild', async () => {
  const items = await itemsOf('nixos');
  expect(items.map(({ id, name, kind }) => [id, name, kind])).toEqual([
    [
      'names/docker/module-of-nixos',
      'ssh-hardening: module of NixOS, dnsmasq: module of NixOS, nixos: module nixos, docker: module of NixOS',
      'nixos_module',
    ],
  ]);
  expect(items[0]?.params).toMatchObject({
    path: '/etc/nixos/homelab/ssh-hardening.nix',
    others: ['dnsmasq', 'nixos', 'docker'].map((name) => ({
      path: `/etc/nixos/homelab/${name}.nix`,
      content: expect.stringContaining('{ config, lib, pkgs, ... }:'),
    })),
    apply: 'switch',
    generations: 10,
  });
});

test('roles that are not chosen are no part of it', async () => {
  const [item, ...rest] = await itemsOf('nixos', ['containers']);
  expect(rest).toEqual([]);
  expect(item?.params).toMatchObject({ path: '/etc/nixos/homelab/docker.nix', others: [] });
});

test('the same play is for Debian', async () => {
  const found = (await itemsOf('debian12')).map(({ kind }) => kind);
  expect(found).toEqual(expect.arrayContaining(['sshd_config', 'service_config', 'package', 'service']));
  expect(found).not.toContain('nixos_module');
});
