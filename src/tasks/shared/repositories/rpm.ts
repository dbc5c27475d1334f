import { runStep } from '../../../core/step.js';
import { STAGING_FUNCTIONS } from '../staging.js';
import { refuse, unsupported, type RepositoryFormat } from './format.js';
import { isArmoured, type RepositoryParams } from './repository-params.js';

/** rpm takes keys in letters only. */
function keyFile({ name, keyBody }: RepositoryParams): string {
  if (keyBody !== undefined && !isArmoured(Buffer.from(keyBody).toString('latin1'), 'openpgp'))
    throw unsupported(
      'rpm takes keys in ASCII armour only',
      'Convert it: `gpg --enarmor` does not, `gpg --armor --export` does.',
    );
  return keyPath(name);
}

const keyPath = (name: string): string => `/etc/pki/rpm-gpg/${name}.asc`;

function text(repository: RepositoryParams, manager: string, more: readonly string[]): string {
  refuse(repository, manager, ['suites', 'components', 'architectures', 'types']);
  const { name, uri = [], key, key_url: keyUrl, trusted: isTrusted, enabled: isEnabled } = repository;
  const lines = [
    `[${name}]`,
    `name=${name}`,
    `baseurl=${uri.join('\n        ')}`,
    `enabled=${isEnabled ? 1 : 0}`,
    `gpgcheck=${isTrusted ? 0 : 1}`,
    ...((key ?? keyUrl) === undefined ? [] : [`gpgkey=file://${keyFile(repository)}`]),
    ...more,
  ];
  return `# ${name}, kept by homelab\n${lines.join('\n')}\n`;
}

/** A folder with this repository alone, as `$staging`. */
const STAGE = `${STAGING_FUNCTIONS}
make_staging "\${1%/*}"
cp -- "$1" "$staging/$2.repo" || exit 1`;

/** Fedora and Red Hat's family: dnf.conf(5), "REPO OPTIONS". The key is imported with the first package that needs it. */
export const dnfRepository: RepositoryFormat = {
  manager: 'dnf',
  file: (name) => `/etc/yum.repos.d/${name}.repo`,
  keyFile,
  keyFiles: ({ name }) => [keyPath(name)],
  text: (repository) => text(repository, 'dnf', []),
  olderFiles: () => [],
  tryOut: `${STAGE}
dnf -y -q --setopt="reposdir=$staging" --setopt="$2.skip_if_unavailable=0" makecache --refresh`,
};

/**
 * openSUSE and SUSE: zypper(8). The key is imported into rpm's database before: zypper's own `--gpg-auto-import-keys`
 * would trust whatever key a repository brings along.
 */
export const zypperRepository: RepositoryFormat = {
  manager: 'zypper',
  file: (name) => `/etc/zypp/repos.d/${name}.repo`,
  keyFile,
  keyFiles: ({ name }) => [keyPath(name)],
  text: (repository) => text(repository, 'zypper', ['autorefresh=1']),
  olderFiles: () => [],
  tryOut: `${STAGE}
ZYPP_LOCK_TIMEOUT=300 zypper --non-interactive -q --reposd-dir "$staging" refresh -- "$2"`,
  trust: (path) => [runStep(['rpm', '--import', path])],
};
