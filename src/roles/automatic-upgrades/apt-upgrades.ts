import type { Facts } from '../../core/facts.js';
import type { RoleItem, RoleOutput } from '../../core/role.js';
import type { UpgradeParams } from './upgrade-params.js';

/** Read after what the packages bring (20auto-upgrades, 50unattended-upgrades), apt.conf(5). */
const CONFIG = '/etc/apt/apt.conf.d/60homelab-upgrades';

/** Where security upgrades come from, as unattended-upgrade(8) tells archives apart. */
const SECURITY_ORIGINS: Readonly<Record<string, readonly string[]>> = {
  debian: [
    'origin=Debian,codename=${distro_codename},label=Debian-Security',
    'origin=Debian,codename=${distro_codename}-security,label=Debian-Security',
  ],
  ubuntu: [
    'origin=Ubuntu,archive=${distro_codename}-security,label=Ubuntu',
    'origin=UbuntuESMApps,archive=${distro_codename}-apps-security',
    'origin=UbuntuESM,archive=${distro_codename}-infra-security',
  ],
  // It has no archive of its own for them.
  raspbian: ['origin=Raspbian,codename=${distro_codename},label=Raspbian'],
};

function originsOf({ mode }: UpgradeParams, { os }: Facts): readonly string[] {
  if (mode === 'all') return ['origin=*'];
  return SECURITY_ORIGINS[os.id] ?? SECURITY_ORIGINS['debian'] ?? [];
}

/** What apt is told, apt.conf(5). What the packages' own files say of origins goes: lists would add up. */
export function aptConfig(wanted: UpgradeParams, facts: Facts): string {
  const { mode, exclude, reboot_at: rebootAt } = wanted;
  if (mode === 'off') return lines(['APT::Periodic::Unattended-Upgrade "0";']);
  return lines([
    'APT::Periodic::Enable "1";',
    'APT::Periodic::Update-Package-Lists "1";',
    'APT::Periodic::Unattended-Upgrade "1";',
    '#clear Unattended-Upgrade::Allowed-Origins;',
    '#clear Unattended-Upgrade::Origins-Pattern;',
    ...list('Unattended-Upgrade::Origins-Pattern', originsOf(wanted, facts)),
    '#clear Unattended-Upgrade::Package-Blacklist;',
    // Regular expressions, held against the beginning of a name.
    ...list(
      'Unattended-Upgrade::Package-Blacklist',
      exclude.map((name) => `${name.replaceAll(/[.+]/g, '\\$&')}$`),
    ),
    ...(rebootAt === undefined
      ? ['Unattended-Upgrade::Automatic-Reboot "false";']
      : [
          'Unattended-Upgrade::Automatic-Reboot "true";',
          `Unattended-Upgrade::Automatic-Reboot-Time "${rebootAt}";`,
        ]),
  ]);
}

function list(name: string, values: readonly string[]): string[] {
  return values.map((value) => `${name}:: "${value}";`);
}

function lines(some: readonly string[]): string {
  return some.map((line) => `${line}\n`).join('');
}

/** unattended-upgrades on Debian and its kin; off: its timer is masked, so that nothing starts it. */
export function aptUpgrades(wanted: UpgradeParams, facts: Facts): RoleOutput {
  const isOff = wanted.mode === 'off';
  const timer = (name: string, params: Readonly<Record<string, unknown>>): RoleItem => ({
    name: `${name} ${isOff ? 'is off' : 'runs'}`,
    kind: 'service',
    params: { name, ...params },
  });
  const running = { state: 'running', enabled: true, masked: false };
  const timers = isOff
    ? [timer('apt-daily-upgrade.timer', { state: 'stopped', masked: true })]
    : [timer('apt-daily.timer', running), timer('apt-daily-upgrade.timer', running)];
  return {
    items: [
      ...(isOff ? [] : [{ name: 'package', kind: 'package', params: { names: ['unattended-upgrades'] } }]),
      {
        name: 'what is upgraded',
        kind: 'file',
        params: {
          path: CONFIG,
          content: aptConfig(wanted, facts),
          mode: '0644',
          // A mistake in it would stop apt altogether.
          validate: ['apt-config', '-c={{candidate}}', 'dump'],
        },
      },
      // Without systemd cron starts the same, and asks the same settings.
      ...(facts.init === 'systemd' ? timers : []),
    ],
  };
}
