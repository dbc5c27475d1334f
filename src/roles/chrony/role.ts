import {
  defineRole,
  type RoleContext,
  type RoleItem,
  type RolePort,
  type RoleService,
} from '../../core/role.js';
import { chronyParams, type ChronyParams } from './chrony-params.js';
import { allowedNetworks, isTimeServer, sourceLines } from './chrony-sources.js';
import { chronySystem, type ChronySystem } from './chrony-systems.js';
import { chronydRuns, leaveClockAlone, restartAction, rivalItems, takeClockBack } from './clock-items.js';

function configItem(wanted: ChronyParams, system: ChronySystem, context: RoleContext): RoleItem {
  const { service, config, folder } = system;
  const { makestep, rtcsync, nts_server: nts } = wanted;
  // With a group, only its servers stand in for the world.
  const local = wanted.group === undefined || isTimeServer(wanted, context) ? wanted.local : undefined;
  const content = context.files.render('chrony.conf.hbs', {
    sources: sourceLines(wanted, context),
    folder,
    drift_file: system.driftFile,
    key_file: system.keyFile ?? null,
    ...makestep,
    rtcsync: rtcsync && wanted.sets_clock !== false,
    allow: allowedNetworks(wanted, context),
    local: local !== undefined,
    stratum: local?.stratum ?? null,
    orphan: local?.orphan === true ? ' orphan' : '',
    nts_server: nts !== undefined,
    certificate: nts?.certificate ?? null,
    key: nts?.key ?? null,
    extra: Object.entries(wanted.extra).map(([name, value]) => ({ name, value })),
  });
  return {
    name: 'settings',
    kind: 'service_config',
    params: {
      service,
      files: [
        { path: config, content, mode: '0644', owner: 'root', group: 'root' },
        // What the role `time` kept there would be asked as well.
        { path: `${folder}/homelab.conf`, state: 'absent' },
      ],
      validate: ['chronyd', '-p', '-f', config],
      checks: [{ command: ['chronyc', '-n', 'tracking'] }],
    },
  };
}

function items(wanted: ChronyParams, context: RoleContext, system: ChronySystem): RoleItem[] {
  const { service } = system;
  return [
    ...rivalItems(system, context.facts),
    { name: 'package', kind: 'package', params: { names: ['chrony'] } },
    // Before the settings: without it chronyd would not start in a container, and they would be put back.
    ...(wanted.sets_clock === false
      ? leaveClockAlone(system, context.facts)
      : [takeClockBack(system, context.facts)]),
    configItem(wanted, system, context),
    { name: 'service', kind: 'service', params: { name: service, state: 'running', enabled: true } },
  ];
}

function ports({ nts_server: nts }: ChronyParams, from: readonly string[]): RolePort[] {
  if (from.length === 0) return [];
  return [
    { protocol: 'udp', port: 123, from, what: 'NTP' },
    ...(nts === undefined ? [] : [{ protocol: 'tcp', port: 4460, from, what: 'NTS' } as const]),
  ];
}

function service(wanted: ChronyParams, { service: unit }: ChronySystem): RoleService {
  // What serves its own clock in an emergency is of use before it is right.
  const isKept = wanted.sets_clock !== false && wanted.local === undefined;
  return {
    name: 'chrony',
    unit,
    packages: ['chrony'],
    version: ['chronyd', '--version'],
    ready: [
      { kind: 'command', argv: ['chronyc', '-n', 'tracking'] },
      // Consul, TLS and logs want a clock that is right: one that nobody keeps is not ready.
      ...(isKept ? [{ kind: 'command', argv: ['chronyc', 'waitsync', '1'] } as const] : []),
    ],
    drain: { adapter: 'none' },
  };
}

/** Time: servers for all others, and those that ask them. */
export default defineRole({
  summary:
    'chrony keeps the clock, whole: time servers from the inventory, who may ask, NTS. In place of `time`',
  params: chronyParams,
  examples: [
    {},
    { group: 'time_servers', pools: ['pool.ntp.org'], local: { stratum: 10 } },
    {
      servers: ['192.168.1.1', { name: 'time.cloudflare.com', nts: true, prefer: true, max_poll: 9 }],
      allow: ['192.168.1.0/24'],
      makestep: { seconds: 0.5, updates: -1 },
      nts_server: { certificate: '/etc/chrony/nts.crt', key: '/etc/chrony/nts.key' },
      extra: { minsources: '2' },
    },
    { sets_clock: false, allow: ['10.0.0.0/8'], local: { stratum: 10, orphan: false } },
  ],
  refuses: (facts) => {
    if (facts.os.family === 'nixos')
      return 'NixOS is told by `services.chrony` of its configuration: use the role nixos';
    return chronySystem(facts) === undefined ? `how ${facts.os.name} keeps chrony is not known` : undefined;
  },
  items: (wanted, context) => {
    const system = chronySystem(context.facts);
    if (system === undefined || !chronydRuns(wanted, context.facts)) return { items: [] };
    return { items: items(wanted, context, system), actions: restartAction(system) };
  },
  ports: (wanted, context) =>
    chronydRuns(wanted, context.facts) ? ports(wanted, allowedNetworks(wanted, context)) : [],
  services: (wanted, { facts }) => {
    const system = chronySystem(facts);
    return system === undefined || !chronydRuns(wanted, facts) ? [] : [service(wanted, system)];
  },
});
