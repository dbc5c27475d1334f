import * as z from 'zod';
import { defineRole, type RoleItem } from '../../core/role.js';
import { accountSchema } from '../shared/account-schema.js';
import { adminGroup } from '../shared/admin-group.js';

const FOLDER = '/etc/sudoers.d';
/**
 * The last rule that matches counts, sudoers(5), and the files of the folder are read in their order: what stands in the
 * first one takes no right away that another file gives, be it the one by which homelab becomes root.
 */
const FIRST = `${FOLDER}/00-homelab`;
/** What is granted here wins over a rule of another file that asks for a password. */
const LAST = `${FOLDER}/zz-homelab`;

/** Words of the language, and everything in capitals, which is an alias there: `ALL` is everybody, sudoers(5). */
const NO_ACCOUNT = /^(?:[A-Z][A-Z0-9_]*|Defaults|(?:User|Runas|Host|Cmnd|Cmd)_Alias)$/;

const namedSchema = accountSchema.refine((name) => !NO_ACCOUNT.test(name));

const whoSchema = z.union([namedSchema, z.string().regex(/^%[A-Za-z_][A-Za-z0-9_.-]{0,30}$/)], {
  error:
    'must be an account, or a group after `%`; names in capitals are not for accounts there (ALL is everybody)',
});

const params = z.strictObject({
  passwordless: z
    .array(whoSchema)
    .default([])
    .describe('accounts, and groups after `%`, that become root without a password'),
  timestamp_timeout: z
    .number()
    .min(0)
    .max(1440)
    .default(5)
    .describe('minutes until a password is asked for again; 0: every time'),
  password_tries: z.int().min(1).max(10).default(3).describe('how often a password may be wrong'),
  logfile: z
    .string()
    .regex(/^\/[A-Za-z0-9_./-]+$/, 'must be an absolute path of letters, digits, `.`, `_` and `-`')
    .optional()
    .describe('log to this file besides syslog'),
});

type SudoParams = z.output<typeof params>;

const HEAD = '# Kept by homelab: changes by hand are overwritten.\n';

function defaultsText(
  { timestamp_timeout: minutes, password_tries: tries, logfile }: SudoParams,
  group: string,
): string {
  const lines = [
    'use_pty',
    `timestamp_timeout=${minutes}`,
    `passwd_tries=${tries}`,
    'env_reset',
    ...(logfile === undefined ? [] : [`logfile="${logfile}"`]),
  ];
  return `${HEAD}${lines.map((line) => `Defaults ${line}\n`).join('')}%${group} ALL=(ALL:ALL) ALL\n`;
}

/** No rule of another file lets somebody become root unasked, but those that say so for themselves (`NOPASSWD`). */
function grantsText({ passwordless }: SudoParams): string {
  const grants = passwordless.map((who) => `${who} ALL=(ALL:ALL) NOPASSWD: ALL\n`);
  return `${HEAD}Defaults authenticate\n${grants.join('')}`;
}

function fragment(name: string, path: string, content: string): RoleItem {
  const access = { mode: '0440', owner: 'root', group: 'root' };
  return {
    name,
    kind: 'file',
    params: { path, content, ...access, validate: ['visudo', '-cqf', '{{candidate}}'] },
  };
}

/** Who becomes root, and how. */
export default defineRole({
  summary: 'sudo asks for the password of whoever is not named, on a terminal of its own',
  params,
  examples: [{}, { passwordless: ['admin', '%ops'], timestamp_timeout: 0, logfile: '/var/log/sudo.log' }],
  refuses: ({ os }) =>
    os.family === 'nixos' ? 'NixOS is told by `security.sudo` of its configuration' : undefined,
  items: (wanted, { facts }) => {
    const owner = { owner: 'root', group: 'root' };
    return {
      items: [
        { name: 'package', kind: 'package', params: { names: ['sudo'] } },
        fragment('settings', FIRST, defaultsText(wanted, adminGroup(facts))),
        fragment('who needs no password', LAST, grantsText(wanted)),
        {
          name: 'rules',
          kind: 'permissions',
          params: { paths: ['/etc/sudoers'], at_most: '0440', ...owner },
        },
        {
          name: 'folder of rules',
          kind: 'permissions',
          params: { paths: [FOLDER], at_most: '0750', ...owner },
        },
      ],
    };
  },
});
