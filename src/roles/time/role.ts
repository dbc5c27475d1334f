import { defineRole, type RoleItem } from '../../core/role.js';
import { chronyConfig } from './chrony-config.js';
import { timeParams, type TimeParams } from './time-params.js';
import { timeSystem, usualPool, type TimeSystem } from './time-systems.js';

/** The distribution's own sources go: those of the role stand in a file of their own. */
function configItems(wanted: TimeParams, system: TimeSystem, pool: string): RoleItem[] {
  const { config, folder } = system;
  const { seconds, updates } = wanted.makestep;
  const onChange = ['restart chrony'];
  return [
    {
      name: 'folder for settings',
      kind: 'directory',
      params: { path: folder },
    },
    {
      name: 'settings',
      kind: 'file',
      params: { path: `${folder}/homelab.conf`, content: chronyConfig(wanted, pool), mode: '0644' },
      onChange,
    },
    {
      name: 'settings are read',
      kind: 'line',
      params: { path: config, line: `confdir ${folder}`, match: '^confdir\\s' },
      onChange,
    },
    {
      name: 'no other sources',
      kind: 'line',
      params: { path: config, match: '^(?:pool|server|peer)\\s', state: 'absent' },
      onChange,
    },
    {
      name: 'when the clock is set',
      kind: 'line',
      params: { path: config, line: `makestep ${seconds} ${updates}`, match: '^makestep\\s' },
      onChange,
    },
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
    return timeSystem(facts) === undefined ? `how ${facts.os.name} keeps chrony is not known` : undefined;
  },
  items: (wanted, { facts }) => {
    const system = timeSystem(facts);
    if (system === undefined) return { items: [] };
    const { service, rivals } = system;
    return {
      items: [
        { name: 'no other time service', kind: 'package', params: { names: rivals, state: 'absent' } },
        { name: 'package', kind: 'package', params: { names: ['chrony'] } },
        ...configItems(wanted, system, usualPool(facts)),
        { name: 'service', kind: 'service', params: { name: service, state: 'running', enabled: true } },
      ],
      actions: {
        'restart chrony': { name: 'restart', kind: 'service', params: { name: service, restart: true } },
      },
    };
  },
  ports: ({ allow }) =>
    allow.length === 0 ? [] : [{ protocol: 'udp', port: 123, from: allow, what: 'NTP' }],
});
