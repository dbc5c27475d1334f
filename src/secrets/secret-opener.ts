import { createHash } from 'node:crypto';
import { HomelabError, toHomelabError } from '../core/errors.js';
import { registerSecret } from '../core/redaction.js';
import type { Sealed } from '../core/sealed.js';
import { Secret } from '../core/secret.js';
import { decrypt, recipientOf } from './age-library.js';
import { loadIdentities, type IdentityPlaces } from './identities.js';

/** Opens what a project has encrypted. Identities are looked for once, when the first thing is to be opened. */
export class SecretOpener {
  readonly #places: IdentityPlaces | undefined;
  /** By the sum of the ciphertext: each is opened once. */
  readonly #opened = new Map<string, Promise<Uint8Array>>();
  #identities: Promise<readonly string[]> | undefined;

  /** `places` left out: there is no identity, and everything that is encrypted is an error at its place. */
  constructor(places?: IdentityPlaces) {
    this.#places = places;
  }

  /**
   * What was encrypted; from now on it is masked wherever it is found.
   * @throws HomelabError `secret/no-identity`, `secret/wrong-identity`, `secret/damaged`, each at the place of what is
   *   encrypted; and as {@link loadIdentities} does, without a place
   */
  async open(sealed: Sealed): Promise<Secret> {
    const bytes = await this.openBytes(sealed);
    const secret = new Secret(isText(bytes) ? Buffer.from(bytes).toString('utf8') : bytes);
    registerSecret(secret);
    return secret;
  }

  /** The same as bytes, which nothing masks yet: for a file whose parts become secrets. */
  async openBytes({ ciphertext, source }: Sealed): Promise<Uint8Array> {
    const identities = await this.#load();
    if (identities.length === 0) throw noIdentity(source);
    const sum = createHash('sha256').update(ciphertext).digest('hex');
    const opening = this.#opened.get(sum) ?? decrypt(ciphertext, { identities });
    this.#opened.set(sum, opening);
    try {
      return await opening;
    } catch (cause) {
      throw await cannotOpen(identities, source, cause);
    }
  }

  /** The public halves of the identities, for whoever is asked to encrypt for them. */
  async recipients(): Promise<readonly string[]> {
    return Promise.all((await this.#load()).map(recipientOf));
  }

  #load(): Promise<readonly string[]> {
    this.#identities ??= this.#places === undefined ? Promise.resolve([]) : loadIdentities(this.#places);
    return this.#identities;
  }
}

function isText(bytes: Uint8Array): boolean {
  return Buffer.from(Buffer.from(bytes).toString('utf8'), 'utf8').equals(bytes);
}

function noIdentity(source: Sealed['source']): HomelabError {
  return new HomelabError({
    code: 'secret/no-identity',
    message: 'this is encrypted, and there is no identity to open it with',
    hint: 'Name your key in HOMELAB_AGE_IDENTITY_FILE or in `identity` of homelab.yml, or make one: `homelab secret keygen`.',
    source,
  });
}

/** age says which it is in words alone; where no recipient fits, its words are these. */
async function cannotOpen(
  identities: readonly string[],
  source: Sealed['source'],
  cause: unknown,
): Promise<HomelabError> {
  const { message } = toHomelabError(cause);
  if (!/no identity matched/i.test(message)) {
    return new HomelabError({
      code: 'secret/damaged',
      message: `this age file cannot be read: ${message}`,
      hint: 'It was cut or changed after it had been encrypted: take it from a backup, or encrypt the value again.',
      source,
      cause,
    });
  }
  const own = (await Promise.all(identities.map(recipientOf))).join(', ');
  return new HomelabError({
    code: 'secret/wrong-identity',
    message: 'this is encrypted for others: none of your identities opens it',
    hint: `Add ${own} to \`recipients\` of homelab.yml and let somebody who can read it run \`homelab secret rekey\`.`,
    source,
    cause,
  });
}
