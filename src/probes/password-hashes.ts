import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { Secret } from '../core/secret.js';

/** The password of a user in shadow(5), without the `!` that locks it. */
export interface PasswordHash {
  /** Null where there is no usable hash (`!`, `*`, empty). */
  readonly hash: Secret | null;
}

/**
 * The password hash of a user; null where shadow(5) has no such user or may not be read. Asked only for users whose
 * hash is managed. The shell reads the file itself, so no hash is ever an argument.
 */
export const passwordHashes: Reader<PasswordHash | null> = {
  name: 'password-hashes',
  script: (keys) => `[ -r /etc/shadow ] || exit 0
while IFS=: read -r name hash rest; do
  for wanted in ${quoteAll(keys)}; do
    if [ "$name" = "$wanted" ]; then printf '%s:%s\\n' "$name" "$hash"; fi
  done
done </etc/shadow
true`,
  parse: ({ stdout }, keys) => {
    const hashes = new Map<string, PasswordHash>();
    for (const line of stdout.split('\n')) {
      const [, name, hash] = /^([^:]+):!*([^:]*)$/.exec(line) ?? [];
      if (name === undefined || hash === undefined || hashes.has(name)) continue;
      hashes.set(name, { hash: hash === '' || hash === '*' ? null : new Secret(hash) });
    }
    return keys.map((key) => hashes.get(key) ?? null);
  },
};
