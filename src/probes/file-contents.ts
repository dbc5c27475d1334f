import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** Most bytes of one file that are fetched. */
export const CONTENT_LIMIT_BYTES = 1024 * 1024;

/** What a regular file holds. */
export interface FileContents {
  /** The first {@link CONTENT_LIMIT_BYTES} bytes. */
  readonly bytes: Uint8Array;
  /** False where the file goes on after `bytes`. */
  readonly isComplete: boolean;
}

/**
 * The bytes at an absolute path; null where there is no regular file (a link counts as none) or it may not be read.
 * Base64, because an answer is decoded as text. One answer a file: `INDEX:BASE64`, ended by NUL.
 */
export const fileContents: Reader<FileContents | null> = {
  name: 'file-contents',
  script: (keys) => `set -- ${quoteAll(keys)}
index=0
for path do
  if [ -f "$path" ] && [ ! -L "$path" ] && [ -r "$path" ]; then
    printf '%s:' "$index"
    head -c ${CONTENT_LIMIT_BYTES + 1} -- "$path" | base64
    printf '\\0'
  fi
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const found = new Map<number, FileContents>();
    for (const answer of stdout.split('\0')) {
      const [, index, encoded] = /^(\d{1,9}):([A-Za-z0-9+/=\s]*)$/.exec(answer) ?? [];
      if (encoded === undefined) continue;
      const bytes = Buffer.from(encoded, 'base64');
      found.set(Number(index), {
        bytes: bytes.subarray(0, CONTENT_LIMIT_BYTES),
        isComplete: bytes.length <= CONTENT_LIMIT_BYTES,
      });
    }
    return keys.map((_, index) => found.get(index) ?? null);
  },
};
