import { HomelabError } from '../../../core/errors.js';
import type { Facts } from '../../../core/facts.js';
import type { WantedPackage } from '../package-name.js';
import { apk } from './apk.js';
import { apt } from './apt.js';
import { dnf } from './dnf.js';
import type { PackageManager } from './manager.js';
import { pacman } from './pacman.js';
import { zypper } from './zypper.js';

const MANAGERS = [apt, dnf, apk, pacman, zypper];

/**
 * The package manager of a host, for `wanted`.
 * @throws HomelabError `task/unsupported` where homelab does not know it; `task/bad-package-name` where it has no such names
 */
export function managerFor(facts: Facts, wanted: readonly WantedPackage[]): PackageManager {
  const { package_manager: name } = facts;
  const manager = knownManager(facts);
  if (manager === undefined) throw unsupported(name);
  for (const one of wanted) {
    const isGood =
      manager.namePattern.test(one.name) &&
      (one.version === undefined || manager.versionPattern.test(one.version));
    if (!isGood) throw badName(one, name);
  }
  return manager;
}

/** The package manager of a host; undefined where homelab does not know it. */
export function knownManager({ package_manager: name }: Facts): PackageManager | undefined {
  return MANAGERS.find((one) => one.name === name);
}

function unsupported(name: string): HomelabError {
  const known = MANAGERS.map((manager) => manager.name).join(', ');
  return new HomelabError({
    code: 'task/unsupported',
    message: `packages are kept with ${known}, and this host has ${name}`,
    hint: `Leave the item out here with \`when: { package_manager: [${known}] }\`.`,
  });
}

function badName({ name, version }: WantedPackage, manager: string): HomelabError {
  return new HomelabError({
    code: 'task/bad-package-name',
    message: `${version === undefined ? name : `${name}=${version}`} is no package in the words of ${manager}`,
    hint: 'Give each system its own names, with `when: { package_manager: … }`.',
  });
}
