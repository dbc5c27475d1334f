import * as z from 'zod';
import { HomelabError } from '../../core/errors.js';
import { quote } from '../../core/quote.js';
import { Secret } from '../../core/secret.js';
import { Unknown } from '../../core/state.js';
import type { ReadableHost } from '../../core/task.js';
import { programs } from '../../probes/programs.js';

/** Most time a fetch may take where nothing is said. */
export const FETCH_TIMEOUT_SECONDS = 600;

/** Why `address` cannot be fetched; undefined where it can. A quote, a blank or a backslash belongs into no URL (RFC 3986). */
function addressProblem(address: string): string | undefined {
  if (!/^https?:\/\/[^/]/i.test(address)) return 'has to begin with https:// or http://';
  if (/[\s\p{Cc}\u2028\u2029\uFFFD"\\<>^`{|}]/u.test(address))
    return 'holds a character that has to be percent-encoded';
  return URL.canParse(address) ? undefined : 'is no URL';
}

/** Credentials make an address secret. @returns the address as RFC 3986 wants it: other letters encoded */
function normalAddress(address: string | Secret): string | Secret {
  if (address instanceof Secret) return new Secret(new URL(address.reveal()).href);
  const url = new URL(address);
  return url.username === '' && url.password === '' ? url.href : new Secret(url.href);
}

/** The address of something to fetch. */
export const addressSchema = z
  .union([z.string(), z.instanceof(Secret)])
  .superRefine((address, context) => {
    const message = addressProblem(address instanceof Secret ? address.reveal() : address);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .transform(normalAddress);

/** A SHA-256 sum as `sha256sum` prints it. */
export const sumSchema = z
  .string()
  .regex(/^[0-9A-Fa-f]{64}$/, 'must be a SHA-256 sum: 64 hexadecimal digits')
  .transform((sum) => sum.toLowerCase());

export const timeoutSchema = z
  .int()
  .min(1)
  .max(86_400)
  .default(FETCH_TIMEOUT_SECONDS)
  .describe('seconds that fetching may take');

/** Whether the host has a program that fetches. */
export async function canFetch(host: ReadableHost): Promise<boolean> {
  const found = await Promise.all([host.read(programs, 'curl'), host.read(programs, 'wget')]);
  return found.includes(true);
}

/** What a probe answers for a host that cannot fetch. */
export function cannotFetch(): Unknown {
  return new Unknown('neither curl nor wget is installed (packages `curl`, `wget`)', [
    'program:curl',
    'program:wget',
  ]);
}

/** Assignments that {@link FETCH_FUNCTIONS} read. They open a secret address, so they may go to standard input alone. */
export function addressAssignments(address: string | Secret): string {
  const isSecret = address instanceof Secret;
  const plain = isSecret ? address.reveal() : address;
  return `url=${quote(plain)} url_is_secret=${isSecret ? 'yes' : 'no'}`;
}

/**
 * `fetch_to FILE SECONDS` fetches `$url` with curl, GNU wget or busybox wget; `check_sum FILE SUM NAME` ends the script
 * where FILE has another sum. Both need `fail`. The address is in no argument list but busybox wget's, which takes it
 * nowhere else and gets no secret one. From https a redirection leads to https alone (curl).
 */
export const FETCH_FUNCTIONS = `fetch_to() {
  redirects='=https'
  case $url in http:*) redirects='=http,https' ;; esac
  if command -v curl >/dev/null 2>&1; then
    printf 'url = "%s"\\n' "$url" | curl --config - --output "$1" --silent --show-error --fail --location --globoff \\
      --max-redirs 10 --proto '=http,https' --proto-redir "$redirects" --connect-timeout 30 --max-time "$2"
  elif wget --version 2>/dev/null | grep 'GNU Wget' >/dev/null; then
    if [ "$url_is_secret" = yes ]; then
      printf '%s\\n' "$url" | timeout "$2" wget -q -O "$1" --max-redirect=10 --tries=1 --timeout=30 -i - 2>/dev/null
    else
      printf '%s\\n' "$url" | timeout "$2" wget -nv -O "$1" --max-redirect=10 --tries=1 --timeout=30 -i -
    fi
  elif command -v wget >/dev/null 2>&1; then
    [ "$url_is_secret" = no ] || fail 'this wget takes its address as an argument only, where others can read it: install curl'
    # No -T: Debian 12's busybox crashes with it.
    timeout "$2" wget -q -O "$1" -- "$url"
  else
    fail 'neither curl nor wget is installed (packages curl, wget)'
  fi || fail "fetching failed with exit code $?"
}
check_sum() {
  found_sum=$(sha256sum <"$1") || exit 1
  found_sum=\${found_sum%% *}
  [ "$found_sum" = "$2" ] || fail "$3 has the SHA-256 sum $found_sum, wanted was $2; nothing was changed"
}`;

/** The error for a file of the project whose sum is another. */
export function wrongSum(path: string, found: string, wanted: string): HomelabError {
  return new HomelabError({
    code: 'task/wrong-sum',
    message: `${path} has the SHA-256 sum ${found}, wanted was ${wanted}`,
    hint: 'Correct `sha256`, or get the file anew.',
  });
}
