import { describe, expect, test } from '@jest/globals';
import type { OpenrcService } from '../../src/probes/openrc-services.js';
import type { RunningVersion } from '../../src/probes/running-versions.js';
import type { UnitEntry } from '../../src/probes/units.js';
import service from '../../src/tasks/service.js';
import { ALPINE, fakeHost, unitEntry } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const on = (unit: UnitEntry | null, key = 'nginx.service') => fakeHost({ units: { [key]: unit } });

describe('where it may be left out', () => {
  const off = { name: 'rpcbind', state: 'stopped', masked: true };
  const stopped = ['state: running -> stopped', 'masked: false -> true'];
  const gone = unitEntry({ loadState: 'not-found', activeState: 'inactive', unitFileState: '' });
  const idle = unitEntry({ activeState: 'inactive' });
  const having = (rpcbind: UnitEntry, nfs = gone) =>
    fakeHost({ units: { 'rpcbind.service': rpcbind, 'nfs-server.service': nfs } });
  const forNfs = { ...off, unless_active: ['nfs-server'] };

  test.each<[string, object, UnitEntry, UnitEntry, readonly string[]]>([
    ['there is none', { ...off, if_present: true }, gone, gone, []],
    ['there is one', { ...off, if_present: true }, unitEntry(), gone, stopped],
    ['nothing needs it', forNfs, unitEntry(), gone, stopped],
    ['what would need it does not run', forNfs, unitEntry(), idle, stopped],
    ['something needs it', forNfs, unitEntry(), unitEntry(), []],
  ])('%s', async (_name, params, rpcbind, nfs, changes) => {
    const planned = await plan(service, params, having(rpcbind, nfs));
    expect(planned.changes.toSorted()).toEqual(changes.toSorted());
    expect(planned.unknown).toBeUndefined();
  });

  test('by OpenRC', async () => {
    const host = fakeHost({ 'openrc-services': { cupsd: null } }, { facts: ALPINE });
    const params = { name: 'cupsd', state: 'stopped', if_present: true };
    expect(await plan(service, params, host)).toMatchObject({ changes: [], unknown: undefined });
  });

  test('depends on what needs it', () => {
    const touches = service.touches?.(service.params.parse(forNfs)) ?? [];
    expect(touches[0]).toBe('unit:rpcbind.service');
    expect(touches.at(-1)).toBe('unit:nfs-server.service');
  });
});

describe('service', () => {
  test.each<[string, object, Partial<UnitEntry>, readonly string[], readonly string[]]>([
    ['in sync', { state: 'running', enabled: true, masked: false }, {}, [], []],
    ['reloading counts as running', { state: 'running' }, { activeState: 'reloading' }, [], []],
    [
      'started',
      { state: 'running' },
      { activeState: 'inactive' },
      ['state: stopped -> running'],
      ['systemctl start -- nginx.service'],
    ],
    [
      'failed',
      { state: 'running' },
      { activeState: 'failed' },
      ['state: failed -> running'],
      ['systemctl start -- nginx.service'],
    ],
    ['failed is stopped', { state: 'stopped' }, { activeState: 'failed' }, [], []],
    ['stopped', { state: 'stopped' }, {}, ['state: running -> stopped'], ['systemctl stop -- nginx.service']],
    [
      'stopped while it tries',
      { state: 'stopped' },
      { activeState: 'activating' },
      ['state: activating -> stopped'],
      ['systemctl stop -- nginx.service'],
    ],
    [
      'started with a new unit file',
      { state: 'running' },
      { activeState: 'inactive', isReloadNeeded: true },
      ['state: stopped -> running'],
      ['systemctl daemon-reload', 'systemctl start -- nginx.service'],
    ],
    [
      'enabled',
      { enabled: true },
      { unitFileState: 'disabled' },
      ['enabled: false -> true'],
      ['systemctl enable -- nginx.service'],
    ],
    [
      'enabled for good',
      { enabled: true },
      { unitFileState: 'enabled-runtime' },
      ['enabled: false -> true'],
      ['systemctl enable -- nginx.service'],
    ],
    ['disabled', { enabled: false }, {}, ['enabled: true -> false'], ['systemctl disable -- nginx.service']],
    ['static is not enabled', { enabled: false }, { unitFileState: 'static' }, [], []],
    ['generated is enabled', { enabled: true }, { unitFileState: 'generated' }, [], []],
    ['indirect either way', { enabled: true }, { unitFileState: 'indirect' }, [], []],
    [
      'masked before it is stopped: nothing starts it in between',
      { state: 'stopped', masked: true },
      {},
      ['masked: false -> true', 'state: running -> stopped'],
      ['systemctl mask -- nginx.service', 'systemctl stop -- nginx.service'],
    ],
    [
      'masked by somebody, and to run: unmasked though nobody speaks of masks',
      { enabled: true, state: 'running' },
      { loadState: 'masked', unitFileState: 'masked', activeState: 'inactive' },
      ['masked: true -> false', 'enabled: false -> true', 'state: stopped -> running'],
      [
        'systemctl unmask -- nginx.service',
        'systemctl enable -- nginx.service',
        'systemctl start -- nginx.service',
      ],
    ],
    [
      'masked by somebody, and only to be stopped: stays masked',
      { state: 'stopped' },
      { loadState: 'masked', unitFileState: 'masked', activeState: 'inactive' },
      [],
      [],
    ],
    [
      'unmasked before anything else',
      { masked: false, enabled: true, state: 'running' },
      { loadState: 'masked', unitFileState: 'masked', activeState: 'inactive' },
      ['masked: true -> false', 'enabled: false -> true', 'state: stopped -> running'],
      [
        'systemctl unmask -- nginx.service',
        'systemctl enable -- nginx.service',
        'systemctl start -- nginx.service',
      ],
    ],
    ['restart', { restart: true }, {}, [], ['systemctl restart -- nginx.service']],
    [
      'restart instead of start',
      { restart: true, state: 'running' },
      { activeState: 'inactive' },
      ['state: stopped -> running'],
      ['systemctl restart -- nginx.service'],
    ],
    [
      'reload',
      { reload: true },
      { isReloadNeeded: true },
      [],
      ['systemctl daemon-reload', 'systemctl try-reload-or-restart -- nginx.service'],
    ],
  ])('%s', async (_name, params, unit, changes, steps) => {
    const planned = await plan(service, { name: 'nginx', ...params }, on(unitEntry(unit)));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each([[null], [unitEntry({ loadState: 'not-found', unitFileState: '' })]])(
    'a missing unit may still come',
    async (unit) => {
      const { unknown } = await plan(service, { name: 'nginx', state: 'running' }, on(unit));
      expect(unknown).toBe('unit nginx.service does not exist');
    },
  );

  test.each([
    ['static', true],
    ['generated', false],
  ])('a %s unit is not set to %p', async (unitFileState, enabled) => {
    const host = on(unitEntry({ unitFileState }));
    await expect(plan(service, { name: 'nginx', enabled }, host)).rejects.toMatchObject({
      code: 'task/cannot-enable',
    });
  });

  test('needs systemd or OpenRC', async () => {
    const host = fakeHost({}, { facts: { ...ALPINE, init: 'busybox' } });
    await expect(plan(service, { name: 'nginx', state: 'running' }, host)).rejects.toMatchObject({
      code: 'task/unsupported',
    });
  });

  test.each([
    ['ssh', 'ssh.service'],
    ['ssh.socket', 'ssh.socket'],
    ['apt-daily.timer', 'apt-daily.timer'],
    ['getty@tty1', 'getty@tty1.service'],
    ['user@1000.service', 'user@1000.service'],
    ['org.example.thing', 'org.example.thing.service'],
  ])('%s means %s', (name, unit) => {
    expect(service.params.parse({ name, enabled: true })).toMatchObject({ name: unit });
  });

  test.each<[string, object, string]>([
    ['an option', { name: '--now', enabled: true }, 'is no name of a unit'],
    ['a pattern', { name: 'ssh*', enabled: true }, 'is no name of a unit'],
    ['a template', { name: 'getty@.service', enabled: true }, 'is a template: name an instance of it'],
    ['nothing asked', { name: 'ssh' }, 'asks for nothing'],
    ['restart and reload', { name: 'ssh', restart: true, reload: true }, 'takes one of'],
    [
      'stopped and restarted',
      { name: 'ssh', state: 'stopped', restart: true },
      'cannot be stopped and restarted',
    ],
    ['masked and running', { name: 'ssh', state: 'running', masked: true }, 'is masked'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(service, params).join('\n')).toContain(problem);
  });

  test('restart and reload are for actions', () => {
    const asked = [{ restart: true }, { reload: true }, { state: 'running' }].map((one) =>
      service.params.parse({ name: 'ssh', ...one }),
    );
    expect(asked.map((params) => service.isAction?.(params))).toEqual([true, true, false]);
  });

  test('touches its unit and the files that could be it', () => {
    const touched = service.touches?.(service.params.parse({ name: 'getty@tty1', enabled: true }));
    expect(touched).toContain('unit:getty@tty1.service');
    expect(touched).toContain('path:/etc/systemd/system/getty@.service');
    expect(touched).toContain('path:/lib/systemd/system/getty@tty1.service');
  });
});

describe('the version that runs', () => {
  const version = ['nomad', 'version'];
  const seen = (answer: Partial<RunningVersion>): RunningVersion => ({
    is: 'current',
    running: '',
    installed: '',
    path: '/usr/bin/nomad',
    ...answer,
  });
  const host = (answer: Partial<RunningVersion>, unit: Partial<UnitEntry> = {}) =>
    fakeHost({
      units: { 'nomad.service': unitEntry(unit) },
      'running-versions': { '["systemd","nomad.service","nomad","version"]': seen(answer) },
    });
  const restarted = ['systemctl restart -- nomad.service'];

  test.each<[string, Partial<RunningVersion>, Partial<UnitEntry>, readonly string[], readonly string[]]>([
    ['the installed one', {}, {}, [], []],
    [
      'an older one',
      { is: 'replaced', running: '1.7.2', installed: '1.8.0' },
      {},
      ['running_version: 1.7.2, 1.8.0 is installed -> as installed'],
      restarted,
    ],
    [
      'another build of it',
      { is: 'replaced', running: '1.8.0', installed: '1.8.0' },
      {},
      ['running_version: an older build of 1.8.0 -> as installed'],
      restarted,
    ],
    [
      'one that tells nothing, with a new unit file',
      { is: 'replaced' },
      { isReloadNeeded: true },
      ['running_version: what was there before -> as installed'],
      ['systemctl daemon-reload', ...restarted],
    ],
    ['the same from another place', { is: 'other', running: '1.8.0', installed: '1.8.0' }, {}, [], []],
    [
      'none: it starts what is installed',
      { is: 'none' },
      { activeState: 'inactive' },
      ['state: stopped -> running'],
      ['systemctl start -- nomad.service'],
    ],
  ])('%s', async (_name, answer, unit, changes, steps) => {
    const planned = await plan(service, { name: 'nomad', state: 'running', version }, host(answer, unit));
    expect(planned).toMatchObject({ changes, steps });
  });

  test('by OpenRC', async () => {
    const entry: OpenrcService = {
      activity: 'started',
      runlevels: ['default'],
      isOpenrcScript: true,
      canReload: false,
    };
    const openrc = fakeHost(
      {
        'openrc-services': { nomad: entry },
        'running-versions': {
          '["openrc","nomad","nomad","version"]': seen({
            is: 'replaced',
            running: '1.7.2',
            installed: '1.8.0',
          }),
        },
      },
      { facts: ALPINE },
    );
    expect(await plan(service, { name: 'nomad', state: 'running', version }, openrc)).toMatchObject({
      changes: ['running_version: 1.7.2, 1.8.0 is installed -> as installed'],
      steps: ['rc-service -- nomad restart'],
    });
  });

  test('a program that is still to come is not known', async () => {
    const { unknown } = await plan(
      service,
      { name: 'nomad', state: 'running', version },
      host({ is: 'missing' }),
    );
    expect(unknown).toBe('the program nomad is not installed');
  });

  test('another program than the one that runs', async () => {
    const asked = plan(
      service,
      { name: 'nomad', state: 'running', version },
      host({ is: 'other', running: '5.2', installed: '1.8.0', path: '/usr/bin/bash' }),
    );
    await expect(asked).rejects.toMatchObject({
      code: 'task/other-program',
      message: 'nomad.service runs /usr/bin/bash, which is not nomad',
    });
  });

  test('hinges on packages, and on the file of the program', () => {
    const params = service.params.parse({ name: 'nomad', state: 'running', version });
    expect(service.touches?.(params)).toContain('path:/usr/local/bin/nomad');
    expect(service.foresight?.(params, null).hingesOn?.things).toEqual(['packages:installed']);
    const plain = service.params.parse({ name: 'nomad', state: 'running' });
    expect(service.foresight?.(plain, null).hingesOn).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['of what may be stopped', { enabled: true, version }, 'goes with `state: running`'],
    ['in an action', { state: 'running', restart: true, version }, 'goes with `state: running`'],
    ['an option', { state: 'running', version: ['-x'] }, 'begins with no program'],
    ['a relative path', { state: 'running', version: ['./nomad'] }, 'begins with no program'],
    ['two lines', { state: 'running', version: ['nomad', 'a\nb'] }, 'must be one line'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(service, { name: 'nomad', ...params }).join('\n')).toContain(problem);
  });
});

describe('service on OpenRC', () => {
  const openrc = (entry: Partial<OpenrcService> | null, key = 'nginx') =>
    fakeHost(
      {
        'openrc-services': {
          [key]: entry && {
            activity: 'started',
            runlevels: ['default'],
            isOpenrcScript: true,
            canReload: true,
            ...entry,
          },
        },
      },
      { facts: ALPINE },
    );
  const reload = (command: string) => expect.stringContaining(`sh -s -- nginx ${command} <`);

  test.each<[string, object, Partial<OpenrcService>, readonly string[], readonly unknown[]]>([
    ['in sync', { state: 'running', enabled: true, masked: false }, {}, [], []],
    [
      'started',
      { state: 'running' },
      { activity: 'stopped' },
      ['state: stopped -> running'],
      ['rc-service -- nginx start'],
    ],
    ['stopped', { state: 'stopped' }, {}, ['state: running -> stopped'], ['rc-service -- nginx stop']],
    ['failed is stopped', { state: 'stopped' }, { activity: 'failed' }, [], []],
    [
      'failed: OpenRC holds it for started',
      { state: 'running' },
      { activity: 'failed' },
      ['state: failed -> running'],
      ['rc-service -- nginx zap', 'rc-service -- nginx start'],
    ],
    [
      'failed, by a script that knows no zap',
      { state: 'running' },
      { activity: 'failed', isOpenrcScript: false },
      ['state: failed -> running'],
      ['rc-service -- nginx start'],
    ],
    [
      'enabled',
      { enabled: true },
      { runlevels: [] },
      ['enabled: false -> true'],
      ['rc-update -- add nginx default'],
    ],
    ['enabled at another stage of the boot', { enabled: true }, { runlevels: ['boot'] }, [], []],
    [
      'disabled wherever it is',
      { enabled: false },
      { runlevels: ['boot', 'default'] },
      ['enabled: true -> false'],
      ['rc-update -- del nginx boot default'],
    ],
    ['restart', { restart: true }, {}, [], ['rc-service -- nginx restart']],
    [
      'restart instead of start',
      { restart: true, state: 'running' },
      { activity: 'failed' },
      ['state: failed -> running'],
      ['rc-service -- nginx zap', 'rc-service -- nginx restart'],
    ],
    ['reload', { reload: true }, {}, [], [reload('reload')]],
    ['reload of what cannot', { reload: true }, { canReload: false }, [], [reload('restart')]],
  ])('%s', async (_name, params, entry, changes, steps) => {
    const planned = await plan(service, { name: 'nginx', ...params }, openrc(entry));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('a missing service may still come', async () => {
    const { unknown } = await plan(service, { name: 'nginx', enabled: true }, openrc(null));
    expect(unknown).toBe('service nginx does not exist');
  });

  test.each([
    ['masked', { name: 'nginx', masked: true }, 'OpenRC cannot mask a service'],
    ['a timer', { name: 'backup.timer', enabled: true }, 'OpenRC has services alone'],
  ])('%s is refused', async (_name, params, message) => {
    await expect(plan(service, params, openrc({}))).rejects.toMatchObject({
      code: 'task/unsupported',
      message: expect.stringContaining(message),
    });
  });
});
