import { describe, expect, test } from '@jest/globals';
import type { Item } from '../../../src/core/item.js';
import { areasAtRisk } from '../../../src/engine/guard/areas.js';
import { item, SET } from '../fake-world.js';

const ADMIN = { user: 'admin', isRoot: true };

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
    [['path:/etc/pam.d/sshd'], ['account']],
    [['path:/etc/passwd'], ['account']],
    [['path:/etc/netplan/10.yaml'], ['network']],
    [
      ['path:/etc/ssh/x', 'path:/etc/sudoers'],
      ['sudo', 'ssh'],
    ],
  ])('%j: %j', (things, names) => {
    expect(areasAtRisk(touching(things), ADMIN).map(({ name }) => name)).toEqual(names);
    expect(areasAtRisk(touching(things, false), ADMIN)).toEqual([]);
  });

  test.each<[string, readonly string[] | undefined, boolean | undefined, number]>([
    ['one that may touch anything is not guarded by itself', undefined, undefined, 0],
    ['unless it says so: then everything is at risk', undefined, true, 5],
    ['one that says so and touches nothing of it', ['path:/srv/x'], true, 5],
  ])('%s', (_name, things, guarded, count) => {
    expect(areasAtRisk(touching(things, guarded), ADMIN)).toHaveLength(count);
  });

  test('where nobody knows who logged in, no account is changed unguarded', () => {
    const someone = { user: '', isRoot: true };
    expect(areasAtRisk(touching(['path:/etc/shadow']), someone).map(({ name }) => name)).toEqual(['account']);
  });
});
