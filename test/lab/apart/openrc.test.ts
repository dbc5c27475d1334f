import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execInLab } from '../../../src/lab/exec-in-lab.js';
import { runOnMachine, startMachine, stopMachine } from '../../../src/lab/machine-control.js';
import { planLab } from '../../../src/lab/plan-lab.js';
import { startLab } from '../../../src/lab/start-lab.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { inventoryOf } from '../harness/lab-inventory.js';
import { documentOf, hostOf } from '../harness/run-document.js';
import { LAB_TIMEOUT_MS } from '../harness/shared-lab.js';
import { waitUntil } from '../harness/wait-until.js';

/** A lab of its own: one machine whose process 1 is sysvinit, and which OpenRC brings up. */
const ID = `openrc-${process.pid}`;
const CLI = fileURLToPath(new URL(`../../../${process.env['HOMELAB_CLI'] ?? 'bin/run.js'}`, import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'openrc-lab-'));

/** A daemon with a script of openrc-run(8), which knows when it has died, as those of Alpine do. */
const PREPARE = `export DEBIAN_FRONTEND=noninteractive
apt-get install -yqq --no-install-recommends openrc sysvinit-core nftables at >/dev/null 2>&1 </dev/null
# systemd-nspawn(1) prefers systemd, wherever it is.
dpkg-divert --local --quiet --rename --add /lib/systemd/systemd
cat >/usr/local/bin/beat <<'END'
#!/bin/sh
trap 'echo reloaded >>/var/log/beat' HUP
true >/run/beat.listens
while :; do sleep 0.1; done
END
cat >/etc/init.d/beat <<'END'
#!/sbin/openrc-run
extra_started_commands="reload"
pid=/run/beat.pid
start() {
  ebegin
  rm -f /run/beat.listens
  start-stop-daemon --start --background --make-pidfile --pidfile $pid --startas /usr/local/bin/beat || return
  # A signal before it is waited for would end it.
  until [ -e /run/beat.listens ]; do sleep 0.05; done
  eend 0
}
stop() { ebegin; start-stop-daemon --stop --retry 5 --pidfile $pid; eend $?; }
reload() { kill -HUP "$(cat $pid)"; }
status() {
  if service_started; then kill -0 "$(cat $pid)" 2>/dev/null || return 32; return 0; fi
  return 3
}
END
chmod 755 /usr/local/bin/beat /etc/init.d/beat`;

const RELOADS = 'cat /var/log/beat 2>/dev/null || true';

async function onMachine(script: string): Promise<string> {
  const { code, stdout, stderr } = await runOnMachine(ID, 'rc', ['sh', '-eu', '-c', script]);
  if (code !== 0) throw new Error(`exit code ${code} of: ${script}\n${stderr}`);
  return stdout;
}

async function powerCycle(): Promise<void> {
  await stopMachine(ID, 'rc');
  await startMachine(ID, 'rc');
}

beforeAll(async () => {
  const { state } = await startLab(planLab(inventoryOf([{ name: 'rc', address: '192.168.77.24' }])), {
    id: ID,
  });
  await onMachine(PREPARE);
  await powerCycle();
  mkdirSync(join(project, 'inventory'));
  mkdirSync(join(project, 'playbooks'));
  const rc = { address: '192.168.77.24', host_key: state.hostKeys['rc']?.[0] };
  const inventory = { defaults: { user: 'admin', become: 'sudo' }, hosts: { rc } };
  writeFileSync(join(project, 'inventory/hosts.yml'), JSON.stringify(inventory));
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  await stopLab(ID);
  rmSync(project, { recursive: true });
}, LAB_TIMEOUT_MS);

/** What a run over these tasks says of each: its status and changes; the code of its error where it failed. */
async function run(command: 'plan' | 'provision', tasks: readonly object[], actions: object = {}) {
  const play = { name: 'OpenRC', hosts: 'rc', tasks, actions };
  writeFileSync(join(project, 'playbooks/site.yml'), JSON.stringify([play]));
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const result = await execInLab(ID, [process.execPath, CLI, command, 'rc', ...flags], { cwd: project });
  return hostOf(documentOf(result), 'rc').tasks.map(
    ({ status, changes, error }) => error?.code ?? [status, ...changes.map(({ field }) => field)].join(' '),
  );
}

const UP = { service: { name: 'beat', state: 'running', enabled: true, masked: false } };
const DOWN = { service: { name: 'beat', state: 'stopped', enabled: false } };
const look = () =>
  onMachine(
    'rc-service beat status >/dev/null 2>&1 && echo up || echo down; ls /etc/runlevels/*/beat 2>/dev/null || true',
  );
const IS_UP = 'up\n/etc/runlevels/default/beat\n';

test('OpenRC has brought the machine up', async () => {
  expect(await onMachine('cat /proc/1/comm; rc-service ssh status')).toBe('init\nsshd is running.\n');
});

describe('service', () => {
  test('runs and starts at boot, and a second plan is empty', async () => {
    expect(await run('plan', [UP])).toEqual(['pending enabled state']);
    expect(await look()).toBe('down\n');
    expect(await run('provision', [UP])).toEqual(['changed enabled state']);
    expect(await look()).toBe(IS_UP);
    expect(await run('plan', [UP])).toEqual(['ok']);
  });

  test.each([
    ['stopped', 'rc-service beat stop', 'state'],
    ['taken out of the boot', 'rc-update del beat', 'enabled'],
    ['killed', 'kill -9 "$(cat /run/beat.pid)"', 'state'],
  ])('%s by hand is seen and mended', async (_what, damage, field) => {
    await onMachine(damage);
    expect(await run('plan', [UP])).toEqual([`pending ${field}`]);
    expect(await run('provision', [UP])).toEqual([`changed ${field}`]);
    expect(await look()).toBe(IS_UP);
  });

  test('starts by itself at boot', async () => {
    await powerCycle();
    expect(await look()).toBe(IS_UP);
    expect(await run('plan', [UP])).toEqual(['ok']);
  });

  test('actions restart it and let it read its configuration again', async () => {
    const before = await onMachine('cat /run/beat.pid');
    const actions = {
      again: { service: { name: 'beat', restart: true } },
      read: { service: { name: 'beat', reload: true } },
      other: { service: { name: 'cron', reload: true } },
    };
    const cause = { command: { argv: ['true'], always: true }, on_change: ['again', 'read', 'other'] };
    const statuses = await run('provision', [cause], actions);
    expect(statuses.map((status) => status.split(' ')[0])).toEqual([
      'changed',
      'changed',
      'changed',
      'changed',
    ]);
    expect(await onMachine('cat /run/beat.pid')).not.toBe(before);
    // The shell of the daemon looks at signals when its sleep is over.
    await waitUntil('it was told to reload', async () => (await onMachine(RELOADS)) === 'reloaded\n');
    expect(await onMachine('rc-service cron status')).toBe('cron is running.\n');
  });

  test('scripts of an LSB system are known too', async () => {
    const cron = (state: string) => [{ service: { name: 'cron', state } }];
    expect(await run('provision', cron('stopped'))).toEqual(['changed state']);
    expect(await run('plan', cron('stopped'))).toEqual(['ok']);
    expect(await run('provision', cron('running'))).toEqual(['changed state']);
    expect(await onMachine('rc-service cron status')).toBe('cron is running.\n');
  });

  test('is stopped and starts no more', async () => {
    expect(await run('provision', [DOWN])).toEqual(['changed enabled state']);
    expect(await look()).toBe('down\n');
    expect(await run('plan', [DOWN])).toEqual(['ok']);
  });

  test.each([
    ['masked', { service: { name: 'beat', masked: true } }],
    ['a timer', { service: { name: 'beat.timer', enabled: true } }],
    ['a unit', { systemd_unit: { name: 'beat', content: '[Service]\n' } }],
  ])('%s is refused: OpenRC has no such thing', async (_what, task) => {
    expect(await run('plan', [task])).toEqual(['task/unsupported']);
  });
});

describe('the configuration of a service', () => {
  const CONF = '/etc/beat/a.conf';
  const config = (content: string, params: object = {}) => [
    { service_config: { service: 'beat', files: [{ path: CONF, content }], timeout: 1, ...params } },
  ];
  const pid = () => onMachine('cat /run/beat.pid');
  const refusal = ['sh', '-c', `! grep bad ${CONF}`];
  const isGood = [{ command: ['grep', 'good', CONF] }];

  test('takes effect, and a second plan is empty', async () => {
    await onMachine('rc-service beat start');
    const before = await pid();
    expect(await run('provision', config('good\n', { checks: isGood }))).toEqual([`changed ${CONF}`]);
    expect(await pid()).not.toBe(before);
    expect(await run('plan', config('good\n', { checks: isGood }))).toEqual(['ok']);
  });

  test('is refused by its check, and the service is not told', async () => {
    const before = await pid();
    expect(await run('provision', config('bad\n', { validate: refusal }))).toEqual(['engine/step-failed']);
    expect(await onMachine(`cat ${CONF}`)).toBe('good\n');
    expect(await pid()).toBe(before);
  });

  test('is put back where the service does not live with it', async () => {
    const before = await pid();
    expect(await run('provision', config('mute\n', { checks: isGood }))).toEqual(['engine/step-failed']);
    expect(await onMachine(`cat ${CONF}`)).toBe('good\n');
    expect(await pid()).not.toBe(before);
    expect(await onMachine('rc-service beat status >/dev/null && ls -A /etc/beat')).toBe('a.conf\n');
    await onMachine('rc-service beat stop; rm -r /etc/beat; ! ls /var/lib/homelab/trials');
  });
});

test('firewall: rules are loaded at boot by a service of OpenRC', async () => {
  const firewall = [{ firewall: { rules: [{ allow: 'tcp/22', comment: 'administration' }] } }];
  const rules = () => onMachine('nft list table inet homelab 2>/dev/null | grep -c administration || true');
  expect(await run('provision', firewall)).toEqual(['changed state content loaded at_boot']);
  // A machine of the lab keeps its network from boot to boot, and with it its rules; a real one does not.
  await onMachine('nft flush ruleset');
  await powerCycle();
  expect(await rules()).toBe('1\n');
  expect(await run('plan', firewall)).toEqual(['ok']);
  expect(await run('provision', [{ firewall: { state: 'absent' } }])).toEqual(['changed state']);
  await powerCycle();
  expect(await rules()).toBe('0\n');
  expect(await onMachine('ls /etc/runlevels/*/ /etc/init.d | grep homelab-firewall || true')).toBe('');
});

test('sshd reads its settings again, by the script that its system has', async () => {
  const settings = [{ sshd_config: { settings: { MaxAuthTries: 4 } }, guarded: false }];
  const changed = 'content mode owner group maxauthtries';
  expect(await run('provision', settings)).toEqual([`changed ${changed}`]);
  expect(await run('plan', settings)).toEqual(['ok']);
  await onMachine('sleep 0.05; touch /etc/ssh/sshd_config.d/00-homelab.conf');
  expect(await run('plan', settings)).toEqual(['pending loaded']);
  expect(await run('provision', settings)).toEqual(['changed loaded']);
  expect(await run('provision', [{ sshd_config: { state: 'absent' }, guarded: false }])).toEqual([
    'changed state',
  ]);
});

describe('a change that may lock us out, without systemd', () => {
  const DROP_IN = '/etc/ssh/sshd_config.d/05-guard.conf';
  const lockOut = (then: string) => [
    {
      guarded: true,
      command: {
        shell: `echo 'AllowUsers nobody' >${DROP_IN}; rc-service ssh reload; ${then}`,
        creates: DROP_IN,
      },
    },
  ];
  const isThere = async (path: string) => (await runOnMachine(ID, 'rc', ['test', '-e', path])).code === 0;

  test('is refused where nothing could undo it', async () => {
    await onMachine('rc-service atd stop >/dev/null 2>&1; pkill atd || true');
    expect(await run('provision', lockOut('true'))).toEqual(['guard/no-timer']);
    expect(await isThere(DROP_IN)).toBe(false);
  });

  test('is undone by a job of at, and one that holds is confirmed', async () => {
    await onMachine('rc-update -q add atd default || true; rc-service atd start >/dev/null 2>&1');
    await waitUntil('atd runs', async () => (await onMachine('cat /proc/[0-9]*/comm')).includes('atd\n'));
    expect(await run('provision', lockOut('true'))).toEqual(['guard/rolled-back']);
    expect(await isThere(DROP_IN)).toBe(false);
    const good = [{ file: { path: DROP_IN, content: 'MaxAuthTries 5\n', mode: '0644' } }];
    expect(await run('provision', good)).toEqual(['changed state content mode']);
    expect(await run('plan', good)).toEqual(['ok']);
    await onMachine(`rm ${DROP_IN}; rc-service ssh reload`);
  });

  test('is undone at boot, before sshd, where a reboot comes first', async () => {
    const ended = run('provision', lockOut('touch /var/tmp/locked; sleep 60'));
    await waitUntil('we are locked out', () => isThere('/var/tmp/locked'));
    await powerCycle();
    expect(await isThere(DROP_IN)).toBe(false);
    expect(await isThere('/var/lib/homelab/pending')).toBe(false);
    expect(await ended).toEqual(['guard/rolled-back']);
    expect(await run('plan', [UP])).not.toEqual(['unreachable']);
  });

  test('is undone at boot too where the power fails while it is undone, and nobody waits for the timer', async () => {
    // Longer than this test may take.
    writeFileSync(join(project, 'homelab.yml'), 'guard_timeout: 600\n');
    const ended = run('provision', lockOut(`sleep 2; exit 3`));
    const isUndoing = () => onMachine('ls /var/lib/homelab/pending/undoing 2>/dev/null || true');
    await waitUntil('it is being undone', async () => (await isUndoing()) !== '');
    await powerCycle();
    expect(await isThere(DROP_IN)).toBe(false);
    expect(await isThere('/var/lib/homelab/pending')).toBe(false);
    expect(await ended).toEqual(['guard/rolled-back']);
    rmSync(join(project, 'homelab.yml'));
  });
});
