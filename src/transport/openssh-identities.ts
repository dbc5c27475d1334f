import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { credentialPath } from '../core/credential-path.js';
import { HomelabError } from '../core/errors.js';
import type { Endpoint } from './endpoint.js';
import { escapeTokens } from './openssh-argv.js';
import { expandHome } from './ssh-config.js';

/** What ssh tries by itself (ssh_config(5), IdentityFile), in its order. */
const DEFAULT_NAMES = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk'];

/**
 * The options that name key files: those of the inventory and no others; where it names none, ssh's own choice, and of that
 * what was handed over as a credential.
 * @throws HomelabError `transport/no-identity` where a file of the inventory is not there
 */
export function identityWords(endpoint: Endpoint, home: string): string[] {
  const { identities, isIdentityFromInventory } = endpoint;
  if (isIdentityFromInventory) {
    const named = (identities ?? []).filter((path) => path !== 'none');
    const files = named.map((path) => existing(endpoint, path, home)).flatMap(words);
    return ['-o', 'IdentitiesOnly=yes', ...(files.length > 0 ? files : ['-o', 'IdentityFile=none'])];
  }
  if (identities !== undefined)
    return identities
      .map((written) => expandHome(written, home))
      .filter((path) => credentialPath(path) !== path)
      .flatMap((path) => words(credentialPath(path)));
  // ssh asks the account database for the home and not $HOME, which homelab goes by everywhere else.
  if (home === userInfo().homedir) return [];
  return DEFAULT_NAMES.map((name) => credentialPath(join(home, '.ssh', name)))
    .filter((path) => existsSync(path))
    .flatMap(words);
}

function words(path: string): string[] {
  return ['-i', escapeTokens(path)];
}

/** A public key stands for its private half in an agent. */
function existing({ name }: Endpoint, written: string, home: string): string {
  const path = expandHome(written, home);
  const found = [credentialPath(path), `${path}.pub`].find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new HomelabError({
    code: 'transport/no-identity',
    host: name,
    message: `The identity ${written} of ${name} is not there`,
    hint: `Correct identity in the inventory, or make the key: ssh-keygen -t ed25519 -f ${written}`,
  });
}
