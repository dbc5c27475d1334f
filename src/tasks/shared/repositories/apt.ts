import type { Facts } from '../../../core/facts.js';
import { WAIT_FOR_LISTS } from '../packages/apt.js';
import { STAGING_FUNCTIONS } from '../staging.js';
import { unsupported, type RepositoryFormat } from './format.js';
import { isArmoured, type RepositoryParams } from './repository-params.js';

/**
 * Fetches the lists of one source file. The time of all lists stays: it says when all of them were fetched last.
 * `Error-Mode` makes what apt would only warn of an error (apt 2.3); an older apt does not know it.
 */
const TRY_OUT = `${STAGING_FUNCTIONS}
make_staging /etc/apt
cp -- "$1" "$staging/$2.sources" || exit 1
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
