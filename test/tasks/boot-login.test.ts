import { describe, expect, test } from '@jest/globals';
import { NETWORK_UNITS, SSH_UNITS } from '../../src/core/login-units.js';
import type { Change } from '../../src/core/state.js';
import type { UnitEntry } from '../../src/probes/units.js';
import serviceTask from '../../src/tasks/service.js';
import { ALPINE, fakeHost, unitEntry, type FakeHost } from './fake-host.js';

const GONE = unitEntry({ loadState: 'not-found', unitFileState: '', fragmentPath: '' });

function host(found: Readonly<Record<string, Partial<UnitEntry>>>): FakeHost {
  const entries = [...SSH_UNITS, ...NETWORK_UNITS].map((name) => {
    const entry = { fragmentPath: `/lib/systemd/system/${name}`, ...found[name] };
    return [name, found[name] === undefined ? GONE : unitEntry(entry)] as const;
  });
  return fakeHost({ units: Object.fromEntries(entries) });
}

const DISABLED: Change = { field: 'enabled', before: true, after: false };
const MASKED: Change = { field: 'masked', before: false, after: true };
const STOPPED: Change = { field: 'state', before: 'running', after: 'stopped' };
const OFF = { unitFileState: 'disabled' };

async function losses(name: string, changes: readonly Change[], on: FakeHost): Promise<readonly string[]> {
  const params = serviceTask.params.parse({ name, enabled: false });
  return (await serviceTask.losesLogin?.(on, params, changes)) ?? [];
}

describe('what only a boot shows', () => {
  test.each<[string, string, readonly Change[], Readonly<Record<string, Partial<UnitEntry>>>, string]>([
    ['sshd starts no more', 'ssh', [DISABLED], { 'ssh.service': {} }, 'sshd'],
    ['nor where it is masked', 'ssh', [MASKED], { 'ssh.service': {} }, 'sshd'],
    ['nor the network', 'networking', [DISABLED], { 'networking.service': {} }, 'the network'],
    [
      'another name of it goes with it',
      'ssh',
      [DISABLED],
      { 'ssh.service': {}, 'sshd.service': { fragmentPath: '/lib/systemd/system/ssh.service' } },
      'sshd',
    ],
    [
      'a socket cannot start what is masked',
      'ssh',
      [MASKED],
      { 'ssh.service': OFF, 'ssh.socket': {} },
      'sshd',
    ],
    [
      'the socket alone starts it',
      'ssh.socket',
      [DISABLED],
      { 'ssh.service': OFF, 'ssh.socket': {} },
      'sshd',
    ],
  ])('%s', async (_name, name, changes, found, what) => {
    const unit = name.includes('.') ? name : `${name}.service`;
    await expect(losses(name, changes, host(found))).resolves.toEqual([
      `nothing but ${unit} would start ${what} at the next boot`,
    ]);
  });

  test.each<[string, string, readonly Change[], Readonly<Record<string, Partial<UnitEntry>>>]>([
    ['a new login shows whether it runs', 'ssh', [STOPPED], { 'ssh.service': {} }],
    ['its socket starts it', 'ssh', [DISABLED], { 'ssh.service': {}, 'ssh.socket': {} }],
    ['its service starts', 'ssh.socket', [DISABLED], { 'ssh.service': {}, 'ssh.socket': {} }],
    [
      'it never did',
      'ssh.socket',
      [MASKED],
      { 'ssh.service': {}, 'ssh.socket': { ...OFF, activeState: 'inactive' } },
    ],
    ['another server', 'ssh', [DISABLED], { 'ssh.service': {}, 'dropbear.service': {} }],
    ['it is not there', 'ssh', [DISABLED], {}],
    [
      'another network',
      'networking',
      [DISABLED],
      { 'networking.service': {}, 'systemd-networkd.service': {} },
    ],
  ])('%s: nothing is lost', async (_name, name, changes, found) => {
    await expect(losses(name, changes, host(found))).resolves.toEqual([]);
  });

  test('a service that no login needs is not asked about', async () => {
    const on = fakeHost({});
    await expect(losses('nginx', [DISABLED, MASKED], on)).resolves.toEqual([]);
    expect(on.asked).toEqual([]);
  });

  test.each<[readonly string[], number]>([
    [[], 1],
    [['default'], 0],
  ])('OpenRC, with dropbear in %j', async (runlevels, count) => {
    const service = { activity: 'started', isOpenrcScript: true, canReload: true };
    const on = fakeHost(
      {
        'openrc-services': {
          sshd: { ...service, runlevels: ['default'] },
          ssh: null,
          dropbear: { ...service, runlevels },
        },
      },
      { facts: ALPINE },
    );
    await expect(losses('sshd', [DISABLED], on)).resolves.toHaveLength(count);
  });
});
