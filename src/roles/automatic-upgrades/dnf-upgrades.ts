import type { Facts } from '../../core/facts.js';
import type { RoleOutput } from '../../core/role.js';
import type { UpgradeParams } from './upgrade-params.js';

/** dnf 5 came with Fedora 41, and brought an automatic of its own. */
const FIRST_WITH_DNF5 = 41;

const AUTOMATIC = {
  dnf4: { package: 'dnf-automatic', timer: 'dnf-automatic.timer' },
  dnf5: { package: 'dnf5-plugin-automatic', timer: 'dnf5-automatic.timer' },
};

function automaticOf({ os }: Facts): (typeof AUTOMATIC)['dnf4'] {
  return os.id === 'fedora' && Number.parseInt(os.version, 10) >= FIRST_WITH_DNF5
    ? AUTOMATIC.dnf5
    : AUTOMATIC.dnf4;
}

/** What dnf is told, dnf-automatic(8) and dnf5-automatic(8), which read the same. */
export function dnfConfig({ mode, exclude, reboot_at: rebootAt }: UpgradeParams): string {
  const reboot =
    rebootAt === undefined
      ? ['reboot = never']
      : ['reboot = when-needed', `reboot_command = "shutdown -r ${rebootAt}"`];
  const sections: Readonly<Record<string, readonly string[]>> = {
    commands: [
      `upgrade_type = ${mode === 'security' ? 'security' : 'default'}`,
      'download_updates = yes',
      'apply_updates = yes',
      ...reboot,
    ],
    emitters: ['emit_via = stdio'],
    base: exclude.length === 0 ? [] : [`excludepkgs = ${exclude.join(',')}`],
  };
  return Object.entries(sections)
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => `[${name}]\n${lines.map((line) => `${line}\n`).join('')}`)
    .join('\n');
}

/** dnf-automatic on Fedora and its kin; off: it is not there. */
export function dnfUpgrades(wanted: UpgradeParams, facts: Facts): RoleOutput {
  const automatic = automaticOf(facts);
  if (wanted.mode === 'off') {
    const names = Object.values(AUTOMATIC).map((one) => one.package);
    return {
      items: [{ name: 'no automatic upgrades', kind: 'package', params: { names, state: 'absent' } }],
    };
  }
  return {
    items: [
      { name: 'package', kind: 'package', params: { names: [automatic.package] } },
      {
        name: 'what is upgraded',
        kind: 'file',
        params: { path: '/etc/dnf/automatic.conf', content: dnfConfig(wanted), mode: '0644' },
      },
      {
        name: `${automatic.timer} runs`,
        kind: 'service',
        params: { name: automatic.timer, state: 'running', enabled: true, masked: false },
      },
    ],
  };
}
