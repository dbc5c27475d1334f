/** Paths in which the twins may differ after both tools were at work, and why. */
interface GrownApart {
  readonly paths: RegExp;
  readonly because: string;
}

export const GROWN_APART: readonly GrownApart[] = [
  {
    paths: /^\/srv\/parity-/,
    because: 'Each situation looks at its own folder, and says there what may differ.',
  },
  {
    paths: /^\/etc\/sysctl\.d\/parity-/,
    because: 'sysctl.conf(5): blanks around `=` mean nothing; the situations look at names and values.',
  },
  {
    paths: /^\/var\/spool\/cron\/crontabs\/pc-/,
    because: 'Each tool marks its entries with its own name; the situations look at the rest.',
  },
  {
    paths: /^\/home\/pk-(?:comment|wide)\/\.ssh(?:\/authorized_keys)?$/,
    because: 'See the situations "another comment" and "rights that are too wide" of authorized_key.',
  },
  {
    paths: /^\/srv\/pu-home$/,
    because: 'Ansible makes a home for an old user, see the situation "another home, not moved".',
  },
  {
    paths: /^\/var\/lib\/homelab(?:\/(?:journal|lock\.\d+))?$/,
    because: 'homelab keeps a journal and a lock on a host that it applies to (docs/runs.md).',
  },
  {
    paths: /^\/etc\/machine-info$/,
    because: 'Ansible gives a name for people too, see the situation of hostname.',
  },
  {
    paths: /^\/(?:root|home\/admin)\/\.ansible(?:\/|$)/,
    because: 'Ansible keeps a folder for its modules on the machine; homelab leaves nothing.',
  },
];
