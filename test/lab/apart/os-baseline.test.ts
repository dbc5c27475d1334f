import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execInLab } from '../../../src/lab/exec-in-lab.js';
import { rebootMachine, runOnMachine } from '../../../src/lab/machine-control.js';
import { planLab } from '../../../src/lab/plan-lab.js';
import { startLab } from '../../../src/lab/start-lab.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { HELPERS, LINUX_BASELINE } from '../fixtures/linux-baseline.js';
import { inventoryOf } from '../harness/lab-inventory.js';
import { documentOf, hostOf } from '../harness/run-document.js';
import { LAB_TIMEOUT_MS } from '../harness/shared-lab.js';

/** A lab of its own: a machine that is as Debian leaves it, and is not used by anybody else once it is hardened. */
const ID = `baseline-${process.pid}`;
const HOST = 'hard';
const ADDRESS = '192.168.77.26';
const CLI = fileURLToPath(new URL(`../../../${process.env['HOMELAB_CLI'] ?? 'bin/run.js'}`, import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'baseline-lab-'));

async function onMachine(script: string): Promise<string> {
  const { code, stdout, stderr } = await runOnMachine(ID, HOST, ['sh', '-eu', '-c', script]);
  if (code !== 0) throw new Error(`exit code ${code} of: ${script}\n${stdout}\n${stderr}`);
  return stdout;
}

beforeAll(async () => {
  const { state } = await startLab(planLab(inventoryOf([{ name: HOST, address: ADDRESS }])), { id: ID });
  await onMachine(
    'DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends lynis kmod >/dev/null 2>&1 </dev/null',
  );
  for (const folder of ['inventory', 'playbooks']) mkdirSync(join(project, folder));
  const hosts = { [HOST]: { address: ADDRESS, host_key: state.hostKeys[HOST]?.[0] } };
  const inventory = { defaults: { user: 'admin', become: 'sudo' }, hosts };
  writeFileSync(join(project, 'inventory/hosts.yml'), JSON.stringify(inventory));
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  await stopLab(ID);
  rmSync(project, { recursive: true });
}, LAB_TIMEOUT_MS);

async function run(command: 'plan' | 'provision', roles: readonly object[]) {
  writeFileSync(join(project, 'playbooks/site.yml'), JSON.stringify([{ name: 'Hard', hosts: HOST, roles }]));
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const result = await execInLab(ID, [process.execPath, CLI, command, HOST, ...flags], { cwd: project });
  const { status, error, tasks } = hostOf(documentOf(result), HOST);
  const failed = tasks.flatMap(({ name, error: own }) => (own === null ? [] : [`${name}: ${own.message}`]));
  const changes = tasks.flatMap(({ name, changes: own }) => own.map(({ field }) => `${name}: ${field}`));
  return { status, errors: error === null ? failed : [error.message, ...failed], changes };
}

/** Lynis 3.0.8 of Debian 12: of a hundred points. */
async function hardeningIndex(): Promise<number> {
  const report = '/var/log/lynis-report.dat';
  await onMachine('lynis audit system --quick --no-colors </dev/null >/dev/null 2>&1 || true');
  return Number(await onMachine(`sed -n 's/^hardening_index=//p' ${report}`));
}

const LEAVER = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f eve';
const PEOPLE = [
  { name: 'bob', sudo: true, keys: LEAVER.replace('eve', 'bob') },
  { name: 'eve', state: 'locked' },
  { name: 'mallory', state: 'absent' },
  { name: 'nobody-yet', state: 'locked' },
];
const OTHERS = ['time', 'automatic-upgrades', 'fail2ban', 'auditd', 'sudo'].map((role) => ({ role }));
const SSH = [{ role: 'ssh-hardening' }, { role: 'firewall' }];
const DEFAULTS = [...OTHERS, { role: 'os-hardening' }, ...SSH];

/** Lynis looks at a whole machine twice, on two cores that other tests use as well. */
const AUDIT_TIMEOUT_MS = 2 * LAB_TIMEOUT_MS;

describe('Lynis', () => {
  test(
    'grades a machine better once every role is applied as it comes',
    async () => {
      const before = await hardeningIndex();
      expect(await run('provision', DEFAULTS)).toMatchObject({ status: 'changed', errors: [] });
      expect(await run('plan', DEFAULTS)).toEqual({ status: 'ok', errors: [], changes: [] });
      const after = await hardeningIndex();
      expect({ before: before < 65, after: after >= 81 ? 'at least 81' : after }).toEqual({
        before: true,
        after: 'at least 81',
      });
    },
    AUDIT_TIMEOUT_MS,
  );
});

describe('the linux-baseline of dev-sec', () => {
  const strict = {
    role: 'os-hardening',
    ipv6_autoconf: false,
    noexec: ['/dev', '/dev/shm', '/tmp', '/var/tmp', '/boot', '/var/log', '/var/log/audit'],
  };
  const roles = [...OTHERS, { role: 'users', people: PEOPLE }, strict, ...SSH];

  beforeAll(async () => {
    // Each has the other started, by a socket or by D-Bus.
    await onMachine(
      'DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends avahi-daemon cups-daemon >/dev/null 2>&1 </dev/null',
    );
    await onMachine(
      `useradd -m eve; useradd -m mallory; mkdir /home/eve/.ssh; echo '${LEAVER}' >/home/eve/.ssh/authorized_keys; chown -R eve: /home/eve/.ssh`,
    );
    expect(await run('provision', roles)).toMatchObject({ status: 'changed', errors: [] });
  }, AUDIT_TIMEOUT_MS);

  const checked = LINUX_BASELINE.flatMap(({ id, about, check }) =>
    check === undefined ? [] : [[id, about, check]],
  );

  test.each(checked)('%s: %s', async (_id, _about, check) => {
    const { code, stdout, stderr } = await runOnMachine(ID, HOST, ['sh', '-c', `${HELPERS}\n${check ?? ''}`]);
    expect({ code, said: stdout + stderr }).toEqual({ code: 0, said: expect.any(String) });
  });

  test('services that few hosts need are off', async () => {
    const units = 'avahi-daemon.service avahi-daemon.socket cups.service cups.socket cups.path';
    expect(
      await onMachine(
        `systemctl is-active ${units} | grep -cx active || true; systemctl is-enabled ${units} | sort -u; ss -Hlntu | grep -c ':5353 ' || true`,
      ),
    ).toBe('0\nmasked\n0\n');
  });

  test('leavers have nothing left, and nobody was made', async () => {
    expect(
      await onMachine(
        `cat /home/eve/.ssh/authorized_keys; passwd -S eve | cut -d' ' -f2; getent passwd eve | cut -d: -f7; id -nG bob
getent passwd mallory nobody-yet || echo gone; ls -d /home/mallory`,
      ),
    ).toBe('L\n/usr/sbin/nologin\nbob sudo\ngone\n/home/mallory\n');
  });

  test('what Docker and routers have set stays, and apt goes on', async () => {
    await onMachine(`sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
nft 'add table ip docker-ish; add chain ip docker-ish forward { type filter hook forward priority 0; policy accept; }'`);
    expect(await run('plan', roles)).toEqual({ status: 'ok', errors: [], changes: [] });
    expect(
      await onMachine(`sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding; nft list tables | grep docker-ish
DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends tzdata >/dev/null 2>&1 </dev/null && echo installed`),
    ).toBe('1\n1\ntable ip docker-ish\ninstalled\n');
  });

  test('is so after a reboot', async () => {
    await rebootMachine(ID, HOST);
    // nspawn mounts /tmp before systemd reads what homelab has written.
    const { errors, changes } = await run('plan', roles);
    expect(errors).toEqual([]);
    expect(changes.filter((change) => !change.includes('mount of /tmp: now'))).toEqual([]);
  });
});
