import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';

/**
 * Whether what the key names is there: `path:/srv/app` (a directory, or a link to one), `user:bob`, `group:crew`,
 * `program:git` (what the shell finds),
 * `source:/dev/sda1` (anything; looked at for five seconds, because a mount on the way may have a dead server).
 * Accounts are looked for as chown(1) does, wherever they are kept; without getent(1) (busybox) in /etc/group.
 * Answer: the index of each that is there, one a line.
 */
export const existence: Reader<boolean> = {
  name: 'existence',
  script: (keys) => `set -- ${quoteAll(keys)}
in_database() { while IFS=: read -r found rest; do [ "$found" != "$1" ] || return 0; done </etc/group; return 1; }
index=0
for thing do
  name=\${thing#*:}
  case $thing in
    path:*) [ -d "$name" ] ;;
    source:*) timeout -s KILL 5 stat -L -- "$name" ;;
    user:*) id -u -- "$name" ;;
    group:*) getent group "$name" || in_database "$name" ;;
    program:*) command -v -- "$name" ;;
    *) false ;;
  esac >/dev/null 2>&1 && printf '%s\\n' "$index"
  index=$((index + 1))
done
true`,
  parse: ({ stdout }, keys) => {
    const found = new Set(stdout.split('\n'));
    return keys.map((_, index) => found.has(String(index)));
  },
};
