import { refuse, unsupported, type RepositoryFormat } from './format.js';
import { isArmoured, isKeyText, type RepositoryParams } from './repository-params.js';

/**
 * apk-keys(5). The signature of a repository names the file of its key, so a key from a file of the project keeps that
 * file's name; a key in the playbook is called as the repository is.
 */
function keyFile(repository: RepositoryParams): string {
  const { keyBody } = repository;
  if (keyBody !== undefined && !isArmoured(Buffer.from(keyBody).toString('latin1'), 'rsa'))
    throw unsupported(
      'apk takes RSA keys only, as -----BEGIN PUBLIC KEY-----',
      'Take the one that `abuild-keygen` made.',
    );
  return keyPath(repository);
}

function keyPath({ name, key = '' }: RepositoryParams): string {
  const own = isKeyText(key) ? undefined : /(?:^|\/)([A-Za-z0-9@._+-]+\.rsa\.pub)$/.exec(key)?.[1];
  return `/etc/apk/keys/${own ?? `${name}.rsa.pub`}`;
}

function text(repository: RepositoryParams): string {
  refuse(repository, 'apk', ['architectures', 'types', 'key_url', 'key_fingerprint']);
  if (repository.trusted)
    throw unsupported('apk trusts no repository without a key', 'Sign its index, and give the `key`.');
  const { name, uri = [], suites = [''], components = [''], enabled: isEnabled } = repository;
  const lines = uri.flatMap((address) =>
    suites.flatMap((suite) =>
      components.map((component) =>
        [address.replace(/\/+$/, ''), suite, component].filter((part) => part !== '').join('/'),
      ),
    ),
  );
  return `# ${name}, kept by homelab\n${lines.map((line) => `${isEnabled ? '' : '#'}${line}\n`).join('')}`;
}

/** Alpine: a file of its own beside /etc/apk/repositories, apk-repositories(5). A local address has no `file:`. */
export const apkRepository: RepositoryFormat = {
  manager: 'apk',
  file: (name) => `/etc/apk/repositories.d/${name}.list`,
  keyFile,
  keyFiles: (repository) => [keyPath(repository)],
  text: (repository) => text(repository).replaceAll(/^(#?)file:\/\//gm, '$1'),
  olderFiles: () => [],
  tryOut: 'apk --wait 300 -q --repositories-file "$1" update',
};
