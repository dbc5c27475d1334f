import type { PackageUpgrade } from '../../core/drain.js';
import { quoteAll } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import { aptObstacles } from './apt-obstacles.js';
import { aptPending } from './apt-pending.js';
import { chooseScript } from './apt-scope.js';
import type { UpgradeScope, UpgradeSystem } from './upgrade-system.js';

/**
 * Never asks: not debconf, not needrestart, not apt-listchanges, not ucf. What waits for a lock waits for five minutes; the
 * lock of the lists, and dpkg by itself, do not wait: that is done for them, by proc_locks(5).
 */
const BEGIN = `${SET_PATH}
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none UCF_FORCE_CONFFOLD=1
umask 022
h_apt() {
  apt-get -y -q -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef \\
    -o Dpkg::Options::=--force-confold -o APT::Get::AutomaticRemove=false -o Acquire::Retries=3 "$@"
}
h_await() {
  h_tries=0
  while [ "$h_tries" -lt 150 ] && h_inode=$(stat -c %i "$1" 2>/dev/null) && grep -q ":$h_inode " /proc/locks 2>/dev/null; do
    sleep 2
    h_tries=$((h_tries + 1))
  done
}`;

/** Ends what a run began that was cut off. A package that fails here may be one that the upgrade mends. */
const FINISH = `h_await /var/lib/dpkg/lock-frontend
h_await /var/lib/dpkg/lock
if [ -n "$(dpkg --audit 2>/dev/null)" ] || ls /var/lib/dpkg/updates 2>/dev/null | grep -q '^[0-9]'; then
  dpkg --configure -a --force-confdef --force-confold || :
  h_apt -f install || :
fi`;

function upgradeScript(scope: UpgradeScope): string {
  return `${BEGIN}
${FINISH}
h_await /var/lib/apt/lists/lock
h_apt update -o APT::Update::Error-Mode=any || exit
${chooseScript(scope, 'h_apt -s')}
[ -n "$h_choice" ] || { echo 'Nothing to upgrade.'; exit 0; }
h_apt --download-only $h_choice || exit
h_apt $h_choice`;
}

/**
 * All of them or none: from the package files that apt still has, else from its lists. In a file name a colon is `%3a`. They are held
 * then: the next upgrade would bring back what has just failed.
 */
function rollbackScript(packages: readonly PackageUpgrade[]): string {
  const pairs = packages.map(({ name, from }) => `${name}=${from}`);
  return `${BEGIN}
${FINISH}
set -- ${quoteAll(pairs)}
h_count=$#
for h_pair in "$@"; do
  h_name=\${h_pair%%=*} h_version=\${h_pair#*=}
  h_coded=$(printf '%s' "$h_version" | sed 's/:/%3a/g')
  h_found=
  for h_file in "/var/cache/apt/archives/\${h_name%%:*}_\${h_coded}_"*.deb; do
    if [ -f "$h_file" ]; then h_found=$h_file; fi
  done
  if [ -z "$h_found" ] && apt-cache madison "$h_name" 2>/dev/null | cut -d '|' -f 2 | tr -d ' ' | grep -Fqx -- "$h_version"; then
    h_found=$h_pair
  fi
  [ -n "$h_found" ] || { printf 'There is no package of %s any more\\n' "$h_pair" >&2; exit 1; }
  set -- "$@" "$h_found"
done
shift "$h_count"
h_apt --download-only --allow-downgrades --no-remove install "$@" || exit
h_apt --allow-downgrades --no-remove install "$@" || exit
apt-mark hold -- ${quoteAll(packages.map(({ name }) => name))}`;
}

/** Debian, Ubuntu, Proxmox and their like, apt-get(8). What is held stays as it is; nothing is removed as not needed any more. */
export const apt: UpgradeSystem = {
  manager: 'apt',
  pending: aptPending,
  obstacles: aptObstacles,
  upgradeScript: (_facts, scope) => upgradeScript(scope),
  rollbackScript: (_facts, packages) => rollbackScript(packages),
};
