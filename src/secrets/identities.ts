import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { credentialPath } from '../core/credential-path.js';
import { HomelabError } from '../core/errors.js';
import { registerSecret } from '../core/redaction.js';
import { ageFormOf } from '../core/sealed.js';
import { Secret } from '../core/secret.js';
import { decrypt, isIdentity } from './age-library.js';

/** The key itself, or several, one a line. */
const IDENTITY_VARIABLE = 'HOMELAB_AGE_IDENTITY';
const IDENTITY_FILE_VARIABLE = 'HOMELAB_AGE_IDENTITY_FILE';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where identities may come from. */
export interface IdentityPlaces {
  readonly env: Environment;
  /** Files that `homelab.yml` names, absolute. */
  readonly files: readonly string[];
  /** Asks a person for a passphrase; undefined where nobody answers. */
  readonly askSecret: (question: string) => Promise<Secret | undefined>;
}

/** Where a user's identity lies when nobody says: age-keygen's format, in the user's configuration (XDG base directories). */
export function defaultIdentityFile(env: Environment): string {
  const given = env['XDG_CONFIG_HOME'] ?? '';
  return join(
    given.startsWith('/') ? given : join(env['HOME'] ?? homedir(), '.config'),
    'homelab',
    'age.txt',
  );
}

/** The file that a new identity is written to: the first one that would be read. */
export function identityFileToWrite({ env, files }: Pick<IdentityPlaces, 'env' | 'files'>): string {
  return nonEmpty(env[IDENTITY_FILE_VARIABLE]) ?? files[0] ?? defaultIdentityFile(env);
}

/** Files that hold identities, whichever of them would be read: they are no part of a project, though they may lie in it. */
export function identityFiles({ env, files }: Pick<IdentityPlaces, 'env' | 'files'>): string[] {
  const named = nonEmpty(env[IDENTITY_FILE_VARIABLE]);
  return [...(named === undefined ? [] : [resolve(named)]), ...files, defaultIdentityFile(env)];
}

/**
 * The identities of the first place that has been named: `HOMELAB_AGE_IDENTITY`, `HOMELAB_AGE_IDENTITY_FILE`, `identity` of
 * `homelab.yml` (of several files those that are there), the user's own file. None where that last one is missing.
 * @throws HomelabError `secret/no-identity-file`, `secret/identity-readable`, `secret/bad-identity`, `secret/bad-passphrase`
 */
export async function loadIdentities(places: IdentityPlaces): Promise<readonly string[]> {
  const { env, files } = places;
  const given = nonEmpty(env[IDENTITY_VARIABLE]);
  if (given !== undefined) return identitiesIn(given, IDENTITY_VARIABLE);
  const file = nonEmpty(env[IDENTITY_FILE_VARIABLE]);
  if (file !== undefined) return readIdentityFiles([file], places);
  if (files.length > 0) return readIdentityFiles(files, places);
  const own = defaultIdentityFile(env);
  return isThere(credentialPath(own, env)) ? readIdentityFiles([own], places) : [];
}

async function readIdentityFiles(files: readonly string[], places: IdentityPlaces): Promise<string[]> {
  const present = files.filter((file) => isThere(credentialPath(file, places.env)));
  if (present.length === 0) {
    throw new HomelabError({
      code: 'secret/no-identity-file',
      message: `there is no identity file ${files.join(' or ')}`,
      hint: 'Make one with `homelab secret keygen`, or name yours in HOMELAB_AGE_IDENTITY_FILE.',
    });
  }
  const identities: string[] = [];
  for (const file of present) identities.push(...(await readIdentityFile(file, places)));
  return identities;
}

async function readIdentityFile(file: string, { env, askSecret }: IdentityPlaces): Promise<string[]> {
  const path = credentialPath(file, env);
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new HomelabError({
      code: 'secret/identity-readable',
      message: `the identity file ${file} is open to others (mode ${mode.toString(8).padStart(4, '0')})`,
      hint: `Close it: chmod 600 ${file}`,
    });
  }
  const bytes = readFileSync(path);
  const text = ageFormOf(bytes) === undefined ? bytes : await unlock(file, bytes, askSecret);
  return identitiesIn(Buffer.from(text).toString('utf8'), file);
}

/** An identity file that is itself encrypted, with a passphrase (age -p). */
async function unlock(
  file: string,
  bytes: Uint8Array,
  askSecret: IdentityPlaces['askSecret'],
): Promise<Uint8Array> {
  const passphrase = await askSecret(`Passphrase of ${file}`);
  const hint = 'Run on a terminal and type its passphrase.';
  if (passphrase === undefined)
    throw badPassphrase(`the identity file ${file} is encrypted and no passphrase was given`, hint);
  try {
    return await decrypt(bytes, { passphrase: passphrase.reveal() });
  } catch (cause) {
    throw badPassphrase(`the passphrase does not open the identity file ${file}`, hint, cause);
  }
}

function badPassphrase(message: string, hint: string, cause?: unknown): HomelabError {
  return new HomelabError({ code: 'secret/bad-passphrase', message, hint, cause });
}

/** The lines of age-keygen's format that are keys. What is wrong is told by its line, never by its text. */
async function identitiesIn(text: string, where: string): Promise<string[]> {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const identities = lines.filter((line) => IDENTITY.test(line));
  for (const identity of identities) registerSecret(new Secret(identity));
  const isGood = await Promise.all(
    lines.map(async (line) => line === '' || line.startsWith('#') || (await isKey(line))),
  );
  const wrong = isGood.indexOf(false);
  if (wrong === -1 && identities.length > 0) return identities;
  throw new HomelabError({
    code: 'secret/bad-identity',
    message: wrong === -1 ? `${where} holds no identity` : `${where} is no age identity (line ${wrong + 1})`,
    hint: 'It holds lines AGE-SECRET-KEY-1…, as `homelab secret keygen` and age-keygen write them.',
  });
}

/** Bech32 (BIP 173), in upper case as age writes identities; native and post-quantum ones. */
const IDENTITY = /^AGE-SECRET-KEY-(?:PQ-)?1[02-9AC-HJ-NP-Z]{20,}$/;

async function isKey(line: string): Promise<boolean> {
  return IDENTITY.test(line) && isIdentity(line);
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text.trim() === '' ? undefined : text;
}
