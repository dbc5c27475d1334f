import type { RoleContext, RoleItem } from '../../core/role.js';
import type { HardeningParams } from './hardening-params.js';

/** A service that few hosts need. */
interface Unneeded {
  /** What `keep_services` calls it. */
  readonly name: string;
  /** Its units; what is started by another one comes before that, and is masked by then. */
  readonly units: readonly string[];
  /** Ports by which a role of the host says that it is needed. */
  readonly ports: readonly number[];
  /** Units that need it where they are active. */
  readonly users: readonly string[];
}

const NFS = [
  'nfs-server.service',
  'nfs-mountd.service',
  'nfs-client.target',
  'rpc-statd.service',
  'ypbind.service',
];

/** cups first: it has avahi started, by D-Bus. */
const UNNEEDED: readonly Unneeded[] = [
  {
    name: 'cups',
    units: ['cups-browsed.service', 'cups.service', 'cups.path', 'cups.socket'],
    ports: [631],
    users: [],
  },
  {
    name: 'avahi-daemon',
    units: ['avahi-daemon.service', 'avahi-daemon.socket'],
    ports: [5353],
    users: [],
  },
  { name: 'rpcbind', units: ['rpcbind.service', 'rpcbind.socket'], ports: [111, 2049], users: NFS },
  { name: 'telnet', units: ['inetutils-telnetd.service', 'telnet.socket'], ports: [23], users: [] },
  { name: 'rsh', units: ['rsh.socket', 'rlogin.socket', 'rexec.socket'], ports: [512, 513, 514], users: [] },
];

/** What reports crashes, and sets core dumps up for that at each boot. */
const APPORT: Unneeded = { name: 'apport', units: ['apport.service'], ports: [], users: [] };

/** Passwords go by these in plain text, or anybody may log in. */
const PACKAGES = [
  'telnetd',
  'inetutils-telnetd',
  'rsh-server',
  'rsh-redone-server',
  'talkd',
  'inetutils-talkd',
  'ypserv',
  'prelink',
];

/** Whether the host may be found by its own name `….local`, which avahi alone tells; where only ssh_config knows, it may. */
function isFoundByAvahi({ host }: RoleContext): boolean {
  return host.address === undefined || /\.local\.?$/i.test(host.address);
}

/** The services to stop, each unit an item: one that is not there, or that something active needs, is left alone. */
export function serviceItems(wanted: HardeningParams, context: RoleContext): RoleItem[] {
  if (context.facts.init !== 'systemd') return [];
  const kept = new Set(wanted.keep_services.map((name) => name.replace(/\.(?:service|socket|path)$/, '')));
  const isNeeded = ({ name, ports }: Unneeded): boolean =>
    kept.has(name) ||
    (name === 'avahi-daemon' && isFoundByAvahi(context)) ||
    context.ports.some(({ port }) => ports.includes(port));
  const all = wanted.core_dumps ? UNNEEDED : [...UNNEEDED, APPORT];
  return all
    .filter((one) => !isNeeded(one))
    .flatMap(({ units, users }) =>
      units.map((unit) => ({
        name: `no ${unit}`,
        kind: 'service',
        params: { name: unit, state: 'stopped', masked: true, if_present: true, unless_active: users },
      })),
    );
}

/** The packages to remove, and the weekly look at those that stay, debsums(1). */
export function packageItems({ keep_packages: kept }: HardeningParams, { facts }: RoleContext): RoleItem[] {
  const names = PACKAGES.filter((name) => !kept.includes(name));
  const removal: RoleItem[] =
    names.length === 0
      ? []
      : [{ name: 'no servers of plain text', kind: 'package', params: { names, state: 'absent' } }];
  if (facts.os.family !== 'debian') return removal;
  return [
    ...removal,
    { name: 'sums of packages', kind: 'package', params: { names: ['debsums'] } },
    {
      name: 'files of packages are checked weekly',
      kind: 'setting',
      params: { path: '/etc/default/debsums', key: 'CRON_CHECK', value: 'weekly', format: 'keyvalue' },
    },
  ];
}
