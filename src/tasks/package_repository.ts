import { bodyBytes, Content } from '../core/content.js';
import { defineTask } from '../core/task.js';
import { aptClaims } from './shared/repositories/apt.js';
import { formatFor } from './shared/repositories/formats.js';
import { keyBytes } from './shared/repositories/key.js';
import { repositorySchema, type RepositoryParams } from './shared/repositories/repository-params.js';
import { FILE_MODE, probeRepository } from './shared/repositories/repository-state.js';
import { repositorySteps } from './shared/repositories/repository-steps.js';

/** What an item makes that asks for the very same, in the words of a foresight. */
function sameAs({ keyBody: _bytes, ...written }: RepositoryParams): string {
  return `repository:${Content.of(JSON.stringify(written)).sha256}`;
}

/** Where packages come from besides the distribution, with the key that they are signed with. */
export default defineTask<RepositoryParams>({
  summary: 'Packages may come from a certain repository, or not',
  params: repositorySchema,
  examples: [
    {
      name: 'docker',
      uri: 'https://download.docker.com/linux/debian',
      components: ['stable'],
      key_url: 'https://download.docker.com/linux/debian/gpg',
      key_fingerprint: '9DC8 5822 9FC7 DD38 854A  E2D8 8D81 803C 0EBF CD88',
    },
    { name: 'house', uri: 'https://packages.lan/apt', suites: ['./'], key: 'files/house.asc' },
    { name: 'nodesource', state: 'absent' },
  ],
  prepare: (repository, project) =>
    repository.key === undefined
      ? repository
      : { ...repository, keyBody: keyBytes(repository.key, (path) => bodyBytes(project.read(path))) },
  claims: (repository, facts) => ({
    [`the package repository ${repository.name}`]: sameAs(repository),
    ...(facts === undefined || facts.package_manager === 'apt' ? aptClaims(repository, facts) : {}),
  }),
  desired: (repository, facts) => {
    if (repository.state === 'absent') return null;
    const { name, keyBody, key_url: url, key_fingerprint: fingerprints = [] } = repository;
    const format = formatFor(facts);
    const key = keyBody === undefined ? fingerprints.join(' ') : new Content(Content.of(keyBody).sha256);
    return {
      content: Content.of(format.text(repository, facts)),
      mode: FILE_MODE,
      ...(keyBody === undefined && url === undefined ? {} : { key, key_mode: FILE_MODE }),
      ...Object.fromEntries(format.olderFiles(name).map((path) => [path, null])),
      ...(format.include === undefined ? {} : { [format.include.path]: 'includes it' }),
    };
  },
  probe: probeRepository,
  foresight: (repository) => {
    const same = sameAs(repository);
    return {
      // Also one that goes: what was newest may have come from it.
      makes: ['packages:offered', same],
      // Two roles may need the same one.
      doneBy: Object.fromEntries(['content', 'mode', 'key', 'key_mode'].map((field) => [field, same])),
    };
  },
  steps: repositorySteps,
});
