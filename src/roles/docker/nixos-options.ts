import { HomelabError } from '../../core/errors.js';
import type { RolePort } from '../../core/role.js';
import { NixExpression } from '../../render/nix-expression.js';
import { nixosFirewall } from '../shared/nixos-firewall.js';
import type { NixOptions } from '../shared/nixos-module.js';
import { daemonSettings } from './daemon-config.js';
import type { DockerParams } from './docker-params.js';

/**
 * The options of `virtualisation.docker`, whose package brings Compose along. A major version is a package of its own.
 * @throws HomelabError `role/no-package` where the packages of the vendor are asked for
 */
export function nixosOptions(wanted: DockerParams, ports: readonly RolePort[]): NixOptions {
  const { source, repository, major, users, live_restore: isLive } = wanted;
  if (source === 'vendor' || repository !== undefined) throw noVendor();
  const members = users.length === 0 ? {} : { users: { groups: { docker: { members: users } } } };
  return {
    virtualisation: {
      docker: {
        enable: true,
        ...(typeof major === 'number' ? { package: new NixExpression(`pkgs.docker_${major}`) } : {}),
        liveRestore: isLive,
        daemon: { settings: daemonSettings(wanted) },
      },
    },
    ...members,
    ...nixosFirewall(ports),
  };
}

function noVendor(): HomelabError {
  return new HomelabError({
    code: 'role/no-package',
    message: 'the vendor has no packages of Docker for NixOS',
    hint: 'Leave out `source` and `repository` for this host.',
  });
}
