import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { defineRole, type RoleItem } from '../../core/role.js';
import { chronyConfig } from './chrony-config.js';
import { timeParams, type TimeParams } from './time-params.js';
import { timeSystem, usualPool, type TimeSystem } from './time-systems.js';

const RESTART = 'restart chrony';

/** The distribution's own sources go: those of the role stand in a file of their own. */
function configItems(wanted: TimeParams, system: TimeSystem, pool: string): RoleItem[] {
  const { config, folder } = system;
  const { seconds, updates } = wanted.makestep;
  const line = (name: string, params: Readonly<Record<string, unknown>>): RoleItem => ({
    name,
    kind: 'line',
    params: { path: config, ...params },
    onChange: [RESTART],
  });
  return [
    ...(system.isFolderBrought
      ? []
      : [{ name: 'folder for settings', kind: 'directory', params: { path: folder } }]),
    {
      name: 'settings',
      kind: 'file',
      params: { path: `${folder}/homelab.conf`, content: chronyConfig(wanted, pool), mode: '0644' },
      onChange: [RESTART],
    },
    line('settings are read', { line: `confdir ${folder}`, match: '^confdir\\s' }),
    line('no other sources', { match: '^(?:pool|server|peer)\\s', state: 'absent' }),
    line('when the clock is set', { line: `makestep ${seconds} ${updates}`, match: '^makestep\\s' }),
  ];
}

/** Without the right to set the clock chronyd ends at once, and its unit is not even tried: chronyd(8), `-x`. */
function leaveClockAlone({ service, options }: TimeSystem, { init }: Facts): RoleItem[] {
  const { path, key, usual } = options;
  const words = [usual, '-x'].filter((word) => word !== '').join(' ');
  const folder = `/etc/systemd/system/${service}.service.d`;
  const unit: RoleItem[] = [
    { name: 'folder of the unit', kind: 'directory', params: { path: folder } },
    {
      name: 'unit starts without the right to set the clock',
      kind: 'file',
      params: { path: `${folder}/homelab.conf`, content: '[Unit]\nConditionCapability=\n', mode: '0644' },
      onChange: [RESTART],
    },
    {
      // systemd looks for a new folder of a unit only then.
      name: 'the unit is read again',
      kind: 'command',
      params: {
        argv: ['systemctl', 'daemon-reload'],
        unless: `systemctl show -p DropInPaths ${service} | grep -qF '${folder}/homelab.conf'`,
      },
    },
  ];
  return [
    {
      name: 'the clock is left alone',
      kind: 'setting',
      params: { path, key, value: `"${words}"`, separator: '=' },
      onChange: [RESTART],
    },
    ...(init === 'systemd' ? unit : []),
  ];
}

function off(name: string, params: Readonly<Record<string, unknown>>): RoleItem {
  return { name: `${name} is off`, kind: 'command', params };
}

/** What else would pull at the clock, where no package says so. */
function rivalItems({ rivals }: TimeSystem, { os }: Facts): RoleItem[] {
  const timesyncd = 'systemd-timesyncd.service';
  return [
    { name: 'no other time service', kind: 'package', params: { names: rivals, state: 'absent' } },
    ...(os.family === 'redhat'
      ? [
          off('systemd-timesyncd', {
            argv: ['systemctl', 'disable', '--now', timesyncd],
            only_if: `systemctl -q is-enabled ${timesyncd} || systemctl -q is-active ${timesyncd}`,
          }),
        ]
      : []),
    ...(os.family === 'alpine'
      ? [
          off('ntpd', {
            shell: 'rc-service --ifstarted ntpd stop; rc-update del ntpd',
            only_if: 'test -e /etc/runlevels/default/ntpd',
          }),
        ]
      : []),
  ];
}

/** Whether chronyd runs here, and as what. @throws HomelabError `role/no-clock` where a container is to set its clock */
function chronydRuns({ sets_clock: setsClock }: TimeParams, { container }: Facts): boolean {
  if (container === '') return true;
  if (setsClock !== true) return setsClock === false;
  throw new HomelabError({
    code: 'role/no-clock',
    message: `a container (${container}) has the clock of the machine that it runs on, and cannot set it`,
    hint: 'Leave `sets_clock` out, or write `sets_clock: false` for chronyd to serve the time alone.',
  });
}

/** The clock, kept by chrony. */
export default defineRole({
  summary: 'The clock is right: chrony keeps it, and may serve the time to others',
  params: timeParams,
  examples: [
    {},
    { servers: ['192.168.1.1', 'time.lan'] },
    { pools: ['pool.ntp.org'], allow: ['192.168.1.0/24'], local_stratum: 10 },
    { servers: ['time.cloudflare.com'], nts: true, makestep: { seconds: 0.5, updates: -1 } },
  ],
  refuses: (facts) => {
    if (facts.os.family === 'nixos') return 'NixOS is told by `services.chrony` of its configuration';
    return timeSystem(facts) === undefined ? `how ${facts.os.name} keeps chrony is not known` : undefined;
  },
  items: (wanted, { facts }) => {
    const system = timeSystem(facts);
    if (system === undefined || !chronydRuns(wanted, facts)) return { items: [] };
    const { service } = system;
    return {
      items: [
        ...rivalItems(system, facts),
        { name: 'package', kind: 'package', params: { names: ['chrony'] } },
        ...configItems(wanted, system, usualPool(facts)),
        ...(wanted.sets_clock === false ? leaveClockAlone(system, facts) : []),
        { name: 'service', kind: 'service', params: { name: service, state: 'running', enabled: true } },
      ],
      actions: {
        [RESTART]: { name: 'restart', kind: 'service', params: { name: service, restart: true } },
      },
    };
  },
  ports: (wanted, { facts }) =>
    wanted.allow.length === 0 || !chronydRuns(wanted, facts)
      ? []
      : [{ protocol: 'udp', port: 123, from: wanted.allow, what: 'NTP' }],
});
