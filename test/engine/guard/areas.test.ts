import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../../src/core/facts.js';
import type { Item } from '../../../src/core/item.js';
import { accountArea } from '../../../src/engine/guard/account-area.js';
import { areasAtRisk } from '../../../src/engine/guard/areas.js';
import { item, SET } from '../fake-world.js';

const ADMIN = { user: 'admin', isRoot: true, home: '/home/admin', groups: ['admin', 'wheel'] };

const NIXOS = { ...FACT_EXAMPLES, os: { ...FACT_EXAMPLES.os, id: 'nixos', family: 'nixos' } };

function touching(things: readonly string[] | undefined, guarded?: boolean): Item {
  const task = { ...SET, touches: things === undefined ? undefined : () => things };
  return item(task as Item['task'], 'x', { guarded });
}

describe('what a change puts at risk', () => {
  test.each<[readonly string[], readonly string[]]>([
    [['path:/etc/motd'], []],
    [['path:/etc/ssh/sshd_config'], ['ssh']],
    [['path:/etc/ssh/sshd_config.d/10-x.conf'], ['ssh']],
    [['path:/etc/sshd'], []],
    [['unit:ssh.service'], ['ssh']],
    [['path:/etc/systemd/system/ssh.socket.d/port.conf'], ['ssh']],
    [['unit:nginx.service'], []],
    [['path:/etc/sudoers'], ['sudo']],
    [['path:/etc/sudoers.d/ada'], ['sudo']],
    [['path:/etc/homelab/firewall.nft', 'unit:homelab-firewall.service'], ['firewall']],
    [['account:admin'], ['account']],
    [['account:bob', 'path:/home/bob'], []],
    [['account:bob', 'path:/home/bob/.ssh/authorized_keys'], []],
    [['path:/home/admin/.ssh/authorized_keys'], ['account']],
    [['path:/home/admin'], ['account']],
    [['path:/home'], ['account']],
    [['path:/home/adm'], []],
    [['path:/home/admin/.bashrc'], ['account']],
    [['path:/home/admin/notes'], []],
    [['account:wheel', 'group:wheel'], ['account']],
    [['account:games', 'group:games'], []],
    [['path:/etc/hosts.deny'], ['ssh']],
    [['path:/etc/pam.d/sshd'], ['account']],
    [['path:/etc/passwd'], ['account']],
    [['path:/etc/netplan/10.yaml'], ['network']],
    [['path:/proc/sys/net/ipv6/conf/all/disable_ipv6'], ['kernel']],
    [['path:/proc/sys/net/ipv4/conf/eth0.5/rp_filter'], ['kernel']],
    [['path:/proc/sys/net/ipv4/ip_forward'], []],
    [['path:/etc/wireguard/wg0.conf'], ['network']],
    [['unit:wg-quick@wg0.service'], ['network']],
    [['unit:backup@wg0.service'], []],
    [['unit:dropbear.service'], ['ssh']],
    [['unit:sshd@1-10.0.0.1:22.service'], ['ssh']],
    [['path:/usr/sbin/sshd'], ['ssh']],
    [['path:/usr/lib/openssh/sftp-server'], ['ssh']],
    [['path:/usr/bin/sudo'], ['sudo']],
    [['path:/usr/bin/sudoedit'], []],
    [['path:/run/nologin'], ['account']],
    [['path:/etc/environment'], ['account']],
    [['path:/bin/bash'], ['account']],
    [['path:/usr/bin'], ['account']],
    [['path:/usr/bin/htop'], []],
    [['path:/home/admin/.config/fish/config.fish'], ['account']],
    [['path:/'], ['network', 'firewall', 'account', 'sudo', 'ssh']],
    [['path:/etc'], ['network', 'firewall', 'account', 'sudo', 'ssh']],
    [['path:/etc/nixos/homelab/web.nix', 'nixos:system', 'anything'], ['nixos']],
    [['path:/etc/nixos/homelab/web.nix'], []],
    [
      ['path:/etc/ssh/x', 'path:/etc/sudoers'],
      ['sudo', 'ssh'],
    ],
  ])('%j: %j', (things, names) => {
    const on = { login: ADMIN, facts: NIXOS };
    expect(areasAtRisk(touching(things), on).map(({ name }) => name)).toEqual(names);
    expect(areasAtRisk(touching(things, false), on)).toEqual([]);
  });

  test.each<[string, readonly string[] | undefined, boolean | undefined, number]>([
    ['one that may touch anything is not guarded by itself', undefined, undefined, 0],
    ['unless it says so: then everything is at risk', undefined, true, 7],
    ['one that says so and touches nothing of it', ['path:/srv/x'], true, 7],
  ])('%s', (_name, things, guarded, count) => {
    expect(areasAtRisk(touching(things, guarded), { login: ADMIN, facts: NIXOS })).toHaveLength(count);
  });

  test('another system has nothing of NixOS, and does not wait as long as a build takes', () => {
    const on = { login: ADMIN, facts: FACT_EXAMPLES };
    const areas = areasAtRisk(touching(undefined, true), on);
    expect(areas.map(({ name }) => name)).toEqual([
      'kernel',
      'network',
      'firewall',
      'account',
      'sudo',
      'ssh',
    ]);
    expect(areasAtRisk(touching(['nixos:system']), on)).toEqual([]);
  });

  test('the keys are where the account has its home', () => {
    const away = { ...ADMIN, home: '/srv/adm' };
    const names = (thing: string) =>
      areasAtRisk(touching([thing]), { login: away, facts: FACT_EXAMPLES }).map(({ name }) => name);
    expect(names('path:/srv/adm/.ssh/authorized_keys')).toEqual(['account']);
    expect(names('path:/home/admin/.ssh/authorized_keys')).toEqual([]);
    expect(accountArea.paths(away)).toContain('/srv/adm/.ssh');
    expect(accountArea.folders?.(away)).toEqual(['/srv/adm']);
    expect(accountArea.paths({ ...ADMIN, home: '' })).toContain('/home/admin/.ssh');
  });

  test('where nobody knows who logged in, no account is changed unguarded', () => {
    const someone = { user: '', isRoot: true, home: '', groups: [] };
    const on = { login: someone, facts: FACT_EXAMPLES };
    expect(areasAtRisk(touching(['path:/etc/shadow']), on).map(({ name }) => name)).toEqual(['account']);
  });
});
