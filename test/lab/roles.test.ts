import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { documentOf, hostOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const HOST = 'nas';

let lab: TestLab;
let packagesBefore: ReadonlySet<string>;

const packages = async () =>
  (await lab.shell(HOST, "dpkg-query -W -f '${Package}\\n'")).split('\n').filter((name) => name !== '');

beforeAll(async () => {
  lab = await sharedLab();
  packagesBefore = new Set(await packages());
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  const brought = (await packages()).filter((name) => !packagesBefore.has(name));
  await lab.shell(
    HOST,
    `systemctl unmask -q apt-daily-upgrade.timer
     systemctl disable -q --now apt-daily.timer apt-daily-upgrade.timer
     DEBIAN_FRONTEND=noninteractive apt-get purge -y -q ${brought.join(' ')} >/dev/null
     rm -rf /etc/apt/apt.conf.d/60homelab-upgrades /etc/systemd/system/chrony.service.d /etc/chrony /etc/fail2ban /srv/fake
     systemctl daemon-reload`,
  );
  expect(new Set(await packages())).toEqual(packagesBefore);
  expect(await lab.shell(HOST, 'systemctl is-enabled apt-daily.timer apt-daily-upgrade.timer || true')).toBe(
    'disabled\ndisabled\n',
  );
});

const run = async (command: 'plan' | 'provision', roles: readonly unknown[], vars: object = {}) => {
  const cwd = lab.project({
    'inventory/hosts.yml': lab.hostsFile({}, { [HOST]: { vars } }),
    'playbooks/site.yml': JSON.stringify([{ name: 'Base', hosts: HOST, roles }]),
  });
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const result = await lab.homelab([command, HOST, ...flags], { cwd });
  return { code: result.code, host: hostOf(documentOf(result), HOST) };
};

// The clock of these machines is that of the computer they run on: chronyd may only tell the time.
const TIME = { role: 'time', sets_clock: false, local_stratum: 10, allow: ['10.77.1.0/24'] };
const ROLES = [TIME, { role: 'automatic-upgrades', exclude: ['libstdc++6'] }, 'fail2ban', 'auditd'];
/** What the play leaves out. */
const VARS = { fail2ban: { max_retry: 3, ban_time: '1h' } };

describe('roles on a machine', () => {
  test('are applied, and a second run changes nothing', async () => {
    const first = await run('provision', ROLES, VARS);
    expect(first).toMatchObject({ code: 0, host: { status: 'changed', error: null } });
    // The plan knew, or said that it did not.
    expect(first.host.tasks.filter(({ differsFromPlan }) => differsFromPlan !== undefined)).toEqual([]);
    const changed = first.host.tasks.filter(({ status }) => status === 'changed').map(({ id }) => id);
    expect(changed).toEqual(expect.arrayContaining(['base/time/service', 'base/fail2ban/restart-fail2ban']));
    // A container has no audit of its own.
    expect(first.host.tasks.filter(({ id }) => id.startsWith('base/auditd/'))).toEqual([]);
    expect(await run('plan', ROLES, VARS)).toMatchObject({ code: 0, host: { status: 'ok' } });
  });

  test('time: chronyd serves, and asks nobody but the sources of the role', async () => {
    expect(await lab.shell(HOST, 'chronyc -n tracking')).toMatch(/^Stratum +: 10$/m);
    expect(await lab.shell(HOST, 'grep -rhE "^(pool|server|peer)" /etc/chrony')).toBe(
      'pool 2.debian.pool.ntp.org iburst\n',
    );
    expect(await lab.shell(HOST, 'ss -Hlun "sport = 123"')).toContain('0.0.0.0:123');
  });

  test('automatic-upgrades: only what comes from security, and not what is left out', async () => {
    const said = await lab.shell(HOST, 'unattended-upgrade --dry-run -v 2>&1');
    expect(/^Allowed origins are: (.*)$/m.exec(said)?.[1]?.split(', ')).toEqual([
      'origin=Debian,codename=bookworm,label=Debian-Security',
      'origin=Debian,codename=bookworm-security,label=Debian-Security',
    ]);
    expect(said).toMatch(/^Initial blacklist: libstdc\\\+\\\+6\$$/m);
  });

  test('fail2ban: bans who fails too often, by the port that sshd has', async () => {
    // The journal knows programs by their names, as long as they run.
    await lab.shell(
      HOST,
      `mkdir -p /srv/fake && cp /bin/sh /srv/fake/sshd
       systemd-cat -t sshd /srv/fake/sshd -c 'for port in 1 2 3; do
         for address in 203.0.113.77 192.168.77.77; do
           echo "Failed password for invalid user x from $address port $port ssh2"
         done
       done; sleep 2'`,
    );
    const rules = await lab.shell(
      HOST,
      `tries=0
       until nft list ruleset | grep -q 203.0.113.77 || [ "$tries" -ge 100 ]; do sleep 0.2; tries=$((tries + 1)); done
       nft list table inet f2b-table`,
    );
    expect(rules).toContain('203.0.113.77');
    expect(rules).toContain('tcp dport 2222');
    expect(rules).not.toContain('192.168.77.77');
  });

  test('automatic-upgrades: off, its timer is masked', async () => {
    const off = [{ role: 'automatic-upgrades', mode: 'off' }];
    expect((await run('provision', off)).code).toBe(0);
    expect(await lab.shell(HOST, 'systemctl is-enabled apt-daily-upgrade.timer || true')).toBe('masked\n');
    expect((await run('plan', off)).code).toBe(0);
  });

  test('what makes no sense there fails at the entry of the role, before anything is applied', async () => {
    const { code, host } = await run('provision', [{ role: 'time', sets_clock: true }, 'fail2ban']);
    expect({ code, host }).toMatchObject({
      code: 1,
      host: { status: 'failed', tasks: [], error: { code: 'role/no-clock' } },
    });
  });
});
