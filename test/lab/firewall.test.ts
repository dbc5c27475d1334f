import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rebootMachine } from '../../src/lab/machine-control.js';
import { documentOf, hostOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

/** Reached through the jump host, by a port that is not SSH's own. */
const HOST = 'nas';
const FROM_GATE = '10.77.1.1';

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
  await lab.shell(
    HOST,
    `DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends nftables >/dev/null 2>&1 </dev/null
     nft add table ip somebodys`,
  );
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  await lab.shell(
    HOST,
    `systemctl disable -q --now homelab-firewall nftables; nft flush ruleset
     rm -rf /etc/homelab /var/lib/homelab-firewall /etc/systemd/system/homelab-firewall.service
     systemctl daemon-reload
     DEBIAN_FRONTEND=noninteractive apt-get purge -yqq nftables >/dev/null 2>&1 </dev/null`,
  );
});

/** What a run says of a firewall of these parameters: its status and fields, or the error. */
async function run(command: 'plan' | 'provision', params: object) {
  const project = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Firewall', hosts: HOST, tasks: [{ firewall: params }] }]),
  });
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const document = documentOf(await lab.homelab([command, HOST, ...flags], { cwd: project }));
  const [task] = hostOf(document, HOST).tasks;
  const fields = task?.changes.map(({ field }) => field).toSorted() ?? [];
  return { says: task?.error?.code ?? [task?.status, ...fields].join(' '), message: task?.error?.message };
}

const tables = () => lab.shell(HOST, 'nft list tables');
const canReach = async (port: number) =>
  (await lab.onMachine('gate', ['timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/10.77.1.12/${port}`]))
    .code === 0;

const TYPED = { rules: [{ allow: 'tcp/2222', from: `${FROM_GATE}/32` }] };
const RULESET = `define admins = { 10.77.0.0/16, 192.0.2.0/24 }
table inet mine {
  set ok { type ipv4_addr; flags interval; elements = $admins; }
  set seen { type ipv4_addr; flags dynamic,timeout; timeout 1h; }
  chain input {
    type filter hook input priority filter; policy drop;
    ct state vmap { established : accept, related : accept, invalid : drop }
    iif lo accept
    tcp dport 2222 jump admin
    tcp dport 8080 counter add @seen { ip saddr } accept
  }
  chain admin { ip saddr @ok counter accept; }
}
table ip mine-nat { chain post { type nat hook postrouting priority srcnat; oifname "eth9" masquerade; }; }
`;

describe('rules that would cut off the connection', () => {
  test.each<[string, object, string]>([
    [
      'typed, for the usual port alone',
      { rules: [{ allow: 'tcp/22' }] },
      'stopped by the policy of chain input',
    ],
    [
      'typed, from elsewhere',
      { rules: [{ allow: 'tcp/2222', from: '192.0.2.0/24' }] },
      'stopped by the policy',
    ],
    [
      'typed, dropped first',
      { rules: [{ drop: 'any', from: '10.77.0.0/16' }, { allow: 'tcp/2222' }] },
      'stopped by rule 10 of chain input of table inet homelab (drop)',
    ],
    [
      'in a zone of another interface',
      { zones: { lan: { interfaces: ['eth7'], rules: [{ allow: 'tcp/2222' }] } } },
      'stopped by the policy',
    ],
    [
      'a ruleset',
      { ruleset: RULESET.replace('10.77.0.0/16, ', '') },
      'stopped by the policy of chain input of table inet mine',
    ],
    [
      'a ruleset that keeps answers in',
      {
        ruleset: `${RULESET}table inet more { chain output { type filter hook output priority 0; tcp sport 2222 drop; }; }\n`,
      },
      'what goes from port 2222',
    ],
  ])('%s', async (_name, params, message) => {
    for (const command of ['plan', 'provision'] as const) {
      const outcome = await run(command, params);
      expect(outcome).toEqual({ says: 'task/would-lock-out', message: expect.stringContaining(message) });
    }
    expect(await tables()).toBe('table ip somebodys\n');
    expect(await lab.shell(HOST, 'ls /etc/homelab 2>/dev/null || true')).toBe('');
  });

  test('what nft does not take is refused before anything is written', async () => {
    const outcome = await run('provision', { ruleset: RULESET.replace('jump admin', 'jumpp admin') });
    expect(outcome.says).toBe('task/refused-rules');
    expect(await tables()).toBe('table ip somebodys\n');
  });
});

describe('rules that would cut off what listens', () => {
  const sparing = { ...TYPED, spare_listeners: true };
  const listen = (port: number, address: string) =>
    `systemd-run --quiet --unit=listener-${port} perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "${address}", LocalPort => ${port}) or die; sleep 600'
     for i in $(seq 50); do ss -Hlnt "sport = :${port}" | grep -q . && break; sleep 0.1; done`;

  afterAll(() => lab.shell(HOST, 'systemctl stop "listener-*"'));

  test('are refused with the names of those, in a plan too', async () => {
    await lab.shell(HOST, `${listen(4455, '0.0.0.0')}; ${listen(4456, '127.0.0.1')}`);
    for (const command of ['plan', 'provision'] as const) {
      const outcome = await run(command, sparing);
      expect(outcome).toEqual({
        says: 'task/undeclared-listeners',
        message: expect.stringMatching(/no rule speaks of: tcp\/4455 perl$/),
      });
    }
    expect(await tables()).toBe('table ip somebodys\n');
    const { says } = await run('plan', { ...sparing, rules: [...TYPED.rules, { drop: 'tcp/4455' }] });
    expect(says).toBe('pending at_boot content loaded state');
  });
});

describe('a ruleset of its own', () => {
  test('is loaded, the connection stays, other ports are shut', async () => {
    expect(await canReach(2222)).toBe(true);
    expect((await run('provision', { ruleset: RULESET })).says).toBe('changed at_boot content loaded state');
    expect(await tables()).toBe('table ip somebodys\ntable inet mine\ntable ip mine-nat\n');
    expect((await run('plan', { ruleset: RULESET })).says).toBe('ok');
    expect(await canReach(2222)).toBe(true);
    expect(await lab.shell(HOST, 'nft list chain inet mine admin | grep -c "packets [1-9]"')).toBe('1\n');
  });

  test('what packets put into a set is no change, what a person puts there is', async () => {
    await canReach(8080);
    expect(await lab.shell(HOST, `nft list set inet mine seen | grep -c ${FROM_GATE}`)).toBe('1\n');
    expect((await run('plan', { ruleset: RULESET })).says).toBe('ok');
    await lab.shell(HOST, 'nft add element inet mine ok { 198.51.100.7 }');
    expect((await run('plan', { ruleset: RULESET })).says).toBe('pending loaded');
    expect((await run('provision', { ruleset: RULESET })).says).toBe('changed loaded');
    expect(await lab.shell(HOST, 'nft list set inet mine ok | grep -c 198.51 || true')).toBe('0\n');
  });

  test('is there before anybody logs in after a reboot', async () => {
    // A machine of the lab keeps its network from boot to boot, and with it its rules; a real one does not.
    await lab.shell(HOST, 'nft flush ruleset');
    await rebootMachine(lab.id, HOST);
    expect(await tables()).toBe('table inet mine\ntable ip mine-nat\n');
    expect((await run('plan', { ruleset: RULESET })).says).toBe('ok');
  });

  test("outlives a restart of Debian's nftables.service, which flushes everything", async () => {
    await lab.shell(
      HOST,
      'systemctl start nftables; systemctl restart nftables; systemctl start homelab-firewall',
    );
    expect(await tables()).toContain('table inet mine\n');
    expect((await run('plan', { ruleset: RULESET })).says).toBe('ok');
    await lab.shell(HOST, 'systemctl stop nftables; nft list tables | grep . && exit 1; true');
  });

  test('gives way to typed rules in one go', async () => {
    expect((await run('provision', { ruleset: RULESET })).says).toBe('changed at_boot loaded');
    await lab.shell(HOST, 'nft add table ip somebodys');
    expect((await run('provision', TYPED)).says).toBe('changed content');
    expect(await tables()).toBe('table ip somebodys\ntable inet homelab\n');
    expect(await canReach(2222)).toBe(true);
    // From another address than the one that is let in.
    const { code } = await lab.onMachine('dns1', [
      'timeout',
      '3',
      'bash',
      '-c',
      'exec 3<>/dev/tcp/10.77.1.12/2222',
    ]);
    expect(code).not.toBe(0);
  });

  test('goes, and the rest stays', async () => {
    expect((await run('provision', { state: 'absent' })).says).toBe('changed state');
    expect(await tables()).toBe('table ip somebodys\n');
    expect((await run('plan', { state: 'absent' })).says).toBe('ok');
  });
});
