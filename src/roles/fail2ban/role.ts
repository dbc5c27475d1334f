import * as z from 'zod';
import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { defineRole, type RoleContext, type RoleOutput } from '../../core/role.js';
import { isOlder } from '../../core/is-older.js';
import { networkSchema } from '../shared/network-schema.js';
import { LOCAL_NETWORKS } from '../shared/local-networks.js';
import { jailConfig, type JailParams } from './jail-config.js';

/** From this version on sshd itself makes those wait who fail (`PerSourcePenalties`, sshd_config(5)). */
const FIRST_WITH_PENALTIES = '9.8';

const duration = z
  .union([
    z.string().regex(/^[1-9]\d{0,8}[smhdw]?$/, 'must be like 600, 10m, 1h or 1d'),
    z.int().min(1).max(999_999_999),
  ])
  .transform(String);

const params = z.strictObject({
  always: z
    .boolean()
    .default(false)
    .describe('also where OpenSSH 9.8 or newer keeps such addresses away by itself'),
  max_retry: z.int().min(1).max(1000).default(5).describe('failed logins of an address before it is banned'),
  find_time: duration.default('10m').describe('within how long, e.g. 10m'),
  ban_time: duration.default('10m').describe('for how long, e.g. 1h; longer each time'),
  trusted: z
    .array(networkSchema)
    .default([...LOCAL_NETWORKS])
    .describe(
      'networks that are never banned; the machine itself never is. Default: private networks. Those have to be among them that you, and a jump host, come from',
    ),
});

/** Whether there is anything for fail2ban to do. */
function isNeeded({ always }: { readonly always: boolean }, { openssh_version: version }: Facts): boolean {
  return always || (version !== '' && isOlder(version, FIRST_WITH_PENALTIES));
}

const RESTART = 'restart fail2ban';

function jail(wanted: JailParams, { facts, host, hosts }: RoleContext): RoleOutput {
  const packages = facts.os.family === 'redhat' ? ['fail2ban-server'] : ['fail2ban', 'python3-systemd'];
  const jumps = hosts.flatMap(({ name, address }) =>
    host.via.includes(name) && address !== undefined ? [address] : [],
  );
  return {
    items: [
      { name: 'package', kind: 'package', params: { names: [...packages, 'nftables'] } },
      {
        name: 'jail of sshd',
        // What the owner has in there stays.
        kind: 'block',
        params: {
          path: '/etc/fail2ban/jail.local',
          id: 'homelab',
          content: jailConfig(wanted, { ports: host.ports, jumps }),
          create: true,
        },
        onChange: [RESTART],
      },
      { name: 'service', kind: 'service', params: { name: 'fail2ban', state: 'running', enabled: true } },
    ],
    actions: {
      [RESTART]: { name: 'restart', kind: 'service', params: { name: 'fail2ban', restart: true } },
    },
  };
}

/** Addresses that fail to log in too often, kept away. */
export default defineRole({
  summary: 'Addresses that fail to log in by SSH too often are kept away for a while (OpenSSH before 9.8)',
  params,
  examples: [{}, { max_retry: 3, ban_time: '1h', trusted: ['192.168.1.0/24'] }, { always: true }],
  refuses: ({ os }) =>
    os.family === 'nixos' ? 'NixOS is told by `services.fail2ban` of its configuration' : undefined,
  items: (wanted, context) => {
    const { facts } = context;
    if (!isNeeded(wanted, facts)) return { items: [] };
    if (facts.init === 'systemd') return jail(wanted, context);
    throw new HomelabError({
      code: 'role/no-journal',
      message: `fail2ban reads the journal of systemd, and this host runs ${facts.init}`,
      hint: 'Leave the host out with `when: { init: systemd }`.',
    });
  },
});
