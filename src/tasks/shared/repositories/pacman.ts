import { STAGING_FUNCTIONS } from '../staging.js';
import { refuse, unsupported, type RepositoryFormat } from './format.js';
import type { RepositoryParams } from './repository-params.js';

function keyFile(): never {
  throw unsupported(
    'pacman keeps keys in a keyring of its own',
    'Add the key with `pacman-key --add` and `pacman-key --lsign-key`, as `command` items before this one.',
  );
}

function text(repository: RepositoryParams): string {
  refuse(repository, 'pacman', ['suites', 'components', 'architectures', 'types']);
  const { name, uri = [], key, key_url: keyUrl } = repository;
  if ((key ?? keyUrl) !== undefined) keyFile();
  if (!repository.enabled) throw unsupported('pacman has no disabled repositories', 'Use `state: absent`.');
  const lines = [
    `[${name}]`,
    ...(repository.trusted ? ['SigLevel = Optional TrustAll'] : []),
    ...uri.map((address) => `Server = ${address}`),
  ];
  return `# ${name}, kept by homelab\n${lines.join('\n')}\n`;
}

/**
 * Arch: pacman.conf(5), which includes a file of its own for the repository. Its database alone is fetched: those of the
 * others stay as old as the system, see the kind `package`. Fetched even where it is no newer than the one at hand, which
 * may come from another address.
 */
export const pacmanRepository: RepositoryFormat = {
  manager: 'pacman',
  file: (name) => `/etc/pacman.d/${name}.conf`,
  keyFile,
  keyFiles: () => [],
  text,
  olderFiles: () => [],
  tryOut: `${STAGING_FUNCTIONS}
make_staging "\${1%/*}"
{
  printf '[options]\\nArchitecture = %s\\nSigLevel = %s\\n' "$(pacman-conf Architecture | tr '\\n' ' ')" "$(pacman-conf SigLevel | tr '\\n' ' ')"
  cat -- "$1"
} >"$staging/pacman.conf" || exit 1
pacman -Syy --noconfirm --noprogressbar --config "$staging/pacman.conf"`,
  include: { path: '/etc/pacman.conf', line: (file) => `Include = ${file}` },
};
