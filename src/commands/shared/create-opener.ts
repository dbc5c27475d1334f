import type { Secret } from '../../core/secret.js';
import type { Settings } from '../../inventory/settings.js';
import { SecretOpener } from '../../secrets/secret-opener.js';

/**
 * What opens a project's secrets: with the identities that the environment, its settings or the user's own file name.
 * `askSecret` asks for the passphrase of an identity file.
 */
export function createOpener(
  settings: Pick<Settings, 'identity'>,
  askSecret: (question: string) => Promise<Secret | undefined>,
): SecretOpener {
  return new SecretOpener({ env: process.env, files: settings.identity, askSecret });
}
