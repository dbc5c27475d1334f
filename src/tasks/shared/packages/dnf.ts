import { runStep, type Step } from '../../../core/step.js';
import { dnfOffers, dnfUpgrades } from '../../../probes/package-candidates-dnf.js';
import { packageListsAt } from '../../../probes/package-lists.js';
import { rpmPackages } from '../../../probes/packages-rpm.js';
import type { WantedPackage } from '../package-name.js';
import { dnfRemovals } from '../../../probes/package-removals.js';
import type { PackageManager, PackageWork } from './manager.js';
import { isRpmVersion, RPM_NAME, RPM_VERSION } from './rpm-version.js';

/** Of dnf 4 and dnf 5. */
const LISTS = ['/var/cache/dnf/*/repodata/repomd.xml', '/var/cache/libdnf5/*/repodata/repomd.xml'];

/**
 * Fetches the lists of all repositories and marks them as fresh: dnf leaves alone what is not new. A mode that is set
 * again changes nothing but the time of change.
 */
function fetchLists(): Step[] {
  return [
    runStep(['dnf', '-y', '-q', 'makecache', '--refresh']),
    runStep(['sh', '-c', `chmod u+r ${LISTS.join(' ')} 2>/dev/null; true`]),
  ];
}

/**
 * `install` leaves an installed package as it is unless it is pinned, and then also goes back to an older version;
 * `upgrade` with `--best` fails rather than take less than the newest. dnf waits for another dnf, and version 5 knows no
 * `--`; no name begins with a dash.
 */
function change({ install, upgrade, isBare }: PackageWork): Step[] {
  const dnf = ['dnf', '-y', '-q', ...(isBare ? ['--setopt=install_weak_deps=False'] : [])];
  return [
    ...(install.length === 0 ? [] : [runStep([...dnf, 'install', ...install.map(dnfName)])]),
    ...(upgrade.length === 0 ? [] : [runStep([...dnf, '--best', 'upgrade', ...upgrade.map(dnfName)])]),
  ];
}

/** `name-version.arch`, dnf(8), "Specifying packages". */
function dnfName({ name, version }: WantedPackage): string {
  if (version === undefined) return name;
  const [, bare = name, architecture = ''] =
    /^(.+?)(\.(?:noarch|x86_64|i[3-6]86|aarch64|armv\dhl|ppc64le|s390x|riscv64))$/.exec(name) ?? [];
  // Without a release a name with an architecture would be read as `name-version.release`.
  return `${bare}-${version}${version.includes('-') ? architecture : ''}`;
}

/** Fedora and Red Hat's family, dnf 4 and 5. */
export const dnf: PackageManager = {
  name: 'dnf',
  namePattern: RPM_NAME,
  versionPattern: RPM_VERSION,
  installed: rpmPackages,
  offers: dnfOffers,
  upgrades: dnfUpgrades,
  lists: { age: packageListsAt('package-lists-dnf', LISTS), fetch: fetchLists },
  isVersion: isRpmVersion,
  change,
  remove: (gone) => [runStep(['dnf', '-y', '-q', 'remove', ...gone.map(({ name }) => name)])],
  removals: dnfRemovals,
  /** dnf 4 has the reasons in a database that only it reads, which takes it a second. */
  keep: undefined,
  repair: undefined,
  release: (name) => `with \`dnf versionlock delete ${name}\``,
};
