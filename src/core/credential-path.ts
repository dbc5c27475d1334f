import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a unit of systemd calls the key file `path` (absolute) among its credentials (systemd.exec(5), LoadCredential=). */
export function credentialName(path: string): string {
  return `key-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
}

/**
 * Where the content of the key file `path` (absolute) is to be read: the credential of that name where the service manager
 * handed this process one, so that a key of another account needs no rights of root; else `path` itself.
 */
export function credentialPath(path: string, env: Environment = process.env): string {
  const folder = env['CREDENTIALS_DIRECTORY'];
  if (folder?.startsWith('/') !== true) return path;
  const credential = join(folder, credentialName(path));
  return existsSync(credential) ? credential : path;
}
