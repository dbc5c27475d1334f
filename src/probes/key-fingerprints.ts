import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/**
 * `fingerprints_of FILE` prints the fingerprints of the primary public keys in FILE, sorted, with a blank between. gpg
 * gets a home where nothing can be made and no reason to make anything; the records are those of gnupg's doc/DETAILS.
 */
export const FINGERPRINTS_OF = `fingerprints_of() {
  set -- $(gpg --batch --quiet --no-options --homedir /proc --no-keyring --trust-model always --with-colons --show-keys -- "$1" 2>/dev/null |
    awk -F: '$1 == "pub" { key = 1 } key && $1 == "fpr" { print $10; key = 0 }' | sort)
  printf '%s' "$*"
}`;

/** What of the keys in a file can be told. */
export type KeyFingerprints = readonly string[] | 'gpg is missing';

/**
 * The sorted fingerprints of the primary OpenPGP keys in the file at an absolute path; none where it holds no public key,
 * null where there is no file. Answer: `INDEX:FINGERPRINT …` a line, after `no gpg` where that is so.
 */
export const keyFingerprints: Reader<KeyFingerprints | null> = {
  name: 'key-fingerprints',
  script: (keys) => `${FINGERPRINTS_OF}
command -v gpg >/dev/null 2>&1 || printf 'no gpg\\n'
set -- ${quoteAll(keys)}
index=0
for path do
  if [ -f "$path" ]; then printf '%s:%s\\n' "$index" "$(fingerprints_of "$path")"; fi
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const lines = stdout.split('\n');
    const isMissing = lines[0] === 'no gpg';
    const found = new Map<number, readonly string[]>();
    for (const line of lines) {
      const [, index, words] = /^(\d{1,9}):([0-9A-F ]*)$/.exec(line) ?? [];
      if (words !== undefined)
        found.set(
          Number(index),
          words.split(' ').filter((word) => word !== ''),
        );
    }
    return keys.map((_, index) => {
      const own = found.get(index);
      if (own === undefined) return null;
      return isMissing ? 'gpg is missing' : own;
    });
  },
};
