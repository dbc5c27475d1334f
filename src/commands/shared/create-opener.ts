import type { Settings } from '../../inventory/settings.js';
import { SecretOpener } from '../../secrets/secret-opener.js';
import { askHidden } from './ask-person.js';

/** What opens a project's secrets: with the identities that the environment, its settings or the user's own file name. */
export function createOpener(settings: Pick<Settings, 'identity'>): SecretOpener {
  return new SecretOpener({ env: process.env, files: settings.identity, askSecret: askHidden });
}
