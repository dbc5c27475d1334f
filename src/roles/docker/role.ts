import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { defineRole, type RoleItem, type RolePort, type RoleService } from '../../core/role.js';
import { daemonItem } from './daemon-item.js';
import { dockerParams, isLoopback, metricsAddress, type DockerParams } from './docker-params.js';
import { conflictsOf, dockerSource, packagesOf, whyNoDocker, type DockerPackages } from './docker-sources.js';
import { chosenMajor, heldMajor, movedToMajor, noMajor } from './held-major.js';
import { nixosModule } from '../shared/nixos-module.js';
import { nixosOptions } from './nixos-options.js';
import { repositoryItems } from './repository-items.js';

/** @throws HomelabError `role/no-hold` for a major version where apt does not keep the packages */
function majorItems(wanted: DockerParams, packages: DockerPackages, facts: Facts) {
  const { major } = wanted;
  if (facts.package_manager !== 'apt') {
    if (typeof major !== 'number') return { before: [], after: [] };
    throw new HomelabError({
      code: 'role/no-hold',
      message: `a major version is held by a pin of apt, and ${facts.os.name} has ${facts.package_manager}`,
      hint: 'Leave `major` out for this host.',
    });
  }
  if (major === undefined) return { before: [], after: [heldMajor(packages)] };
  return major === 'any'
    ? { before: [noMajor()], after: [] }
    : { before: [chosenMajor(packages, major)], after: [movedToMajor(packages, major)] };
}

function packageItems(wanted: DockerParams, facts: Facts): RoleItem[] {
  const source = dockerSource(wanted, facts);
  const packages = packagesOf(source, facts);
  const { versioned, runtime, commands, compose } = packages;
  const names = [
    ...versioned,
    // The distribution's engine brings its runtime as a dependency, by a name that differs.
    ...(source === 'vendor' ? runtime : []),
    ...commands,
    ...(wanted.compose ? compose : []),
  ];
  const conflicts = conflictsOf(source, facts);
  const { before, after } = majorItems(wanted, packages, facts);
  return [
    ...repositoryItems(wanted, source, facts),
    ...before,
    ...(conflicts.length === 0
      ? []
      : [
          {
            name: 'no packages of another source',
            kind: 'package',
            params: { names: conflicts.filter((name) => !names.includes(name)), state: 'absent' },
          },
        ]),
    { name: 'packages', kind: 'package', params: { names } },
    ...after,
  ];
}

function memberItem(name: string): RoleItem {
  return {
    name: `${name} may use Docker`,
    kind: 'user',
    params: { name, groups: ['docker'], if_present: true },
  };
}

function ports({ metrics_addr: metrics }: DockerParams): RolePort[] {
  if (metrics === undefined) return [];
  const { address, port } = metricsAddress(metrics);
  return isLoopback(address) ? [] : [{ protocol: 'tcp', port, what: 'metrics of Docker' }];
}

function services(wanted: DockerParams, facts: Facts): RoleService[] {
  const isNixos = facts.os.family === 'nixos';
  const { versioned, runtime } = isNixos
    ? { versioned: [], runtime: [] }
    : packagesOf(dockerSource(wanted, facts), facts);
  return [
    {
      name: 'docker',
      unit: 'docker',
      packages: [...versioned, ...runtime],
      version: ['dockerd', '--version'],
      ready: [{ kind: 'command', argv: ['docker', 'info'] }],
      drain: { adapter: 'docker', liveRestore: wanted.live_restore },
    },
  ];
}

function items(wanted: DockerParams, facts: Facts): RoleItem[] {
  if (facts.os.family === 'nixos') return [nixosModule('docker', nixosOptions(wanted, ports(wanted)))];
  return [
    ...packageItems(wanted, facts),
    daemonItem(wanted, facts),
    { name: 'service', kind: 'service', params: { name: 'docker', state: 'running', enabled: true } },
    ...wanted.users.map(memberItem),
  ];
}

/** Docker's daemon, its commands and Compose. What it publishes goes past the rules of a firewall for what comes in. */
export default defineRole<DockerParams>({
  summary: 'Docker runs containers: from its own repository or the distribution, with limited logs',
  params: dockerParams,
  examples: [
    {},
    { source: 'distribution', users: ['admin'] },
    { source: 'vendor', major: 28, dns: ['192.168.1.2'], log_opts: { 'max-size': '50m' } },
    {
      repository: {
        uri: 'https://mirror.lan/docker/debian',
        key_url: 'https://mirror.lan/docker/debian/gpg',
      },
      major: 'any',
      registry_mirrors: ['https://mirror.lan:5000'],
      default_address_pools: [{ base: '10.201.0.0/16', size: 24 }],
      metrics_addr: '0.0.0.0:9323',
      extra: { 'max-concurrent-downloads': 6 },
    },
  ],
  refuses: whyNoDocker,
  items: (wanted, { facts }) => ({ items: items(wanted, facts) }),
  ports,
  services: (wanted, { facts }) => services(wanted, facts),
});
