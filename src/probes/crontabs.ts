import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/** The crontab of a user: its bytes; `none`: there is no crontab; `no-program`: there is no crontab(1). */
export type Crontab =
  | { readonly is: 'text'; readonly bytes: Uint8Array }
  | { readonly is: 'none' | 'no-program' }
  /** `message`: what crontab(1) said, untouched. */
  | { readonly is: 'unreadable'; readonly message: string };

/**
 * The crontab of the user called like the key, as `crontab -l` prints it: the way that cronie, Debian's cron and busybox
 * share. Who asks for its own does so without `-u`, which only root may use.
 * Answer: for each key, ended by NUL, `INDEX?` (no program), `INDEX:BASE64` or, where the program failed, `INDEX!MESSAGE`.
 */
export const crontabs: Reader<Crontab> = {
  name: 'crontabs',
  script: (keys) => `set -- ${quoteAll(keys)}
me=$(id -un)
list() { if [ "$1" = "$me" ]; then crontab -l; else crontab -u "$1" -l; fi; }
index=0
for user do
  if ! command -v crontab >/dev/null 2>&1; then
    printf '%s?\\0' "$index"
  elif text=$(list "$user" 2>/dev/null && printf x); then
    printf '%s:' "$index"
    printf '%s' "\${text%x}" | base64
    printf '\\0'
  else
    printf '%s!%s\\0' "$index" "$(list "$user" 2>&1 >/dev/null)"
  fi
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const found = new Map<number, Crontab>();
    for (const answer of stdout.split('\0')) {
      const [, index, sign, rest = ''] = /^(\d{1,9})([?:!])([^]*)$/.exec(answer) ?? [];
      if (index !== undefined) found.set(Number(index), parseAnswer(sign ?? '', rest));
    }
    return keys.map((_, index) => found.get(index) ?? { is: 'unreadable', message: '' });
  },
};

function parseAnswer(sign: string, rest: string): Crontab {
  if (sign === '?') return { is: 'no-program' };
  if (sign === ':') return { is: 'text', bytes: Buffer.from(rest, 'base64') };
  // Debian and cronie, then busybox. A user without a crontab and one that may not be read end with the same code.
  const isNone = /^no crontab for |No such file or directory$/m.test(rest.trim());
  return isNone ? { is: 'none' } : { is: 'unreadable', message: rest.trim() };
}
