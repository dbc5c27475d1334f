import { Secret } from '../../core/secret.js';
import type { PemFile } from './cluster-schemas.js';

/** A certificate of an authority, one of a host, and its key. */
export interface PemSet {
  readonly ca: PemFile;
  readonly cert?: PemFile | undefined;
  readonly key?: PemFile | undefined;
}

/**
 * The files of `service_config`: `FOLDER/ca.pem`, `cert.pem`, `key.pem`. Those that are given as text are there; the others
 * are not, so that a key that nothing uses any more does not stay.
 */
export function pemFiles(
  set: PemSet | undefined,
  folder: string,
  access: { readonly mode: string; readonly owner: string; readonly group: string },
) {
  return (['ca', 'cert', 'key'] as const).map((name) => {
    const file = set?.[name];
    const path = `${folder}/${name}.pem`;
    if (file === undefined || 'path' in file) return { path, state: 'absent' };
    const { content } = file;
    const body = name === 'key' && !(content instanceof Secret) ? new Secret(content) : content;
    return { path, content: body, ...access };
  });
}

/** Where the file lies on the host. */
export function pemPath(file: PemFile, name: keyof PemSet, folder: string): string {
  return 'path' in file ? file.path : `${folder}/${name}.pem`;
}
