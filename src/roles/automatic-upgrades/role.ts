import { defineRole } from '../../core/role.js';
import { aptUpgrades } from './apt-upgrades.js';
import { dnfUpgrades } from './dnf-upgrades.js';
import { upgradeParams } from './upgrade-params.js';

/** Upgrades that the machine installs by itself. */
export default defineRole({
  summary: 'The machine installs security upgrades by itself, or all, or none',
  params: upgradeParams,
  examples: [
    {},
    { mode: 'off' },
    { mode: 'all', exclude: ['docker-ce', 'linux-image-amd64'], reboot_at: '04:30' },
  ],
  refuses: ({ os, package_manager: manager }) => {
    if (manager === 'apt' || manager === 'dnf') return undefined;
    if (os.family === 'nixos') return 'NixOS is told by `system.autoUpgrade` of its configuration';
    return `${os.name} has nothing that upgrades by itself`;
  },
  items: (wanted, { facts }) =>
    facts.package_manager === 'apt' ? aptUpgrades(wanted, facts) : dnfUpgrades(wanted, facts),
});
