import { HomelabError } from '../../../core/errors.js';
import type { Secret } from '../../../core/secret.js';
import type { Step, WriteStep } from '../../../core/step.js';
import { runStep } from '../../../core/step.js';
import { addressAssignments, FETCH_FUNCTIONS } from '../fetch.js';
import { scriptStep } from '../script-step.js';
import { FAIL_FUNCTIONS, STAGING_FUNCTIONS } from '../staging.js';
import { FINGERPRINTS_OF } from '../../../probes/key-fingerprints.js';
import { isArmoured, isKeyText, type RepositoryParams } from './repository-params.js';

/** Seconds that fetching a key may take. */
const FETCH_SECONDS = 60;

/**
 * `check_fingerprints FILE WANTED NAME` ends the script where the primary keys in FILE are not exactly WANTED, sorted. A
 * second key in the file would be trusted as well.
 */
const CHECK_FUNCTIONS = `${FINGERPRINTS_OF}
check_fingerprints() {
  need gpg gnupg
  found_keys=$(fingerprints_of "$1")
  [ "$found_keys" = "$2" ] || fail "$3 has the fingerprint \${found_keys:-of no public key}, wanted was $2; nothing was changed"
}`;

const CHECK = `${FAIL_FUNCTIONS}
${CHECK_FUNCTIONS}
check_fingerprints "$1" "$2" 'the key'`;

/**
 * The fetched key is looked at before it comes near the manager, and what is put in place is not the file that was
 * fetched but an export of the keys that were checked.
 */
const FETCH_KEY = `${STAGING_FUNCTIONS}
${FETCH_FUNCTIONS}
${CHECK_FUNCTIONS}
target=$1 wanted=$2 seconds=$3
need gpg gnupg
make_staging "\${target%/*}"
fetch_to "$staging/key" "$seconds"
check_fingerprints "$staging/key" "$wanted" 'the key that was fetched'
own_gpg() { gpg --batch --quiet --no-options --no-autostart --homedir "$staging" "$@"; }
own_gpg --import -- "$staging/key" || fail 'gpg cannot import the key'
set --
for one in $wanted; do set -- "$@" "$one"; done
own_gpg --armor --export -- "$@" >"$staging/export" || exit 1
check_fingerprints "$staging/export" "$wanted" 'the key that was exported'
chmod 0644 "$staging/export" || exit 1
sync "$staging/export" 2>/dev/null || sync
mv -f -- "$staging/export" "$target"`;

/** Puts the key of `repository` into \`path\`, whose folder is made where it is missing. */
export function installKey(repository: RepositoryParams, path: string): Step[] {
  const { keyBody, key_url: url, key_fingerprint: fingerprints } = repository;
  const folder = path.slice(0, path.lastIndexOf('/'));
  const wanted = (fingerprints ?? []).join(' ');
  const step =
    keyBody === undefined
      ? scriptStep({
          words: [path, wanted, String(FETCH_SECONDS)],
          script: FETCH_KEY,
          secretly: addressAssignments(url as string | Secret),
        })
      : writeKey(path, keyBody, wanted);
  return [runStep(['mkdir', '-p', '-m', '0755', '--', folder]), step];
}

function writeKey(path: string, body: Uint8Array, wanted: string): WriteStep {
  const validate = wanted === '' ? undefined : ['sh', '-c', CHECK, 'sh', '{{candidate}}', wanted];
  return { do: 'write', path, body, mode: '0644', owner: '', group: '', validate };
}

/**
 * The bytes of a `key`: its text, or what `read` gives for the file it names.
 * @throws HomelabError `task/bad-key` where that is no public key
 */
export function keyBytes(key: string, read: (path: string) => Uint8Array): Uint8Array {
  if (isKeyText(key)) return Buffer.from(`${key.trim()}\n`);
  const bytes = read(key);
  const text = Buffer.from(bytes).toString('latin1');
  // The first byte of a binary key is the tag of a public-key packet, RFC 9580, 4.2: old format 0x98-0x9b, new 0xc6.
  const isBinary = [0x98, 0x99, 0x9a, 0x9b, 0xc6].includes(bytes[0] ?? 0);
  if (!text.includes('PRIVATE KEY') && (isBinary || isArmoured(text, 'openpgp') || isArmoured(text, 'rsa')))
    return bytes;
  throw new HomelabError({
    code: 'task/bad-key',
    message: `${key} is no public key`,
    hint: 'It has to be what `gpg --export` wrote, with or without --armor, or an RSA key of apk.',
  });
}
