import { describe, expect, test } from '@jest/globals';
import type { RolePort } from '../../src/core/role.js';
import role from '../../src/roles/firewall/role.js';
import firewall from '../../src/tasks/firewall.js';
import { factsOf } from './fact-presets.js';
import { roleItems } from './role-items.js';

const SSH = { allow: 'tcp/22', comment: 'SSH' };
const SHUT: RolePort = { protocol: 'tcp', port: 111, from: [], what: 'rpcbind' };
const DNS: RolePort = { protocol: 'udp', port: 53, from: ['10.0.0.0/8'], what: 'DNS "of\nthe house"' };
const WEB: RolePort = { protocol: 'tcp', port: 443, what: 'a site' };

describe('rules', () => {
  test.each<[string, object, object, object]>([
    ['SSH alone', {}, {}, { rules: [SSH], spare_listeners: true }],
    [
      'every port of SSH, from where it is let in',
      { ssh_from: ['192.168.1.0/24', 'fd00::/8'] },
      { host: { ports: [2222, 22] } },
      {
        rules: [2222, 22].map((port) => ({
          allow: `tcp/${port}`,
          from: ['192.168.1.0/24', 'fd00::/8'],
          comment: 'SSH',
        })),
        spare_listeners: true,
      },
    ],
    [
      'none for what nobody else reaches',
      {},
      { ports: [{ ...SHUT, listener: { program: 'unbound', addresses: ['127.0.0.1', '::1'] } }] },
      { rules: [SSH], spare_listeners: true },
    ],
    [
      'own ones before those of the roles',
      {
        allow: [
          { allow: ['tcp/80'], from: '10.0.0.0/8' },
          { drop: 'udp/53', comment: 'no' },
        ],
      },
      { ports: [DNS, WEB] },
      {
        rules: [
          SSH,
          { allow: ['tcp/80'], from: '10.0.0.0/8' },
          { drop: 'udp/53', comment: 'no' },
          { allow: 'udp/53', from: ['10.0.0.0/8'], comment: 'DNS  of the house ' },
          { allow: 'tcp/443', comment: 'a site' },
        ],
        spare_listeners: true,
      },
    ],
    [
      'SSH from nowhere else, though the role that keeps sshd says that it listens',
      { ssh_from: ['192.168.1.0/24'] },
      {
        host: { ports: [2222, 22] },
        ports: [
          { protocol: 'tcp', port: 2222, what: 'ssh' },
          { protocol: 'udp', port: 22, what: 'no SSH' },
          WEB,
          { protocol: 'tcp', port: 22, what: 'ssh' },
        ],
      },
      {
        rules: [
          { allow: 'tcp/2222', from: ['192.168.1.0/24'], comment: 'SSH' },
          { allow: 'tcp/22', from: ['192.168.1.0/24'], comment: 'SSH' },
          { allow: 'udp/22', comment: 'no SSH' },
          { allow: 'tcp/443', comment: 'a site' },
        ],
        spare_listeners: true,
      },
    ],
    [
      'what listens for nobody else, unless another role needs it',
      {},
      { ports: [SHUT, { ...SHUT, from: ['10.0.0.0/8'] }] },
      {
        rules: [
          SSH,
          { allow: 'tcp/111', from: ['10.0.0.0/8'], comment: 'rpcbind' },
          { drop: 'tcp/111', comment: 'rpcbind' },
        ],
        spare_listeners: true,
      },
    ],
    [
      'whole interfaces, and nothing spared',
      { trusted: ['wg0', 'virbr*'], close_undeclared: true },
      {},
      {
        rules: [SSH],
        zones: { trusted: { interfaces: ['wg0', 'virbr*'], rules: [{ allow: 'any' }] } },
        spare_listeners: false,
      },
    ],
  ])('%s', (_name, params, asking, expected) => {
    expect(roleItems(role, params, asking).params('rules')).toEqual(expected);
  });

  test('nothing is said about what is forwarded', () => {
    const { params } = roleItems(role, { trusted: ['docker0'] });
    const parsed = firewall.params.parse(params('rules'));
    const content = firewall.desired(parsed, factsOf('debian12'))?.['content'];
    expect(JSON.stringify(content)).not.toMatch(/hook (?:forward|output)|flush ruleset/);
  });
});

test.each<[string, object, string | undefined]>([
  ['a machine', {}, undefined],
  ['a container with a system of its own', { container: 'lxc' }, undefined],
  ['a container of a program', { container: 'docker' }, 'is guarded by the machine'],
  ['OpenRC', { init: 'openrc' }, undefined],
  ['an init of which nothing is known', { init: 'busybox' }, 'nothing is known that loads rules at boot'],
])('is for %s', (_name, facts, reason) => {
  const refused = role.refuses?.(factsOf('debian12', facts));
  if (reason === undefined) expect(refused).toBeUndefined();
  else expect(refused).toContain(reason);
});

test.each<[string, object]>([
  ['no network', { ssh_from: ['10.0.0.1/8'] }],
  ['nobody', { ssh_from: [] }],
  ['an interface that ends its line', { trusted: ['eth0" accept'] }],
  ['an unknown verdict', { allow: [{ let: 'tcp/1' }] }],
])('%s is refused', (_name, params) => {
  expect(role.params.safeParse(params).success).toBe(false);
});
