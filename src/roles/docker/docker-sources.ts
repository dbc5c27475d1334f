import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { isOlder } from '../../core/is-older.js';
import type { DockerParams } from './docker-params.js';

/** Where Docker comes from on a host. */
export type DockerSource = NonNullable<DockerParams['source']>;

/** What one source brings, by the names of its package manager. */
export interface DockerPackages {
  /** The package of the daemon, whose version is Docker's. */
  readonly engine: string;
  /** Those that have the same version as the engine and go with it; the engine is among them. */
  readonly versioned: readonly string[];
  /** The runtime below it, whose upgrade restarts something as well. */
  readonly runtime: readonly string[];
  /** Commands beside it that are always wanted. */
  readonly commands: readonly string[];
  /** Compose, as `docker compose` or `docker-compose`. */
  readonly compose: readonly string[];
}

/** The packages of download.docker.com, the same for apt and dnf (docs.docker.com/engine/install). */
const VENDOR: DockerPackages = {
  engine: 'docker-ce',
  versioned: ['docker-ce', 'docker-ce-cli'],
  runtime: ['containerd.io'],
  commands: ['docker-buildx-plugin'],
  compose: ['docker-compose-plugin'],
};

/** Those that Docker's packages bring along where nobody says otherwise. */
const VENDOR_EXTRAS = ['docker-ce-rootless-extras', 'docker-model-plugin'];

/** What a distribution calls the same things, and what only looks like Docker. */
const DISTRIBUTION_NAMES: Readonly<Record<string, readonly string[]>> = {
  apt: [
    'docker.io',
    'docker-cli',
    'docker-doc',
    'docker-compose',
    'docker-compose-v2',
    'docker-buildx',
    'podman-docker',
    'containerd',
    'runc',
  ],
  dnf: [
    'moby-engine',
    'docker-cli',
    'docker-compose',
    'docker-buildx',
    'podman-docker',
    'containerd',
    'runc',
  ],
};

/** The packages of the system's own distribution; undefined where it has no Docker, or it is not known. */
export function distributionPackages({ os }: Facts): DockerPackages | undefined {
  switch (os.family) {
    case 'debian':
      // The others of the family are made of Ubuntu.
      if (os.id !== 'debian' && os.id !== 'raspbian') return UBUNTU;
      return isOldDebian(os) ? OLD_DEBIAN : DEBIAN;
    case 'redhat':
      return os.id === 'fedora' ? FEDORA : undefined;
    case 'alpine':
      return ALPINE;
    case 'arch':
    case 'suse':
      return { ...PLAIN, compose: ['docker-compose'] };
    default:
      return undefined;
  }
}

/** Whether its Docker is one package, and its Compose the first one. */
function isOldDebian({ version }: Facts['os']): boolean {
  return version !== '' && isOlder(version, '13');
}

const PLAIN: DockerPackages = {
  engine: 'docker',
  versioned: ['docker'],
  runtime: ['containerd', 'runc'],
  commands: [],
  compose: [],
};
const OLD_DEBIAN = { ...PLAIN, engine: 'docker.io', versioned: ['docker.io'], compose: ['docker-compose'] };
const DEBIAN = {
  ...OLD_DEBIAN,
  versioned: ['docker.io', 'docker-cli'],
  commands: ['docker-buildx'],
};
const UBUNTU = { ...OLD_DEBIAN, commands: ['docker-buildx'], compose: ['docker-compose-v2'] };
const FEDORA = {
  ...PLAIN,
  engine: 'moby-engine',
  versioned: ['moby-engine', 'docker-cli'],
  commands: ['docker-buildx'],
  compose: ['docker-compose'],
};
const ALPINE = { ...PLAIN, commands: ['docker-cli-buildx'], compose: ['docker-cli-compose'] };

/** The folder of download.docker.com that a system's packages are in, by the id of its os-release. */
const FOLDERS: Readonly<Record<string, string>> = {
  debian: 'debian',
  ubuntu: 'ubuntu',
  fedora: 'fedora',
  rhel: 'rhel',
  centos: 'centos',
  rocky: 'centos',
  almalinux: 'centos',
};

/** Processors that the vendor builds for, by the package manager. */
const ARCHITECTURES: Readonly<Record<string, readonly string[]>> = {
  apt: ['amd64', 'arm64', 'armhf', 'ppc64el'],
  dnf: ['amd64', 'arm64'],
};

/** Why the vendor has no packages for a system; undefined: it has. */
function whyNoVendor({ os, arch, package_manager: manager }: Facts): string | undefined {
  if (os.id === 'raspbian') return "Docker's own packages for 32-bit Raspberry Pi OS ended with version 28";
  const architectures = ARCHITECTURES[manager];
  if (!Object.hasOwn(FOLDERS, os.id) || architectures === undefined)
    return `Docker itself has no packages for ${os.name}`;
  return architectures.includes(arch) ? undefined : `Docker itself has no packages for ${os.name} on ${arch}`;
}

/** Address of the vendor's folder for a system that it has packages for. */
export function vendorFolder({ os }: Facts): string {
  return `https://download.docker.com/linux/${FOLDERS[os.id] ?? os.id}`;
}

/** Why the role is not for a system at all; undefined: it is. */
export function whyNoDocker(facts: Facts): string | undefined {
  if (facts.os.family === 'nixos') return undefined;
  if (distributionPackages(facts) !== undefined) return undefined;
  return whyNoVendor(facts);
}

/**
 * Where Docker comes from: as it is wanted, else from the vendor where it has packages for the system.
 * @throws HomelabError `role/no-package` where the wanted source has none for the system
 */
export function dockerSource({ source, repository }: DockerParams, facts: Facts): DockerSource {
  const because = whyNoVendor(facts);
  // Whoever names a repository knows what is in it.
  const isMirrored = repository?.uri !== undefined && Object.hasOwn(ARCHITECTURES, facts.package_manager);
  const isVendors = because === undefined || isMirrored;
  if (source === undefined) return isVendors ? 'vendor' : 'distribution';
  if (source === 'vendor' && !isVendors)
    throw noPackage(because ?? '', 'Write `source: distribution`, or give `repository` the address of one.');
  if (source === 'distribution' && distributionPackages(facts) === undefined)
    throw noPackage(`${facts.os.name} has no package of Docker`, 'Write `source: vendor`.');
  return source;
}

function noPackage(message: string, hint: string): HomelabError {
  return new HomelabError({ code: 'role/no-package', message, hint });
}

/** What `source` brings on a system that has it. */
export function packagesOf(source: DockerSource, facts: Facts): DockerPackages {
  return source === 'vendor' ? VENDOR : (distributionPackages(facts) ?? PLAIN);
}

/** Packages of the other source, none of which `source` needs: both have the same files. */
export function conflictsOf(source: DockerSource, facts: Facts): string[] {
  if (source === 'vendor') return [...(DISTRIBUTION_NAMES[facts.package_manager] ?? [])];
  const { versioned, runtime, commands, compose } = VENDOR;
  const isVendors = Object.hasOwn(DISTRIBUTION_NAMES, facts.package_manager);
  return isVendors
    ? [...versioned, ...VENDOR_EXTRAS, ...runtime, ...commands, ...compose, 'podman-docker']
    : [];
}
