import { runStep, type Step } from '../../../core/step.js';
import { apkOffers, apkUpgrades } from '../../../probes/package-candidates-apk.js';
import { packageListsAt } from '../../../probes/package-lists.js';
import { apkPackages } from '../../../probes/packages-apk.js';
import { apkRemovals } from '../../../probes/package-removals.js';
import type { PackageManager, PackageWork } from './manager.js';

/** Where apk keeps fetched lists unless `/etc/apk/cache` says otherwise, apk-cache(5). */
const LISTS = '/var/cache/apk';

/** Asks nothing unless on a terminal; waits up to five minutes for another apk. */
const APK = ['apk', '--wait', '300', '-q'];

/**
 * Fetches the lists of all repositories and marks them as fresh by the time of their folder: the times of the lists
 * themselves are the server's, by which apk asks for newer ones. Local repositories leave no lists.
 */
function fetchLists(): Step[] {
  return [runStep([...APK, 'update']), runStep(['touch', '--', LISTS])];
}

/**
 * `name=version` becomes a constraint of /etc/apk/world, so that a later `apk upgrade` keeps the pin; a name alone takes
 * such a constraint back. `--upgrade` without a pin prefers the newest of the named packages only.
 */
function change({ install, upgrade }: PackageWork): Step[] {
  const names = install.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`));
  return [
    ...(names.length === 0 ? [] : [runStep([...APK, 'add', '--', ...names])]),
    ...(upgrade.length === 0
      ? []
      : [runStep([...APK, 'add', '--upgrade', '--', ...upgrade.map(({ name }) => name)])]),
  ];
}

/** Alpine. Names and versions: apk-package(5). */
export const apk: PackageManager = {
  name: 'apk',
  namePattern: /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/,
  versionPattern: /^\d[0-9a-z._~]*(?:-r\d+)?$/,
  installed: apkPackages,
  offers: apkOffers,
  upgrades: apkUpgrades,
  lists: { age: packageListsAt('package-lists-apk', [LISTS]), fetch: fetchLists },
  isVersion: (version, pin) => version === pin,
  change,
  /** What another package needs stays: apk then only forgets that it was asked for. */
  remove: (gone) => [runStep([...APK, 'del', '--', ...gone.map(({ name }) => name)])],
  removals: apkRemovals,
  /** `installed` does not look into /etc/apk/world, where apk notes what was asked for. */
  keep: undefined,
  repair: undefined,
  release: (name) => `with \`apk add ${name}\``,
};
