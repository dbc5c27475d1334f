import type { Facts } from '../../../core/facts.js';
import { WAIT_FOR_LISTS } from '../packages/apt.js';
import { STAGING_FUNCTIONS } from '../staging.js';
import { unsupported, type RepositoryFormat } from './format.js';
import { isArmoured, type RepositoryParams } from './repository-params.js';

/**
 * `fits_in FOLDER NAME` fails where apt reads no source at all any more once the file is among the others: it stops at one
 * address that two of them name with different keys. What is unreadable without it is not its fault.
 */
const FITS_IN = `fits_in() {
  mkdir -- "$1/others" "$1/all" || return 1
  for other in /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    case \${other##*/} in "$2.list" | "$2.sources") continue ;; esac
    if [ -e "$other" ]; then cp -- "$other" "$1/others/" && cp -- "$other" "$1/all/" || return 1; fi
  done
  cp -- "$1/$2.sources" "$1/all/" || return 1
  said=$(apt-get indextargets -o "Dir::Etc::sourceparts=$1/all" 2>&1 >/dev/null) && return 0
  apt-get indextargets -o "Dir::Etc::sourceparts=$1/others" >/dev/null 2>&1 || return 0
  printf '%s\\n' "$said" >&2
  return 1
}`;

/**
 * Fetches the lists of one source file. The time of all lists stays: it says when all of them were fetched last.
 * `Error-Mode` makes what apt would only warn of an error (apt 2.3); an older apt does not know it.
 */
const TRY_OUT = `${STAGING_FUNCTIONS}
${FITS_IN}
make_staging /etc/apt
cp -- "$1" "$staging/$2.sources" || exit 1
fits_in "$staging" "$2" || exit 1
${WAIT_FOR_LISTS}
touch -r /var/lib/apt/lists -- "$staging/time" || exit 1
apt-get update -q -o "Dir::Etc::sourcelist=$staging/$2.sources" -o Dir::Etc::sourceparts=- \\
  -o APT::Get::List-Cleanup=0 -o APT::Update::Error-Mode=any -o Acquire::Retries=3
code=$?
touch -r "$staging/time" -- /var/lib/apt/lists
exit "$code"`;

/** Debian and Ubuntu: deb822, sources.list(5). */
export const aptRepository: RepositoryFormat = {
  manager: 'apt',
  file: (name) => `/etc/apt/sources.list.d/${name}.sources`,
  keyFile,
  keyFiles: ({ name }) => [`/etc/apt/keyrings/${name}.asc`, `/etc/apt/keyrings/${name}.gpg`],
  text,
  olderFiles: (name) => [`/etc/apt/sources.list.d/${name}.list`],
  tryOut: TRY_OUT,
};

/**
 * By which key each address and suite is signed, for other items: apt reads nothing at all any more where two files say that
 * otherwise, be it of the same key. Nothing of one that is not used.
 */
export function aptClaims(repository: RepositoryParams, facts: Facts | undefined): Record<string, string> {
  const { uri = [], state, enabled: isEnabled, key, key_url: keyUrl } = repository;
  if (state === 'absent' || !isEnabled) return {};
  const signedBy = (key ?? keyUrl) === undefined ? '' : keyFile(repository);
  const suites = repository.suites ?? [facts?.os.codename ?? ''];
  return Object.fromEntries(
    uri.flatMap((one) =>
      suites.map((suite) => [`the key of ${[one.replace(/\/+$/, ''), suite].join(' ').trim()}`, signedBy]),
    ),
  );
}

/** apt tells a key in letters from a binary one by the end of its name. A fetched one is kept in letters. */
function keyFile({ name, keyBody }: RepositoryParams): string {
  const isBinary = keyBody !== undefined && !isArmoured(Buffer.from(keyBody).toString('latin1'), 'openpgp');
  return `/etc/apt/keyrings/${name}.${isBinary ? 'gpg' : 'asc'}`;
}

function text(repository: RepositoryParams, { os }: Facts): string {
  const { name, uri = [], types = ['deb'], architectures, key, key_url: keyUrl } = repository;
  const suites = repository.suites ?? [os.codename];
  if (suites.includes(''))
    throw unsupported(
      'this host does not tell its codename, so the suite is not known',
      'Name it with `suites`.',
    );
  const isFlat = suites.every((suite) => suite.endsWith('/'));
  const components = repository.components ?? (isFlat ? [] : ['main']);
  const fields: readonly (readonly [string, readonly string[]])[] = [
    ['Enabled', repository.enabled ? [] : ['no']],
    ['Types', types],
    ['URIs', uri],
    ['Suites', suites],
    ['Components', components],
    ['Architectures', architectures ?? []],
    ['Signed-By', (key ?? keyUrl) === undefined ? [] : [keyFile(repository)]],
    ['Trusted', repository.trusted ? ['yes'] : []],
  ];
  const lines = fields
    .filter(([, words]) => words.length > 0)
    .map(([field, words]) => `${field}: ${words.join(' ')}\n`);
  return `# ${name}, kept by homelab\n${lines.join('')}`;
}
