import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';
import type { DockerParams } from './docker-params.js';
import { vendorFolder, type DockerSource } from './docker-sources.js';

/** Primary keys that Docker signs with, by the package manager (docs.docker.com/engine/install). */
const FINGERPRINTS: Readonly<Record<string, string>> = {
  apt: '9DC858229FC7DD38854AE2D88D81803C0EBFCD88',
  dnf: '060A61C51B558A7F742B77AAC52FEB6B621E9F35',
};

/** What fetches a key and looks at it, where a bare machine may lack it. */
const FETCHERS: Readonly<Record<string, readonly string[]>> = {
  apt: ['ca-certificates', 'curl', 'gnupg'],
  dnf: ['curl', 'gnupg2'],
};

/** The vendor's repository or its mirror; gone where the distribution's packages are wanted. */
export function repositoryItems(
  { repository = {} }: DockerParams,
  source: DockerSource,
  facts: Facts,
): RoleItem[] {
  const { package_manager: manager } = facts;
  const isApt = manager === 'apt';
  if (source === 'distribution')
    return Object.hasOwn(FINGERPRINTS, manager)
      ? [
          {
            name: 'no repository of Docker',
            kind: 'package_repository',
            params: { name: 'docker', state: 'absent' },
          },
        ]
      : [];
  const folder = vendorFolder(facts);
  const { uri = isApt ? folder : `${folder}/$releasever/$basearch/stable`, key } = repository;
  const isFlat = repository.suites?.every((suite) => suite.endsWith('/')) === true;
  const components = repository.components ?? (isFlat ? undefined : ['stable']);
  // A mirror has the key where the vendor has it; the folders for dnf are below that.
  const keyFolder = isApt ? uri : folder;
  const fetched = {
    key_url: repository.key_url ?? `${keyFolder}/gpg`,
    key_fingerprint: repository.key_fingerprint ?? FINGERPRINTS[manager],
  };
  return [
    { name: 'what checks its key', kind: 'package', params: { names: FETCHERS[manager] ?? [] } },
    {
      name: 'repository',
      kind: 'package_repository',
      params: {
        name: 'docker',
        uri,
        ...(isApt ? { suites: repository.suites, components } : {}),
        ...(key === undefined ? fetched : { key, key_fingerprint: repository.key_fingerprint }),
      },
    },
  ];
}
