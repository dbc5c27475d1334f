import { describe, expect, test } from '@jest/globals';
import role from '../../src/roles/automatic-upgrades/role.js';
import { factsOf, type ExampleSystem } from './fact-presets.js';
import { roleItems } from './role-items.js';

const APT = '/etc/apt/apt.conf.d/60homelab-upgrades';
const DNF = '/etc/dnf/automatic.conf';

const HEAD = `APT::Periodic::Enable "1";
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
#clear Unattended-Upgrade::Allowed-Origins;
#clear Unattended-Upgrade::Origins-Pattern;
`;
const origins = (...words: readonly string[]): string =>
  words.map((word) => `Unattended-Upgrade::Origins-Pattern:: "${word}";\n`).join('');
const NO_REBOOT =
  '#clear Unattended-Upgrade::Package-Blacklist;\nUnattended-Upgrade::Automatic-Reboot "false";\n';

describe('apt is told', () => {
  test.each<readonly [string, ExampleSystem, unknown, string]>([
    [
      'security upgrades of Debian',
      'debian12',
      {},
      HEAD +
        origins(
          'origin=Debian,codename=${distro_codename},label=Debian-Security',
          'origin=Debian,codename=${distro_codename}-security,label=Debian-Security',
        ) +
        NO_REBOOT,
    ],
    [
      'security upgrades of Ubuntu',
      'ubuntu2404',
      {},
      HEAD +
        origins(
          'origin=Ubuntu,archive=${distro_codename}-security,label=Ubuntu',
          'origin=UbuntuESMApps,archive=${distro_codename}-apps-security',
          'origin=UbuntuESM,archive=${distro_codename}-infra-security',
        ) +
        NO_REBOOT,
    ],
    ['everything', 'debian13', { mode: 'all' }, HEAD + origins('origin=*') + NO_REBOOT],
    ['nothing', 'debian12', { mode: 'off' }, 'APT::Periodic::Unattended-Upgrade "0";\n'],
    [
      'what to leave out, and when to reboot',
      'debian12',
      { mode: 'all', exclude: ['libstdc++6', 'python3.11'], reboot_at: '04:30' },
      `${HEAD}${origins('origin=*')}#clear Unattended-Upgrade::Package-Blacklist;
Unattended-Upgrade::Package-Blacklist:: "libstdc\\+\\+6$";
Unattended-Upgrade::Package-Blacklist:: "python3\\.11$";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "04:30";
`,
    ],
  ])('%s', (_name, system, params, expected) => {
    expect(roleItems(role, params, { system }).file(APT)).toBe(expected);
  });

  test('Raspbian, which has no archive for security alone', () => {
    const os = { ...factsOf('debian12').os, id: 'raspbian' };
    expect(roleItems(role, {}, { facts: { os } }).file(APT)).toContain(
      '"origin=Raspbian,codename=${distro_codename},label=Raspbian"',
    );
  });

  test('no timers where there is no systemd', () => {
    const { items } = roleItems(role, { mode: 'off' }, { facts: { init: 'openrc' } });
    expect(items.map(({ kind }) => kind)).toEqual(['file']);
  });
});

describe('timers', () => {
  test.each<readonly [unknown, readonly unknown[]]>([
    [{ mode: 'off' }, [{ name: 'apt-daily-upgrade.timer', state: 'stopped', masked: true }]],
    [
      {},
      [
        { name: 'apt-daily.timer', state: 'running', enabled: true, masked: false },
        { name: 'apt-daily-upgrade.timer', state: 'running', enabled: true, masked: false },
      ],
    ],
  ])('of apt: %j', (params, expected) => {
    const { items } = roleItems(role, params);
    expect(items.filter(({ kind }) => kind === 'service').map(({ params: one }) => one)).toEqual(expected);
  });
});

describe('dnf', () => {
  test.each<readonly [string, string, string, string]>([
    ['fedora', '40', 'dnf-automatic', 'dnf-automatic.timer'],
    ['fedora', '41', 'dnf5-plugin-automatic', 'dnf5-automatic.timer'],
    ['rocky', '9.4', 'dnf-automatic', 'dnf-automatic.timer'],
  ])('of %s %s', (id, version, name, timer) => {
    const os = { ...factsOf('fedora').os, id, version };
    const answer = roleItems(role, {}, { system: 'fedora', facts: { os } });
    expect(answer.params('package')).toEqual({ names: [name] });
    expect(answer.params(`${timer} runs`)).toMatchObject({ name: timer, state: 'running', enabled: true });
  });

  test.each<readonly [unknown, string]>([
    [
      {},
      '[commands]\nupgrade_type = security\ndownload_updates = yes\napply_updates = yes\nreboot = never\n\n[emitters]\nemit_via = stdio\n',
    ],
    [
      { mode: 'all', exclude: ['kernel', 'gcc-c++'], reboot_at: '04:30' },
      '[commands]\nupgrade_type = default\ndownload_updates = yes\napply_updates = yes\nreboot = when-needed\nreboot_command = "shutdown -r 04:30"\n\n[emitters]\nemit_via = stdio\n\n[base]\nexcludepkgs = kernel,gcc-c++\n',
    ],
  ])('is told %j', (params, expected) => {
    expect(roleItems(role, params, { system: 'fedora' }).file(DNF)).toBe(expected);
  });

  test('off: what would upgrade is not there', () => {
    expect(roleItems(role, { mode: 'off' }, { system: 'fedora' }).items.map(({ params }) => params)).toEqual([
      { names: ['dnf-automatic', 'dnf5-plugin-automatic'], state: 'absent' },
    ]);
  });
});

test.each<readonly [ExampleSystem, string]>([
  ['alpine', 'Alpine Linux v3.21 has nothing that upgrades by itself'],
  ['nixos', 'NixOS is told by `system.autoUpgrade` of its configuration'],
])('not for %s', (system, reason) => {
  expect(role.refuses?.(factsOf(system))).toBe(reason);
});

test.each<readonly [string, unknown]>([
  ['a time that is none', { reboot_at: '24:00' }],
  ['a package with more behind it', { exclude: ['a"; DPkg::Pre-Invoke {"x'] }],
  ['an option as a package', { exclude: ['-x'] }],
])('refuses %s', (_name, params) => {
  expect(role.params.safeParse(params).success).toBe(false);
});
