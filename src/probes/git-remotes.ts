import { quote, quoteAll } from '../core/quote.js';
import type { Reader } from '../core/reader.js';
import { AS_OWNER, QUIET_GIT } from './as-owner.js';
import { isCommit } from './git-checkouts.js';

/** A question to a repository elsewhere. */
export interface RemoteQuestion {
  readonly repository: string;
  /** The work tree that asks: it is asked as its owner. Need not exist. */
  readonly path: string;
  /** Full names of references, e.g. `refs/heads/main`. */
  readonly references: readonly string[];
  readonly timeoutSeconds: number;
}

/** Which commit each reference means; tags mean what they point to. */
export interface RemoteReferences {
  readonly commits: ReadonlyMap<string, string>;
  /** What git said where it got no answer; empty where it did. */
  readonly complaint: string;
}

/** The key that asks `question`. */
export function remoteKey({ repository, path, references, timeoutSeconds }: RemoteQuestion): string {
  return JSON.stringify([repository, path, timeoutSeconds, ...references]);
}

const ASK = `if [ -d "$HOMELAB_PATH" ]; then cd -- "$HOMELAB_PATH"; else cd /; fi || exit 1
${QUIET_GIT}
eval "set -- $HOMELAB_REFERENCES"
timeout "$HOMELAB_SECONDS" git ls-remote -- "$HOMELAB_REPOSITORY" "$@"
code=$?
[ "$code" != 124 ] || echo "no answer after $HOMELAB_SECONDS seconds" >&2
exit "$code"`;

/**
 * What references of a repository mean now, for a {@link remoteKey}; the host asks, one repository after the other, each
 * in a bounded time. Answer: lines of `git ls-remote`, then `!` and its complaint where it failed, ended by NUL.
 */
export const gitRemotes: Reader<RemoteReferences> = {
  name: 'git-remotes',
  script: (keys) => `${AS_OWNER}
HOMELAB_SCRIPT=${quote(ASK)}
export HOMELAB_SCRIPT HOMELAB_PATH HOMELAB_REPOSITORY HOMELAB_SECONDS HOMELAB_REFERENCES
ask() {
  HOMELAB_REPOSITORY=$1 HOMELAB_PATH=$2 HOMELAB_SECONDS=$3 HOMELAB_REFERENCES=$4
  complaint=$(as_owner "$HOMELAB_PATH" 2>&1 >&3) || printf '!%s' "$complaint"
}
{
${keys.map((key) => `ask ${askWords(key)}; printf '\\0'`).join('\n')}
} 3>&1
true`,
  parse: ({ stdout }, keys) => {
    const answers = stdout.split('\0');
    return keys.map((_, index) => parseAnswer(answers[index] ?? ''));
  },
};

function askWords(key: string): string {
  const [repository, path, seconds, ...references] = JSON.parse(key) as [string, string, number, ...string[]];
  // A tag is asked for with what it points to, too.
  const asked = references.flatMap((name) => (name.startsWith('refs/tags/') ? [name, `${name}^{}`] : [name]));
  return quoteAll([repository, path, String(seconds), quoteAll(asked)]);
}

function parseAnswer(answer: string): RemoteReferences {
  // No line of `ls-remote` begins so.
  const at = answer.search(/^!/m);
  const commits = new Map<string, string>();
  for (const line of (at < 0 ? answer : answer.slice(0, at)).split('\n')) {
    const [commit = '', name] = line.split('\t');
    if (name === undefined || !isCommit(commit)) continue;
    if (name.endsWith('^{}')) commits.set(name.slice(0, -3), commit);
    else if (!commits.has(name)) commits.set(name, commit);
  }
  return { commits, complaint: at < 0 ? '' : answer.slice(at + 1).trim() || 'git failed without a word' };
}
