import type { RoleContext, RoleItem } from '../../core/role.js';
import { nfsExportsText, type NfsExport } from '../../render/nfs-exports.js';
import { plainNames } from './clients.js';
import type { NfsSystem } from './nfs-system.js';
import type { ServerParams } from './server-params.js';

/** Every folder is listed: exportfs(8) leaves out what it cannot make sense of, and still succeeds. */
const ARE_LISTED = `listed=$(exportfs -v) || exit 1
for path; do case $listed in *"$path"*) ;; *) echo "$path is not exported"; exit 1 ;; esac; done`;

/** Folders, names that have to be found, then the exports that need both. */
export function exportItems(
  { exports, running }: ServerParams,
  resolved: readonly NfsExport[],
  { service }: NfsSystem,
): RoleItem[] {
  const file = '/etc/exports.d/homelab.exports';
  const paths = resolved.map(({ path }) => path);
  return [
    ...exports.flatMap(({ path, make }) =>
      make === undefined ? [] : [{ name: `folder ${path}`, kind: 'directory', params: { path, ...make } }],
    ),
    ...plainNames(resolved).map((name) => ({
      name: `the client ${name} is found`,
      kind: 'wait_for',
      params: { dns: { name }, timeout: 10 },
    })),
    {
      name: 'exports',
      kind: 'service_config',
      params: {
        service,
        files: [
          { path: file, content: nfsExportsText(resolved), mode: '0644', owner: 'root', group: 'root' },
        ],
        validate: ['exportfs', '-ra'],
        // Without them the real server would be told: its tables are those of the network.
        sandbox: { empty: ['/var/lib/nfs'], network: false },
        apply: running ? ['exportfs', '-ra'] : 'none',
        ...(running
          ? {
              checks: [{ command: ['sh', '-c', ARE_LISTED, 'sh', ...paths] }],
              keeps: [{ tcp: 2049 }],
            }
          : {}),
      },
    },
  ];
}

function speaks(isSpoken: boolean): string {
  return isSpoken ? 'y' : 'n';
}

/** What nfs.conf(5) says to the server. */
export function settingsItem(wanted: ServerParams, { service }: NfsSystem, { files }: RoleContext): RoleItem {
  const { versions, threads, running, grace_seconds: grace, lease_seconds: lease } = wanted;
  const content = files.render('nfs.conf.hbs', {
    threads,
    v3: versions.includes('3'),
    vers3: speaks(versions.includes('3')),
    vers4: speaks(versions.some((version) => version !== '3')),
    vers40: speaks(versions.includes('4.0')),
    vers41: speaks(versions.includes('4.1')),
    vers42: speaks(versions.includes('4.2')),
    grace_seconds: grace ?? null,
    lease_seconds: lease ?? null,
  });
  return {
    name: 'settings of the server',
    kind: 'service_config',
    params: {
      service,
      files: [{ path: '/etc/nfs.conf.d/homelab.conf', content, mode: '0644', owner: 'root', group: 'root' }],
      ...(running ? { apply: 'restart', checks: [{ tcp: 2049 }] } : { apply: 'none' }),
    },
  };
}
