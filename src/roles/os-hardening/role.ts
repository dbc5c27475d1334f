import { defineRole, type RoleContext, type RoleItem } from '../../core/role.js';
import { bannerItems, fileItems, mountItems } from './file-items.js';
import { hardeningParams, type HardeningParams } from './hardening-params.js';
import { kernelItems, moduleItems } from './kernel-items.js';
import { coreDumpItems, idleItems, loginItems, passwordItems } from './login-items.js';
import { packageItems, serviceItems } from './unneeded.js';

function itemsOf(wanted: HardeningParams, context: RoleContext): RoleItem[] {
  const { facts } = context;
  // Without PAM and login.defs nobody would read what is written there.
  const hasPam = facts.os.family !== 'alpine';
  return [
    ...(wanted.packages ? packageItems(wanted, context) : []),
    ...(wanted.services ? serviceItems(wanted, context) : []),
    ...(wanted.logins && hasPam ? loginItems(wanted, facts) : []),
    ...(wanted.passwords && hasPam ? passwordItems(wanted, facts) : []),
    ...(wanted.core_dumps ? [] : coreDumpItems(facts)),
    ...(wanted.idle_minutes === 0 ? [] : idleItems(wanted.idle_minutes)),
    ...(wanted.files ? fileItems(facts) : []),
    ...(wanted.modules ? moduleItems(wanted) : []),
    ...(wanted.kernel ? kernelItems(wanted, facts) : []),
    ...(wanted.mounts ? mountItems(wanted, facts) : []),
    ...(wanted.banner === false ? [] : bannerItems(wanted.banner)),
  ];
}

/** The system beneath the services. Forwarding, and whatever else Docker and routers need, is left alone. */
export default defineRole({
  summary: 'The system keeps to itself: kernel, logins, mounts, rights of files, what runs unasked',
  params: hardeningParams,
  examples: [
    {},
    { keep_services: ['avahi-daemon'], sysctl: { 'kernel.sysrq': 1, 'kernel.yama.ptrace_scope': false } },
    {
      block_modules: ['usb_storage'],
      noexec: ['/tmp', '/dev/shm'],
      reverse_path: 'strict',
      ipv6_autoconf: false,
    },
    { mounts: false, services: false, banner: false },
  ],
  refuses: ({ os, container }) => {
    if (os.family === 'nixos') return 'NixOS is told by its configuration';
    if (container === 'docker' || container === 'podman')
      return `a container of ${container} is what its image says`;
    return undefined;
  },
  items: (wanted, context) => ({ items: itemsOf(wanted, context) }),
});
