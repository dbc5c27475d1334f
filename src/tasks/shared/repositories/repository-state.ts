import { Content } from '../../../core/content.js';
import { Unknown, type MaybeState, type State } from '../../../core/state.js';
import type { ReadableHost } from '../../../core/task.js';
import { files } from '../../../probes/files.js';
import { keyFingerprints } from '../../../probes/key-fingerprints.js';
import { programs } from '../../../probes/programs.js';
import { readTextFile } from '../edited-file.js';
import { canFetch, cannotFetch } from '../fetch.js';
import { permissionDenied, readEntry } from '../file-entry.js';
import { editText } from '../line-edit.js';
import type { RepositoryFormat } from './format.js';
import { formatFor } from './formats.js';
import type { RepositoryParams } from './repository-params.js';

/** Of repository files and keys: apt and others read them as an account of their own. */
export const FILE_MODE = '0644';

/** What the field of an including file says once it names the repository's own. */
export const INCLUDED = 'includes it';

/** Observed fields that carry the including file to the steps; nobody wants anything of them. */
export const INCLUDING = { content: 'including.content', mode: 'including.mode' };

/**
 * `content` and `mode`; of its key `key` (fingerprints where it is fetched, else its sum) and `key_mode`; a field for each
 * older file that is there, and one for a file that has to include it. Unknown where the key cannot be fetched or checked
 * before something is installed. Null: to be absent, and there is nothing of it.
 * @throws HomelabError `task/unsupported`, and what reading files throws
 */
export function probeRepository(
  host: ReadableHost,
  repository: RepositoryParams,
): Promise<MaybeState | Unknown> {
  const format = formatFor(host.facts);
  const isAbsent = repository.state === 'absent';
  return isAbsent ? probeAbsent(host, repository, format) : probePresent(host, repository, format);
}

async function probePresent(
  host: ReadableHost,
  repository: RepositoryParams,
  format: RepositoryFormat,
): Promise<State | Unknown> {
  const older = format.olderFiles(repository.name);
  const [file, key, olderEntries, including] = await Promise.all([
    readTextFile(host, format.file(repository.name)),
    readKey(host, repository, format),
    Promise.all(older.map((path) => host.read(files, path))),
    readIncluding(host, repository, format),
  ]);
  if (key instanceof Unknown) return key;
  const present = older.filter((_, index) => olderEntries[index] !== null);
  return {
    ...(file === null ? {} : { content: file.content, mode: file['mode'] ?? null }),
    ...key,
    ...Object.fromEntries(present.map((path) => [path, 'present'])),
    ...including,
  };
}

async function probeAbsent(
  host: ReadableHost,
  repository: RepositoryParams,
  format: RepositoryFormat,
): Promise<MaybeState> {
  const paths = filesOf(repository, format);
  const [entries, including] = await Promise.all([
    Promise.all(paths.map((path) => readEntry(host, path, ['file', 'link']))),
    readIncluding(host, repository, format),
  ]);
  const present = paths.filter((_, index) => entries[index] !== null);
  const isIncluded = format.include !== undefined && including[format.include.path] !== undefined;
  if (present.length === 0 && !isIncluded) return null;
  return { ...Object.fromEntries(present.map((path) => [path, 'present'])), ...including };
}

/** Every file that the repository may have. */
export function filesOf(repository: RepositoryParams, format: RepositoryFormat): readonly string[] {
  const { name } = repository;
  return [format.file(name), ...format.keyFiles(repository), ...format.olderFiles(name)];
}

async function readKey(
  host: ReadableHost,
  repository: RepositoryParams,
  format: RepositoryFormat,
): Promise<State | Unknown> {
  const { keyBody, key_url: url, key_fingerprint: wanted = [] } = repository;
  if (keyBody === undefined && url === undefined) return {};
  const path = format.keyFile(repository);
  const [entry, fingerprints, hasGpg, isFetchable] = await Promise.all([
    readEntry(host, path, ['file']),
    url === undefined ? null : host.read(keyFingerprints, path),
    wanted.length === 0 ? true : host.read(programs, 'gpg'),
    url === undefined ? true : canFetch(host),
  ]);
  const isRight =
    keyBody === undefined
      ? Array.isArray(fingerprints) && fingerprints.join(' ') === wanted.join(' ')
      : entry?.sha256 === Content.of(keyBody).sha256;
  if (!isRight && !hasGpg)
    return new Unknown('gpg is not installed (package gnupg)', ['program:gpg', 'package:gnupg']);
  if (!isRight && !isFetchable) return cannotFetch();
  if (entry === null) return {};
  if (entry.sha256 === undefined) throw permissionDenied(path);
  const key = keyBody === undefined ? shown(fingerprints) : new Content(entry.sha256);
  return { key, key_mode: entry.mode };
}

function shown(fingerprints: readonly string[] | 'gpg is missing' | null): string {
  return Array.isArray(fingerprints) ? fingerprints.join(' ') : '';
}

/** The file that has to name the repository's own, and whether it does. */
async function readIncluding(
  host: ReadableHost,
  { name }: RepositoryParams,
  { include, file }: RepositoryFormat,
): Promise<State> {
  if (include === undefined) return {};
  const found = await readTextFile(host, include.path);
  if (found === null) return {};
  const { found: line } = editText(found.content.text ?? '', {
    line: include.line(file(name)),
    state: 'present',
  });
  return {
    ...(line === null ? {} : { [include.path]: INCLUDED }),
    [INCLUDING.content]: found.content,
    [INCLUDING.mode]: found['mode'] ?? null,
  };
}
