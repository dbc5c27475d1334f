import { defineRole, type RoleItem } from '../../core/role.js';
import { chronySystem, usualPool, type ChronySystem } from '../chrony/chrony-systems.js';
import { chronydRuns, leaveClockAlone, RESTART, restartAction, rivalItems } from '../chrony/clock-items.js';
import { chronyConfig } from './chrony-config.js';
import { timeParams, type TimeParams } from './time-params.js';

/** The distribution's own sources go: those of the role stand in a file of their own. */
function configItems(wanted: TimeParams, system: ChronySystem, pool: string): RoleItem[] {
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
    return chronySystem(facts) === undefined ? `how ${facts.os.name} keeps chrony is not known` : undefined;
  },
  items: (wanted, { facts, roles }) => {
    const system = chronySystem(facts);
    // That role keeps the same files, and more of them.
    if (roles.includes('chrony')) return { items: [] };
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
      actions: restartAction(system),
    };
  },
  ports: (wanted, { facts }) =>
    wanted.allow.length === 0 || !chronydRuns(wanted, facts)
      ? []
      : [{ protocol: 'udp', port: 123, from: wanted.allow, what: 'NTP' }],
});
