import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../../src/core/errors.js';
import { processesIn } from '../../../src/lab/control-group.js';
import { execInLab, sshCommand } from '../../../src/lab/exec-in-lab.js';
import { labNames } from '../../../src/lab/lab-id.js';
import { labIds } from '../../../src/lab/lab-state.js';
import { labStatus } from '../../../src/lab/lab-status.js';
import {
  bootIdOf,
  rebootMachine,
  runOnMachine,
  setLink,
  startMachine,
  stopMachine,
} from '../../../src/lab/machine-control.js';
import { labNamespaces } from '../../../src/lab/network.js';
import { planLab } from '../../../src/lab/plan-lab.js';
import { startLab } from '../../../src/lab/start-lab.js';
import { mountsBelow } from '../../../src/lab/mounts.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { inventoryOf, LAB_HOSTS } from './lab-inventory.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './shared-lab.js';

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
}, LAB_TIMEOUT_MS);

/** Bash's own TCP client: what can be connected to at all, past any name or key. */
const canConnect = (address: string, port: number) => [
  'timeout',
  '3',
  'bash',
  '-c',
  `exec 3<>/dev/tcp/${address}/${port}`,
];

/** Names in a folder; none where it does not exist. */
const listed = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

describe('the shared lab', () => {
  test.each(LAB_HOSTS.map(({ name }) => name))(
    'logs into %s with its key, checked, and sudo works',
    async (host) => {
      const { code, stdout } = await lab.run(sshCommand(lab.id, host, ['sudo', '-n', 'hostname']));
      expect({ code, stdout }).toEqual({ code: 0, stdout: `${host}\n` });
    },
  );

  test.each([
    ['the controller', 'gate', '192.168.77.2', 22, true],
    ['the controller', 'dns1', '10.77.1.11', 22, false],
    ['the controller', 'vault', '10.88.0.10', 22, false],
  ])('%s connects to %s: %s port %i', async (_who, _host, address, port, isReachable) => {
    const { code } = await lab.run(canConnect(address, port));
    expect(code === 0).toBe(isReachable);
  });

  test.each([
    ['gate', '10.77.1.12', 2222, true],
    ['pi', '10.77.1.12', 2222, false],
    ['gate', '10.88.0.10', 22, false],
    ['dns1', '10.88.0.10', 22, true],
  ])('%s connects to %s port %i: %p', async (from, address, port, isReachable) => {
    const { code } = await lab.onMachine(from, canConnect(address, port));
    expect(code === 0).toBe(isReachable);
  });

  test('installs a package on a machine without a way out', async () => {
    await lab.shell(
      'vault',
      'DEBIAN_FRONTEND=noninteractive apt-get install -yqq tree >/dev/null 2>&1 </dev/null',
    );
    expect(await lab.shell('vault', 'dpkg-query -W -f "\\${db:Status-Status}" tree')).toBe('installed');
  });

  test.each([
    ['an address of this computer', 'http://127.0.0.1:22/'],
    ['a name of this computer', 'http://localhost:22/'],
    ['an address of a home network', 'http://192.168.77.2:22/'],
  ])('the package proxy refuses %s', async (_what, url) => {
    const status = await lab.shell(
      'pi',
      `curl -s -o /dev/null -w '%{http_code}' -x http://192.168.77.253:3142 ${url}`,
    );
    expect(['403', '502']).toContain(status);
  });

  test('a machine that reboots has a new boot and its old disk', async () => {
    const before = await bootIdOf(lab.id, 'nas');
    await lab.shell('nas', 'echo kept >/root/kept');
    await rebootMachine(lab.id, 'nas');
    expect(await bootIdOf(lab.id, 'nas')).not.toBe(before);
    expect(await lab.shell('nas', 'cat /root/kept')).toBe('kept\n');
  });

  test('a pulled cable cuts a machine off, which runs on', async () => {
    await setLink(lab.id, 'pi', 'down');
    expect((await lab.run(canConnect('192.168.77.10', 22))).code).not.toBe(0);
    expect(await lab.shell('pi', 'cat /sys/class/net/eth0/carrier')).toBe('0\n');
    await setLink(lab.id, 'pi', 'up');
    expect((await lab.run(sshCommand(lab.id, 'pi', ['true']))).code).toBe(0);
  });

  test('a machine without power is off until it is switched on', async () => {
    await stopMachine(lab.id, 'vault');
    const running = labStatus(lab.id)
      ?.machines.filter(({ isRunning }) => isRunning)
      .map(({ host }) => host);
    expect(running).toEqual(['gate', 'pi', 'dns1', 'nas', 'proof', 'distro', 'dock', 'left', 'right']);
    await expect(runOnMachine(lab.id, 'vault', ['true'])).rejects.toMatchObject({ code: 'lab/machine-off' });
    await startMachine(lab.id, 'vault');
    expect((await lab.run(sshCommand(lab.id, 'vault', ['true']))).code).toBe(0);
  });

  test('refuses to come up again as another lab', async () => {
    const other = planLab(inventoryOf(LAB_HOSTS.slice(0, 2)));
    await expect(startLab(other, { id: lab.id })).rejects.toMatchObject({ code: 'lab/other-plan' });
  });
});

describe('a second lab with the same addresses', () => {
  const id = `beside-${process.pid}`;
  const plan = planLab(inventoryOf(LAB_HOSTS.slice(0, 1)));

  const remains = () => ({
    folders: labIds().filter((one) => one === id),
    mounts: mountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), labNames(id).folder),
    namespaces: labNamespaces(labNames(id).prefix),
    overrides: listed('/etc/netns').filter((name) => name.startsWith(labNames(id).prefix)),
    processes: processesIn(labNames(id).prefix),
    containers: listed('/run/systemd/nspawn/propagate').filter((name) => name.startsWith(`homelab-${id}-`)),
  });
  const nothing = { folders: [], mounts: [], namespaces: [], overrides: [], processes: [], containers: [] };

  test('stands beside the first, is not the first, and leaves nothing', async () => {
    expect((await startLab(plan, { id })).wasUp).toBe(false);
    expect((await startLab(plan, { id })).wasUp).toBe(true);
    expect(remains().namespaces).toHaveLength(3);
    await runOnMachine(id, 'gate', ['touch', '/root/second']);
    expect(await lab.shell('gate', 'ls /root/second 2>/dev/null || echo absent')).toBe('absent\n');
    expect(await stopLab(id)).toBe(true);
    expect(remains()).toEqual(nothing);
    expect(await stopLab(id)).toBe(false);
    await expect(execInLab(id, ['true'])).rejects.toBeInstanceOf(HomelabError);
    expect((await lab.run(sshCommand(lab.id, 'gate', ['true']))).code).toBe(0);
  });
});
