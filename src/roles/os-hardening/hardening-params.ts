import * as z from 'zod';

const path = z.string().regex(/^\/[A-Za-z0-9_./-]*$/, 'must be an absolute path');
const moduleName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,54}$/, 'must be the name of a module, without path and `.ko`');
const unitName = z.string().regex(/^[A-Za-z0-9:_.\\@-]+$/, 'is no name of a unit');
const packageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]*$/, 'is no name of a package');
const on = (what: string) => z.boolean().default(true).describe(`${what}; false: nothing of it`);

/** What the role takes: a switch for each section, and what a section is to do otherwise. */
export const hardeningParams = z.strictObject({
  kernel: on('settings of the kernel'),
  sysctl: z
    .record(
      z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@/+-]*$/, 'must be the name of a setting'),
      z.union([z.string(), z.number(), z.literal(false)]),
    )
    .default({})
    .describe('settings that are otherwise here, name to value; false: left as found'),
  reverse_path: z
    .enum(['loose', 'strict'])
    .optional()
    .describe(
      'strict: drop what comes in by another interface than answers would leave by; left out: strict where the host has one IPv4 address, so neither containers nor tunnels',
    ),
  ipv6_autoconf: z
    .boolean()
    .default(true)
    .describe('whether routers may tell the host its IPv6 addresses; false: they are all written down'),
  logins: on('umask, delays and hashes in login.defs'),
  umask: z
    .string()
    .regex(/^0?0[0-7]{2}$/, "must be octal digits in quotes that leave the owner all rights, e.g. '027'")
    .default('027')
    .describe('rights that new files of logins lack'),
  password_max_days: z
    .int()
    .min(30)
    .max(99_999)
    .optional()
    .describe(
      'days until a new account has to change its password: keys are refused then, too; left out: never',
    ),
  passwords: on('how good a password has to be'),
  password_min_length: z.int().min(8).max(64).default(12).describe('characters that a password has to have'),
  idle_minutes: z
    .int()
    .min(0)
    .max(1440)
    .default(60)
    .describe('after how long an idle shell of a login ends, but for those in tmux and screen; 0: never'),
  core_dumps: z
    .boolean()
    .default(false)
    .describe('whether programs that crash may leave their memory in a file'),
  mounts: on('nodev and nosuid for what is mounted at /tmp, /var/tmp, /dev/shm, /boot and /var/log'),
  noexec: z
    .array(path)
    .default(['/dev', '/dev/shm', '/boot', '/var/log', '/var/log/audit'])
    .describe(
      'of these, where no program may start; with /tmp, apt is given another folder. Enclaves of SGX need /dev left out',
    ),
  files: on('owners and rights of account files and of jobs of cron'),
  services: on('services that few hosts need are stopped and masked'),
  keep_services: z
    .array(unitName)
    .default([])
    .describe('of these, what the host needs: avahi-daemon, cups, rpcbind, …'),
  modules: on('kernel modules that are not loaded by themselves'),
  block_modules: z.array(moduleName).default([]).describe('more of them, e.g. usb_storage'),
  keep_modules: z.array(moduleName).default([]).describe('modules that the host needs, e.g. sctp'),
  packages: on('servers of plain-text protocols are removed, and the files of packages checked weekly'),
  keep_packages: z.array(packageName).default([]).describe('of these, what the host needs'),
  banner: z
    .union([z.literal(false), z.string().min(1).max(4096)])
    .default(
      'This machine is private. Only authorized persons may log in, and what they do is logged and may be monitored.\nUnauthorized access is prohibited, and will be prosecuted. Leave now if you are not authorized.',
    )
    .describe('what /etc/issue and /etc/issue.net say instead of the name of the system; false: as found'),
});

export type HardeningParams = z.output<typeof hardeningParams>;
