import { quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { AS_OWNER, QUIET_GIT } from './as-owner.js';

/** A directory as git sees it. */
export interface GitCheckout {
  /** `vacant`: nothing is there, or an empty directory. `other`: something that is no work tree of its own. */
  readonly is: 'vacant' | 'repository' | 'other';
  /** Whether git is installed. */
  readonly hasGit: boolean;
  /** Full id of the commit that is checked out; null where there is none yet. */
  readonly head: string | null;
  /** Where `origin` is. */
  readonly origin: string | null;
  /** Files that git knows and that somebody changed, at most twenty. */
  readonly changed: readonly string[];
  /** True where a checkout of homelab did not come to its end. */
  readonly isInterrupted: boolean;
  /** What git said where it could not look; empty where it could. */
  readonly complaint: string;
}

/** Answers `head`, `origin`, `interrupted` and `changed`; as the owner of the directory. */
const LOOK = `cd -- "$HOMELAB_PATH" || exit 1
${QUIET_GIT}
top=$(git rev-parse --git-dir) || exit 1
printf 'head=%s\\0' "$(git rev-parse --verify --quiet HEAD)"
printf 'origin=%s\\0' "$(git config --get remote.origin.url)"
if [ -e "$top/homelab-checkout" ]; then printf 'interrupted=yes\\0'; fi
changed=$(git -c core.quotePath=false status --porcelain --untracked-files=no) || exit 1
printf 'changed=%s\\0' "$(printf '%s' "$changed" | head -n 20)"`;

/**
 * The work tree at an absolute path. Reads only: git takes no locks, and refreshes no index.
 * Answer: fields `NAME=VALUE`, each ended by NUL, for each path between two empty ones.
 */
export const gitCheckouts: Reader<GitCheckout> = {
  name: 'git-checkouts',
  script: (keys) => `${AS_OWNER}
HOMELAB_SCRIPT='${LOOK.replaceAll("'", "'\\''")}'
export HOMELAB_SCRIPT HOMELAB_PATH
for HOMELAB_PATH in ${quoteAll(keys)}; do
  if command -v git >/dev/null 2>&1; then printf 'git=yes\\0'; fi
  if [ -d "$HOMELAB_PATH" ] && [ ! -L "$HOMELAB_PATH" ]; then
    if [ -e "$HOMELAB_PATH/.git" ]; then
      printf 'is=repository\\0'
      complaint=$(as_owner "$HOMELAB_PATH" 2>&1 >&3) || printf 'complaint=%s\\0' "$complaint"
    elif [ -z "$(ls -A -- "$HOMELAB_PATH")" ]; then printf 'is=vacant\\0'
    else printf 'is=other\\0'
    fi
  elif [ -e "$HOMELAB_PATH" ] || [ -L "$HOMELAB_PATH" ]; then printf 'is=other\\0'
  else printf 'is=vacant\\0'
  fi
  printf '\\0'
done 3>&1
true`,
  parse: ({ stdout }, keys) => {
    const answers = stdout.split('\0\0');
    return keys.map((_, index) => parseCheckout(answers[index] ?? ''));
  },
};

function parseCheckout(answer: string): GitCheckout {
  const fields = new Map<string, string>();
  for (const field of answer.split('\0')) {
    const at = field.indexOf('=');
    if (at > 0 && !fields.has(field.slice(0, at))) fields.set(field.slice(0, at), field.slice(at + 1));
  }
  const is = fields.get('is');
  const head = fields.get('head') ?? '';
  const changed = fields.get('changed') ?? '';
  return {
    is: is === 'vacant' || is === 'repository' ? is : 'other',
    hasGit: fields.get('git') === 'yes',
    head: isCommit(head) ? head : null,
    origin: fields.get('origin') || null,
    // `XY NAME`, git-status(1).
    changed: changed.split('\n').flatMap((line) => (line.length > 3 ? [line.slice(3)] : [])),
    isInterrupted: fields.get('interrupted') === 'yes',
    complaint: fields.get('complaint') ?? '',
  };
}

/** Whether `text` is the full id of a commit, SHA-1 or SHA-256. */
export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}
