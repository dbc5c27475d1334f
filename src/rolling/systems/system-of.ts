import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import { apk } from './apk.js';
import { apt } from './apt.js';
import { dnf } from './dnf.js';
import { nix } from './nix.js';
import { pacman } from './pacman.js';
import type { UpgradeSystem } from './upgrade-system.js';

const SYSTEMS: readonly UpgradeSystem[] = [apt, dnf, apk, pacman, nix];

/** How a host is upgraded. @throws HomelabError `rolling/unknown-system` where homelab does not know */
export function systemOf({ os, package_manager: manager }: Facts): UpgradeSystem {
  const known = SYSTEMS.find((system) => system.manager === manager);
  // Nix is on other systems too, and then does not keep them.
  if (known !== undefined && (manager !== 'nix' || os.id === 'nixos')) return known;
  throw new HomelabError({
    code: 'rolling/unknown-system',
    message: `homelab does not know how to upgrade ${os.name === '' ? 'this system' : os.name} (${manager})`,
    hint: `It upgrades with ${SYSTEMS.map((system) => system.manager).join(', ')}. Leave the host out with \`!NAME\`, and upgrade it by hand.`,
  });
}
