import type { RoleItem } from '../../core/role.js';
import type { DockerPackages } from './docker-sources.js';

const FILE = '/etc/apt/preferences.d/homelab-docker';

/**
 * apt_preferences(5): of the records for a package the first that fits counts, and a negative priority keeps a version
 * from being installed. `%s` stands for the versions that stay.
 */
function pinText({ versioned }: DockerPackages, versions: string): string {
  const names = versioned.join(' ');
  return [
    '# Kept by homelab: Docker stays on its major version (the parameter `major` of the role docker).',
    `Package: ${names}\nPin: version ${versions}\nPin-Priority: 990\n`,
    `Package: ${names}\nPin: version *\nPin-Priority: -1\n`,
  ].join('\n');
}

/**
 * `$epoch` and `$major` of the engine that is installed, e.g. `5:` and `28`; ends with code 1 where there is none. What
 * dpkg knows by name alone, as others conflict with it, has an empty version.
 */
function installed({ engine }: DockerPackages): string {
  return `version=$(dpkg-query -W -f '\${Version}' ${engine} 2>/dev/null) && [ -n "$version" ] || exit 1
case $version in *:*) epoch=\${version%%:*}: ;; *) epoch= ;; esac
major=\${version#*:}
major=\${major%%.*}`;
}

/** The vendor's versions have an epoch (`5:28.3.3-1~debian.12~bookworm`), a distribution's have none. */
function epochOf({ engine }: DockerPackages): string {
  return engine === 'docker-ce' ? '5:' : '';
}

/** Before the packages: no other version comes with them. */
export function chosenMajor(packages: DockerPackages, major: number): RoleItem {
  const content = pinText(packages, `${epochOf(packages)}${major}.*`);
  return {
    name: 'its major version is chosen',
    kind: 'file',
    params: { path: FILE, content, mode: '0644', owner: 'root', group: 'root' },
  };
}

/** After the packages: what was installed before is moved on, never back. */
export function movedToMajor(packages: DockerPackages, major: number): RoleItem {
  const look = installed(packages);
  const options = '-y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef';
  const install = `apt-get install ${options} -o Dpkg::Options::=--force-confold --no-remove --`;
  return {
    name: 'its major version is installed',
    kind: 'command',
    params: {
      env: { DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1' },
      shell: `${look}
if [ "$major" -gt ${major} ]; then
  echo "Docker $major is installed, and ${major} is wanted: Docker is not moved back, its data may not be read then" >&2
  exit 1
fi
apt-get update -q && ${install} ${packages.versioned.join(' ')}`,
      // Where there is none yet, the one that comes is the one that was chosen.
      unless: `${look.replace('exit 1', 'exit 0')}
[ "$major" = ${major} ]`,
    },
  };
}

/** After the packages: an upgrade of the system stays on the major version that is installed. */
export function heldMajor(packages: DockerPackages): RoleItem {
  const look = `${installed(packages)}
wanted() { printf '%s\\n' "${pinText(packages, '$epoch$major.*').trimEnd().replaceAll('`', '\\`')}"; }`;
  return {
    name: 'its major version is held',
    kind: 'command',
    params: {
      shell: `${look}
wanted >${FILE}.new && chmod 0644 ${FILE}.new && mv -f ${FILE}.new ${FILE}`,
      unless: `${look}
[ "$(wanted)" = "$(cat ${FILE} 2>/dev/null)" ]`,
    },
  };
}

/** Any version may come. */
export function noMajor(): RoleItem {
  return { name: 'no major version is held', kind: 'file', params: { path: FILE, state: 'absent' } };
}
