import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';
import type { HardeningParams } from './hardening-params.js';
import { kernelSettings } from './kernel-settings.js';

/** After the file of Debian that protects links, which would win at boot. */
const SYSCTL_FILE = '/etc/sysctl.d/99-zz-homelab-hardening.conf';

/**
 * Old protocols that any program can have loaded by opening a socket, file systems that a medium could bring, and ways into
 * the memory from outside. Not squashfs (snaps), vfat (EFI) and usb-storage (a Pi's disk).
 */
const MODULES = [
  'dccp',
  'sctp',
  'rds',
  'tipc',
  'cramfs',
  'freevxfs',
  'jffs2',
  'hfs',
  'hfsplus',
  'udf',
  'firewire-ohci',
  'firewire-sbp2',
];

/** Settings of the kernel; what this one, or a container, does not have is left out. */
export function kernelItems(wanted: HardeningParams, facts: Facts): RoleItem[] {
  return [
    {
      name: 'settings of the kernel',
      kind: 'sysctl',
      params: { settings: kernelSettings(wanted, facts), file: SYSCTL_FILE, ignore_missing: true },
    },
  ];
}

/** Dashes and underscores are the same. */
function spelled(name: string): string {
  return name.replaceAll('-', '_');
}

/** modprobe.d(5). A module that is loaded stays until the next boot. */
export function moduleItems({ block_modules: more, keep_modules: kept }: HardeningParams): RoleItem[] {
  const isKept = (name: string): boolean => kept.some((one) => spelled(one) === spelled(name));
  const names = [...MODULES, ...more].filter((name) => !isKept(name));
  const unique = names.filter(
    (name, index) => names.findIndex((one) => spelled(one) === spelled(name)) === index,
  );
  const lines = unique.map((name) => `blacklist ${name}\ninstall ${name} /bin/false\n`);
  return [
    {
      // The package that brings it is not in every container.
      name: 'folder for kernel modules',
      kind: 'directory',
      params: { path: '/etc/modprobe.d' },
    },
    {
      name: 'kernel modules that are not loaded',
      kind: 'file',
      params: {
        path: '/etc/modprobe.d/homelab-hardening.conf',
        content: `# Kept by homelab: changes by hand are overwritten.\n${lines.join('')}`,
        mode: '0644',
      },
    },
  ];
}
