import { describe, expect, test } from '@jest/globals';
import type { AnyRole } from '../../src/core/role.js';
import { createRoleRegistry } from '../../src/core/role-registry.js';
import { ARCHITECTURES } from './fact-presets.js';
import { moduleValue, withNix } from './nixos-modules.js';
import { roleItems, someHost } from './role-items.js';

const registry = createRoleRegistry();
const roles = new Map<string, AnyRole>();
for (const name of ['dnsmasq', 'docker', 'nfs-server', 'unbound']) roles.set(name, await registry.load(name));

function itemOf(name: string, params: object, arch = 'amd64') {
  const role = roles.get(name);
  if (role === undefined) throw new Error(`no role ${name}`);
  const { items } = roleItems(role, params, { system: 'nixos', facts: { arch }, hosts: [someHost()] });
  const [item, ...rest] = items;
  expect(rest).toEqual([]);
  expect(item).toMatchObject({ kind: 'nixos_module', params: { path: `/etc/nixos/homelab/${name}.nix` } });
  return String(item?.params['content']);
}

const DNS = { firewall: { allowedTCPPorts: [53], allowedUDPPorts: [53] } };

describe('a service as options of NixOS', () => {
  withNix.each<readonly [string, object, object]>([
    [
      'dnsmasq',
      { consul: true, upstreams: ['9.9.9.9'], blocked: ['ads.example'], records: { nas: '10.0.0.2' } },
      {
        services: {
          dnsmasq: {
            enable: true,
            settings: expect.objectContaining({
              port: '53',
              'bind-dynamic': true,
              'no-resolv': true,
              'no-hosts': true,
              server: ['9.9.9.9', '/consul/127.0.0.1#8600'],
              'rebind-domain-ok': '/consul/',
              'host-record': ['host.lan,host,192.0.2.10', 'nas.lan,nas,10.0.0.2'],
              address: '/ads.example/',
            }),
          },
        },
        networking: DNS,
      },
    ],
    [
      'docker',
      { users: ['admin'], major: 28, metrics_addr: '0.0.0.0:9323' },
      {
        virtualisation: {
          docker: {
            enable: true,
            package: 'docker_28',
            liveRestore: true,
            daemon: {
              settings: {
                'live-restore': true,
                'log-driver': 'json-file',
                'log-opts': { 'max-file': '3', 'max-size': '10m' },
                'metrics-addr': '0.0.0.0:9323',
              },
            },
          },
        },
        users: { groups: { docker: { members: ['admin'] } } },
        networking: { firewall: { allowedTCPPorts: [9323] } },
      },
    ],
    [
      'nfs-server',
      {
        exports: [
          { path: '/srv/nfs/gitea', clients: [{ to: '192.168.1.21', access: 'rw' }], make: { mode: '2775' } },
        ],
      },
      {
        services: {
          nfs: {
            server: {
              enable: true,
              exports: '/srv/nfs/gitea 192.168.1.21(rw,sync,no_subtree_check,root_squash)\n',
              nproc: 8,
            },
            settings: {
              nfsd: { vers3: false, vers4: true, 'vers4.0': false, 'vers4.1': true, 'vers4.2': true },
            },
          },
        },
        systemd: { tmpfiles: { rules: ['d /srv/nfs/gitea 2775 root root -'] } },
        networking: { firewall: { allowedTCPPorts: [2049] } },
      },
    ],
    [
      'unbound',
      {
        consul: true,
        listen: ['0.0.0.0'],
        access_control: ['10.0.0.0/8'],
        zones: [{ zone: 'fritz.box', servers: ['10.0.0.1'] }],
      },
      {
        services: {
          unbound: {
            enable: true,
            settings: {
              server: expect.objectContaining({
                interface: '0.0.0.0',
                port: '53',
                'access-control': '10.0.0.0/8 allow',
                'do-not-query-localhost': false,
                'private-domain': expect.arrayContaining(['"consul"']),
                'domain-insecure': expect.arrayContaining(['"consul"']),
                'hide-identity': true,
              }),
              'stub-zone': expect.arrayContaining([
                { name: '"consul"', 'stub-addr': '127.0.0.1@8600', 'stub-no-cache': true },
              ]),
            },
          },
        },
        networking: DNS,
      },
    ],
  ])('%s', (name, params, expected) => {
    const values = ARCHITECTURES.map((arch) => moduleValue(itemOf(name, params, arch)) as object);
    for (const value of values) expect(value).toMatchObject(expected);
  });

  test('a folder with a blank in its name is one word', () => {
    const exports = [{ path: '/srv/my media', clients: [{ to: '10.0.0.1' }], make: {} }];
    expect(itemOf('nfs-server', { exports })).toContain(String.raw`"d \"/srv/my media\" 0755 root root -"`);
  });

  test('docker has no vendor there', () => {
    expect(() => itemOf('docker', { source: 'vendor' })).toThrow(
      expect.objectContaining({ code: 'role/no-package', hint: expect.any(String) }),
    );
  });
});
