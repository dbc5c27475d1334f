import { runStep, type Step } from '../../../core/step.js';
import { aptLists } from '../../../probes/apt-lists.js';
import { aptOffers, aptUpgrades } from '../../../probes/package-candidates.js';
import { packages } from '../../../probes/packages.js';
import type { WantedPackage } from '../package-name.js';
import { aptRemovals } from '../../../probes/package-removals.js';
import type { PackageManager, PackageWork } from './manager.js';

/** Never asks: not debconf, not needrestart, not apt-listchanges. */
const ENV = {
  DEBIAN_FRONTEND: 'noninteractive',
  NEEDRESTART_SUSPEND: '1',
  APT_LISTCHANGES_FRONTEND: 'none',
};

/** Waits for another apt, and keeps configuration files that somebody changed. */
const OPTIONS = [
  '-y',
  '-q',
  '-o',
  'DPkg::Lock::Timeout=300',
  '-o',
  'Dpkg::Options::=--force-confdef',
  '-o',
  'Dpkg::Options::=--force-confold',
];

/**
 * Waits up to five minutes for whoever holds the lock of the package lists: `DPkg::Lock::Timeout` does not speak of
 * that one. The kernel says who holds a lock in proc_locks(5), by inode.
 */
export const WAIT_FOR_LISTS = `tries=0
while [ "$tries" -lt 150 ] && inode=$(stat -c %i /var/lib/apt/lists/lock 2>/dev/null) &&
  grep -q ":$inode " /proc/locks 2>/dev/null; do
  sleep 2
  tries=$((tries + 1))
done`;

/** Fetches the package lists anew and marks them as fresh: apt leaves the time alone where nothing was new. */
function fetchLists(): Step[] {
  return [
    runStep(['sh', '-c', WAIT_FOR_LISTS]),
    runStep(['apt-get', 'update', '-q', '-o', 'Acquire::Retries=3'], { env: ENV }),
    runStep(['touch', '--', '/var/lib/apt/lists']),
  ];
}

/**
 * Installs and upgrades everything with one apt-get. It refuses to remove anything for their sake: the plan did not say
 * so.
 */
function change({ install, upgrade, isBare }: PackageWork): Step[] {
  const all = [...install, ...upgrade];
  const downgrade = all.some(({ version }) => version !== undefined) ? ['--allow-downgrades'] : [];
  const more = [...(isBare ? ['--no-install-recommends'] : []), ...downgrade];
  return [
    runStep(['apt-get', 'install', ...OPTIONS, '--no-remove', ...more, '--', ...all.map(aptName)], {
      env: ENV,
    }),
  ];
}

/**
 * The package as apt-get(8) is to take it. A name with a dot that no list has would be tried as a regular expression
 * that matches anywhere; one that is closed at both ends can match only itself.
 */
function aptName({ name, version }: WantedPackage): string {
  if (version !== undefined) return `${name}=${version}`;
  return name.includes('.') && !name.includes(':') ? `^${name.replaceAll(/[.+]/g, '\\$&')}$` : name;
}

/** Debian and Ubuntu. Names and versions: Debian policy 5.6.1, 5.6.12. */
export const apt: PackageManager = {
  name: 'apt',
  namePattern: /^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?$/,
  versionPattern: /^[0-9A-Za-z.+~:-]+$/,
  installed: packages,
  offers: aptOffers,
  upgrades: aptUpgrades,
  lists: { age: aptLists, fetch: fetchLists },
  isVersion: (version, pin) => version === pin,
  change,
  /** Their configuration stays. */
  remove: (gone) => [
    runStep(['apt-get', 'remove', ...OPTIONS, '--', ...gone.map(({ name }) => name)], { env: ENV }),
  ],
  removals: aptRemovals,
  keep: (kept) => [runStep(['apt-mark', '-q', 'manual', '--', ...kept.map(({ name }) => name)])],
  repair: () => [runStep(['dpkg', '--configure', '-a', '--force-confdef', '--force-confold'], { env: ENV })],
  release: (name) => `with \`apt-mark unhold ${name}\``,
};
