import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../../src/core/facts.js';
import type { Reader } from '../../../src/core/reader.js';
import type { RemoteShell } from '../../../src/core/shell.js';
import { newFailures, settledState } from '../../../src/rolling/restarts/settled-state.js';
import { staleProcesses } from '../../../src/rolling/restarts/stale-processes.js';
import { restartScript, staleServices } from '../../../src/rolling/restarts/stale-services.js';
import { parseText, readHere, SHELLS } from '../../probes/shells.js';

const SYSTEMD = { ...FACT_EXAMPLES, init: 'systemd' };
const OPENRC = { ...FACT_EXAMPLES, init: 'openrc' };

/** A host that answers what was recorded: readers by name, scripts with one text. */
function host(answers: Readonly<Record<string, string>>): RemoteShell {
  return {
    roundTrips: 0,
    read: <Value>(reader: Reader<Value>, key: string) =>
      Promise.resolve(parseText(reader, answers[reader.name] ?? '', [key])[0] as Value),
    run: () =>
      Promise.resolve([
        { code: 0, stdout: Buffer.from(answers['run'] ?? ''), stderr: Buffer.from(''), truncated: false },
      ]),
    close: () => Promise.resolve(),
  };
}

const map = (pid: number, group: string, file = '/usr/lib/libz.so.1'): string =>
  `map=${pid} ${file}\ngroup=${pid} ${group}\nparent=${pid} 1\n`;
const stale = (text: string, more: Readonly<Record<string, string>> = {}) =>
  host({ 'stale-processes': `${text}end=\n`, ...more });
const units = async (text: string, facts = SYSTEMD) => {
  const { services, onlyByBoot, sessions } = await staleServices(stale(text), facts);
  return [services.map(({ unit, isDisruptive }) => (isDisruptive ? `${unit}!` : unit)), onlyByBoot, sessions];
};

describe('whose process it is', () => {
  test.each<[string, string, unknown]>([
    ['nothing', '', [[], [], 0]],
    ['a service, unified groups', map(7, '0::/system.slice/cron.service'), [['cron.service'], [], 0]],
    [
      'a service, old groups',
      map(7, '9:name=systemd:/system.slice/ssh.service 8:pids:/ 0::/system.slice/ssh.service'),
      [['ssh.service'], [], 0],
    ],
    [
      'two of one',
      map(7, '0::/system.slice/a.service') + map(8, '0::/system.slice/a.service/sub'),
      [['a.service'], [], 0],
    ],
    ['an instance', map(7, '0::/system.slice/system-x.slice/x@1.service'), [['x@1.service'], [], 0]],
    ['a login', map(7, '0::/user.slice/user-0.slice/session-3.scope'), [[], [], 1]],
    [
      'services of a user',
      map(7, '0::/user.slice/user-1.slice/user@1.service/app.slice/a.service'),
      [[], [], 1],
    ],
    [
      'messages, logins and terminals',
      map(7, '0::/system.slice/dbus.service') +
        map(8, '0::/system.slice/systemd-logind.service') +
        map(9, '0::/system.slice/system-getty.slice/getty@tty1.service'),
      [[], ['dbus.service', 'getty@tty1.service', 'systemd-logind.service'], 0],
    ],
    [
      'process 1',
      map(1, '0::/init.scope') + map(7, '0::/system.slice/a.service'),
      [['init.scope', 'a.service'], [], 0],
    ],
    [
      'a container of docker',
      map(7, '0::/system.slice/docker-0123.scope') + map(8, '4:name=systemd:/docker/0123'),
      [[], [], 0],
    ],
    ['a container below a service', map(7, '0::/system.slice/web.service/libpod-payload-0123'), [[], [], 0]],
    ['a container of LXC', map(7, '0::/lxc.payload.101/system.slice/cron.service'), [[], [], 0]],
    [
      'in a container, further down',
      `root=0::/payload/init.scope\n${map(7, '0::/payload/system.slice/cron.service')}`,
      [['cron.service'], [], 0],
    ],
    [
      'the network',
      map(7, '0::/system.slice/wg-quick@wg0.service') + map(8, '0::/system.slice/NetworkManager.service'),
      [['NetworkManager.service!', 'wg-quick@wg0.service!'], [], 0],
    ],
    ['names that are none', map(7, '0::/system.slice/$(id).service') + 'svc=-x\nsvc=a b\n', [[], [], 0]],
    ['what needrestart names', 'svc=apache2.service\n', [['apache2.service'], [], 0]],
  ])('%s', async (_what, text, expected) => {
    expect(await units(text)).toEqual(expected);
  });

  test.each<[string, string, unknown]>([
    ['a group of version 1', map(7, '3:name=openrc:/nginx 2:cpu:/'), [['nginx'], [], 0]],
    ['a group of version 2', map(7, '0::/openrc.nginx'), [['nginx'], [], 0]],
    ['the process it is known by', `${map(7, '0::/')}main=7 nginx\n`, [['nginx'], [], 0]],
    ['a child of that', 'map=8 /usr/lib/x.so\ngroup=8 0::/\nparent=8 7\nmain=7 nginx\n', [['nginx'], [], 0]],
  ])('OpenRC: %s', async (_what, text, expected) => {
    expect(await units(text, OPENRC)).toEqual(expected);
  });

  test('an answer that was cut off is none', async () => {
    await expect(
      staleServices(host({ 'stale-processes': 'map=1 /usr/lib/x' }), SYSTEMD),
    ).rejects.toMatchObject({
      code: 'rolling/no-answer',
    });
  });
});

describe('docker', () => {
  const text = map(7, '0::/system.slice/docker.service');
  test.each([
    ['true\n', false],
    ['false\n', true],
    ['', true],
  ])('live-restore %j', async (run, isDisruptive) => {
    const { services } = await staleServices(stale(text, { run }), SYSTEMD);
    expect(services).toMatchObject([{ unit: 'docker.service', isDisruptive }]);
  });
});

describe('versions', () => {
  test.each([
    ['replaced 1.8.7 1.9.0', ['runs 1.8.7, 1.9.0 is installed']],
    ['replaced 1.9.0 1.9.0', ['runs a replaced program']],
    ['other 1.8.7 1.9.0', ['runs 1.8.7, 1.9.0 is installed']],
    ['other  ', []],
    ['current  ', []],
    ['none  ', []],
  ])('%s', async (answer, why) => {
    const shell = stale('', { 'running-versions': `0 ${answer} /usr/bin/consul\n` });
    const { services } = await staleServices(shell, SYSTEMD, [
      { unit: 'consul', version: ['consul', 'version'] },
    ]);
    expect(services.map((service) => service.why)).toEqual(why);
    expect(services.every(({ unit }) => unit === 'consul.service')).toBe(true);
  });
});

test.each(SHELLS.slice(0, 3))('the look at this computer comes to its end, by %s', (_name, shell) => {
  const [found] = readHere(shell, staleProcesses, ['']);
  expect(found?.processes.every(({ pid, file }) => pid > 0 && file.startsWith('/'))).toBe(true);
});

describe('the script that restarts', () => {
  test.each([
    ['systemd', SYSTEMD],
    ['openrc', OPENRC],
  ])('%s: is shell, and quotes', (_name, facts) => {
    const script = restartScript(facts, ['a.service', 'x@$(id).service', 'init.scope']);
    expect(script).toContain("'x@$(id).service'");
    expect(spawnSync('dash', ['-n'], { input: script }).status).toBe(0);
    expect(script.includes('daemon-reexec')).toBe(facts.init === 'systemd');
  });
});

describe('how it settled', () => {
  test('systemd', async () => {
    const shell = host({ run: 'state=degraded\nfailed=b.service\nfailed=a.service\nfailed=$(id)\n' });
    expect(await settledState(shell, SYSTEMD)).toEqual({
      state: 'degraded',
      failed: ['a.service', 'b.service'],
    });
  });
  test.each([
    ['', { state: 'running', failed: [] }],
    ['failed=nginx\n', { state: 'degraded', failed: ['nginx'] }],
  ])('OpenRC %j', async (run, expected) => {
    expect(await settledState(host({ run }), OPENRC)).toEqual(expected);
  });
  test('only what failed since counts', () => {
    const before = { state: 'degraded', failed: ['a', 'b'] };
    expect(newFailures(before, { state: 'degraded', failed: ['b', 'c'] })).toEqual(['c']);
  });
});
