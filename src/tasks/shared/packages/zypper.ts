import type { Command } from '../../../core/command.js';
import { runStep, type Step } from '../../../core/step.js';
import { zypperOffers, zypperUpgrades } from '../../../probes/package-candidates-zypper.js';
import { packageListsAt } from '../../../probes/package-lists.js';
import { rpmPackages } from '../../../probes/packages-rpm.js';
import { zypperRemovals } from '../../../probes/package-removals.js';
import type { PackageManager, PackageWork } from './manager.js';
import { isRpmVersion, RPM_NAME, RPM_VERSION } from './rpm-version.js';

const LISTS = ['/var/cache/zypp/raw/*/repodata/repomd.xml'];

/**
 * Waits up to five minutes for another zypper. 102 and 103 say that it was done and that a reboot or another run of
 * zypper is advised, zypper(8), "EXIT CODES".
 */
const OPTIONS: Omit<Command, 'argv'> = { env: { ZYPP_LOCK_TIMEOUT: '300' }, successCodes: [0, 102, 103] };

function runZypper(...words: readonly string[]): Step {
  return runStep(['zypper', '--non-interactive', '-q', ...words], OPTIONS);
}

/** Fetches the lists of all repositories and marks them as fresh: zypper leaves alone what is not new. */
function fetchLists(): Step[] {
  return [runZypper('refresh'), runStep(['sh', '-c', `chmod u+r ${LISTS.join(' ')} 2>/dev/null; true`])];
}

/** `install` also brings an installed package to the newest version that is offered; a pin may go back. */
function change({ install, upgrade, isBare }: PackageWork): Step[] {
  const all = [...install, ...upgrade];
  const downgrade = all.some(({ version }) => version !== undefined) ? ['--oldpackage'] : [];
  const names = all.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`));
  return [
    runZypper(
      'install',
      '--auto-agree-with-licenses',
      ...(isBare ? ['--no-recommends'] : []),
      ...downgrade,
      '--',
      ...names,
    ),
  ];
}

/** openSUSE and SUSE. */
export const zypper: PackageManager = {
  name: 'zypper',
  namePattern: RPM_NAME,
  versionPattern: RPM_VERSION,
  installed: rpmPackages,
  offers: zypperOffers,
  upgrades: zypperUpgrades,
  lists: { age: packageListsAt('package-lists-zypper', LISTS), fetch: fetchLists },
  isVersion: isRpmVersion,
  change,
  remove: (gone) => [runZypper('remove', '--', ...gone.map(({ name }) => name))],
  removals: zypperRemovals,
  /** zypper has no word for it, and removes what nobody needs only where it is asked to (`--clean-deps`). */
  keep: undefined,
  repair: undefined,
  release: (name) => `with \`zypper removelock ${name}\``,
};
