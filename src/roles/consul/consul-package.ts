import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';
import { isOlder } from '../../core/is-older.js';
import { ownRepositoryItem, vendorItems } from '../shared/hashicorp-packages.js';
import type { ConsulParams } from './consul-params.js';

/** What a package makes of a system. */
export interface ConsulPackage {
  readonly dataDir: string;
  /** Who the package gives the files in /etc/consul.d to, again with each upgrade. */
  readonly owner: string;
}

const PACKAGES: Readonly<Record<ConsulParams['source'], ConsulPackage>> = {
  // Its postinst: chown -R consul:consul /etc/consul.d
  vendor: { dataDir: '/opt/consul', owner: 'consul' },
  // Its unit gives the folder as an argument, which is stronger than the configuration.
  distribution: { dataDir: '/var/lib/consul', owner: 'root' },
};

/** Where the package puts things. */
export function consulPackage({ source }: ConsulParams): ConsulPackage {
  return PACKAGES[source];
}

/** The items that bring the program. @throws HomelabError `role/no-package` where nobody has it */
export function packageItems(wanted: ConsulParams, facts: Facts): RoleItem[] {
  const { source, repository, version } = wanted;
  if (source === 'distribution' && repository === undefined) requireOwnPackage(facts);
  return [
    ...(source === 'vendor'
      ? vendorItems(facts, repository)
      : ownRepositoryItem('consul', facts, repository)),
    {
      name: 'package',
      kind: 'package',
      params: { names: [version === undefined ? 'consul' : `consul=${version}`] },
    },
    ...(source === 'vendor' ? unitItems() : []),
  ];
}

const DROP_IN = '/etc/systemd/system/consul.service.d';

/**
 * The vendor's unit has started only once the agent has joined another one, `Type=notify`: a single server, or the first of
 * several, never would, and systemd would end it after 90 seconds.
 */
function unitItems(): RoleItem[] {
  return [
    { name: 'folder of the unit', kind: 'directory', params: { path: DROP_IN } },
    {
      name: 'the unit starts without the others',
      kind: 'file',
      params: { path: `${DROP_IN}/homelab.conf`, content: '[Service]\nType=exec\n', mode: '0644' },
    },
    {
      name: 'the unit is read again',
      kind: 'command',
      params: {
        argv: ['systemctl', 'daemon-reload'],
        unless: 'systemctl show -p Type consul | grep -qx Type=exec',
      },
    },
  ];
}

/** Debian had 1.8.7 up to release 11, and Ubuntu took it from there up to 22.04. */
function requireOwnPackage({ os }: Facts): void {
  const last: Readonly<Record<string, string>> = { debian: '11', ubuntu: '22.04' };
  const newest = last[os.id];
  if (newest !== undefined && os.version !== '' && !isOlder(newest, os.version)) return;
  throw new HomelabError({
    code: 'role/no-package',
    message: `${os.name} has no package of Consul`,
    hint: 'Leave `source: distribution` out, for the packages of HashiCorp; or say with `repository` where a package like that of Debian 11 is to be had.',
  });
}
