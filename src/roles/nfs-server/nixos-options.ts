import type { RolePort } from '../../core/role.js';
import { nfsExportsText, type NfsExport } from '../../render/nfs-exports.js';
import { tmpfilesPath } from '../../render/tmpfiles-path.js';
import { nixosFirewall } from '../shared/nixos-firewall.js';
import type { NixOptions } from '../shared/nixos-module.js';
import type { ServerParams } from './server-params.js';

/** Where the helpers of version 3 listen: as elsewhere. */
const HELPERS = { lockdPort: 4045, mountdPort: 20_048, statdPort: 32_765 };

/** The options of `services.nfs` for these exports, and the folders that are to be made: tmpfiles.d(5). */
export function nixosOptions(
  wanted: ServerParams,
  resolved: readonly NfsExport[],
  ports: readonly RolePort[],
): NixOptions {
  const { versions, threads, running, grace_seconds: grace, lease_seconds: lease } = wanted;
  const isThree = versions.includes('3');
  const folders = wanted.exports.flatMap(({ path, make }) =>
    make === undefined ? [] : [`d ${tmpfilesPath(path)} ${make.mode} ${make.owner} ${make.group} -`],
  );
  return {
    services: {
      nfs: {
        server: {
          enable: running,
          exports: nfsExportsText(resolved),
          nproc: threads,
          ...(isThree ? HELPERS : {}),
        },
        settings: {
          nfsd: {
            vers3: isThree,
            vers4: versions.some((version) => version !== '3'),
            'vers4.0': versions.includes('4.0'),
            'vers4.1': versions.includes('4.1'),
            'vers4.2': versions.includes('4.2'),
            'grace-time': grace,
            'lease-time': lease,
          },
        },
      },
    },
    ...(folders.length === 0 ? {} : { systemd: { tmpfiles: { rules: folders } } }),
    ...nixosFirewall(ports),
  };
}
