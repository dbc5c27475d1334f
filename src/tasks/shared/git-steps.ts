import { AS_OWNER, QUIET_GIT } from '../../probes/as-owner.js';
import { STAGING_FUNCTIONS } from './staging.js';

/**
 * Within a work tree whose `origin` is set: fetches `$HOMELAB_COMMIT`, unless it is there, and checks it out.
 * A mark stays in the git directory while files are being replaced. Where a run was killed at that, the next one knows
 * that what differs is its own doing, and finishes it. Commits that nothing else would hold get a reference.
 */
const CHECK_OUT = `fail() { printf '%s\\n' "$1" >&2; exit 1; }
fetch() { timeout "$HOMELAB_SECONDS" git fetch --quiet "$@" || fail "git fetch failed with exit code $?"; }
is_there() { git cat-file -e "$HOMELAB_COMMIT^{commit}" 2>/dev/null; }
changed_files() { git status --porcelain --untracked-files=no; }
if ! is_there; then
  case $HOMELAB_REFERENCE in
    '')
      fetch --tags origin '+refs/heads/*:refs/remotes/origin/*'
      is_there || fetch origin "$HOMELAB_COMMIT"
      ;;
    refs/heads/*) fetch origin "+$HOMELAB_REFERENCE:refs/remotes/origin/\${HOMELAB_REFERENCE#refs/heads/}" ;;
    refs/tags/*) fetch --no-tags origin "+$HOMELAB_REFERENCE:$HOMELAB_REFERENCE" ;;
    *) fetch origin "$HOMELAB_REFERENCE" ;;
  esac
  is_there || fail "$HOMELAB_COMMIT is not to be had: the repository has moved on meanwhile, or never had it"
fi
top=$(git rev-parse --git-dir) || exit 1
mark=$top/homelab-checkout
force=$HOMELAB_FORCE
if [ -e "$mark" ]; then
  rm -f "$top/index.lock"
  force=yes
elif [ "$force" = no ] && [ -n "$(changed_files)" ]; then
  fail 'it has local changes'
fi
head=$(git rev-parse --verify --quiet HEAD)
if [ -n "$head" ] && [ -z "$(git for-each-ref --count=1 --contains "$head")" ]; then
  git update-ref "refs/homelab/$head" "$head" || exit 1
fi
printf '%s\\n' "$HOMELAB_COMMIT" >"$mark" || exit 1
set -- --quiet --detach
if [ "$force" = yes ]; then set -- "$@" --force; fi
if ! git checkout "$@" "$HOMELAB_COMMIT" --; then
  # Git refused before it began; otherwise the mark tells the next run.
  if [ "$force" = no ] && [ -z "$(changed_files)" ]; then rm -f "$mark"; fi
  exit 1
fi
rm -f "$mark"`;

/** In the work tree `$HOMELAB_TREE`. */
const UPDATE = `cd -- "$HOMELAB_TREE" || exit 1
${QUIET_GIT}
if [ "$(git config --get remote.origin.url)" != "$HOMELAB_REPOSITORY" ]; then
  git config remote.origin.url "$HOMELAB_REPOSITORY" || exit 1
fi
if [ -z "$(git config --get remote.origin.fetch)" ]; then
  git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*' || exit 1
fi
${CHECK_OUT}`;

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Brings a work tree to a commit: `PATH REPOSITORY REFERENCE COMMIT FORCE SECONDS`. A new one is made beside its place and
 * renamed; one that is there is brought forward by its owner.
 */
export const BRING_FORWARD = `${STAGING_FUNCTIONS}
${AS_OWNER}
HOMELAB_PATH=$1 HOMELAB_TREE=$1 HOMELAB_REPOSITORY=$2 HOMELAB_REFERENCE=$3 HOMELAB_COMMIT=$4 HOMELAB_FORCE=$5 HOMELAB_SECONDS=$6
HOMELAB_SCRIPT=${quoted(UPDATE)}
export HOMELAB_PATH HOMELAB_TREE HOMELAB_REPOSITORY HOMELAB_REFERENCE HOMELAB_COMMIT HOMELAB_FORCE HOMELAB_SECONDS
export HOMELAB_SCRIPT
if [ -e "$1/.git" ]; then as_owner "$1"; exit; fi
if [ -L "$1" ] || { [ -e "$1" ] && { [ ! -d "$1" ] || [ -n "$(ls -A -- "$1")" ]; }; }; then
  fail "$1 is there and is no work tree of git"
fi
mkdir -p -- "\${1%/*}/" || exit 1
make_staging "\${1%/*}/"
HOMELAB_TREE=$staging/tree
HOMELAB_PATH=$HOMELAB_TREE
git init --quiet "$HOMELAB_TREE" >/dev/null 2>&1 || fail 'git init failed'
sh -c "$HOMELAB_SCRIPT" || exit 1
sync -f "$HOMELAB_TREE" 2>/dev/null || sync
if [ -d "$1" ]; then rmdir -- "$1" || exit 1; fi
mv -- "$HOMELAB_TREE" "$1"`;
