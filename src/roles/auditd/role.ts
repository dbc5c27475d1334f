import type { Facts } from '../../core/facts.js';
import { defineRole, type RoleItem } from '../../core/role.js';
import { auditParams, type AuditParams } from './audit-params.js';
import { auditRules } from './audit-rules.js';

const LOAD = 'load the rules';
const RELOAD = 'read the settings again';
const RULES = '/etc/audit/rules.d';

const PACKAGES: Readonly<Record<string, string>> = { debian: 'auditd', redhat: 'audit' };

function settingItem(key: string, value: string | number): RoleItem {
  return {
    name: `setting ${key}`,
    kind: 'setting',
    params: { path: '/etc/audit/auditd.conf', key, value, separator: ' = ' },
    onChange: [RELOAD],
  };
}

function auditItems(wanted: AuditParams, facts: Facts): RoleItem[] {
  return [
    { name: 'package', kind: 'package', params: { names: [PACKAGES[facts.os.family] ?? 'auditd'] } },
    settingItem('max_log_file', wanted.log_size_mib),
    settingItem('num_logs', wanted.logs),
    settingItem('max_log_file_action', 'ROTATE'),
    {
      name: 'rules',
      kind: 'file',
      params: {
        path: `${RULES}/50-homelab.rules`,
        content: auditRules({
          arch: facts.arch,
          hasSshd: facts.openssh_version !== '',
          watch: wanted.watch,
        }),
        mode: '0640',
      },
      onChange: [LOAD],
    },
    {
      name: 'end of the rules',
      kind: 'file',
      params: wanted.immutable
        ? { path: `${RULES}/99-homelab-end.rules`, content: '-e 2\n', mode: '0640' }
        : { path: `${RULES}/99-homelab-end.rules`, state: 'absent' },
      onChange: [LOAD],
    },
    { name: 'service', kind: 'service', params: { name: 'auditd', state: 'running', enabled: true } },
  ];
}

const ACTIONS: Readonly<Record<string, RoleItem>> = {
  [LOAD]: {
    name: 'load',
    kind: 'command',
    // Where nobody may change them, the next boot loads them.
    params: { shell: "auditctl -s | grep -q '^enabled 2' || augenrules --load", always: true },
  },
  [RELOAD]: {
    name: 'reload',
    kind: 'command',
    // Its unit can be neither restarted nor reloaded everywhere: auditd(8) listens to SIGHUP.
    params: { shell: 'kill -HUP "$(cat /run/auditd.pid)"', always: true },
  },
};

/** The kernel's notes of who changed what matters, kept by auditd. */
export default defineRole({
  summary:
    'Who changes accounts, sudoers, sshd, the clock, kernel modules, or acts as root, is noted down (auditd)',
  params: auditParams,
  examples: [
    {},
    { watch: [{ path: '/srv/secrets', key: 'secrets' }], log_size_mib: 32 },
    { immutable: true },
  ],
  refuses: ({ os }) => {
    if (os.family === 'nixos') return 'NixOS is told by `security.auditd` of its configuration';
    return Object.hasOwn(PACKAGES, os.family) ? undefined : `how ${os.name} keeps auditd is not known`;
  },
  items: (wanted, { facts }) => {
    // There is one audit for the kernel, and it belongs to the machine that the container runs on.
    if (facts.container !== '') return { items: [] };
    return { items: auditItems(wanted, facts), actions: ACTIONS };
  },
});
