import type { LoginAccount } from '../../probes/login-account.js';
import type { GuardArea } from './guard-area.js';

/** passwd(5), shadow(5), group(5): one file each, so an account comes back with all others. */
const DATABASES = ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'].map((name) => `/etc/${name}`);
const AUTHENTICATION = [
  '/etc/pam.conf',
  '/etc/pam.d',
  '/etc/security',
  '/etc/nsswitch.conf',
  '/etc/authselect',
  '/etc/nologin',
  '/run/nologin',
  '/etc/environment',
  '/etc/ld.so.preload',
  '/etc/shells',
  // What the shells read before they run what a login asks for.
  '/etc/bash.bashrc',
  '/etc/zshenv',
  '/etc/zsh/zshenv',
  '/etc/csh.cshrc',
  '/etc/fish',
];
const OF_HOME = ['.ssh', '.bashrc', '.zshenv', '.cshrc', '.tcshrc', '.config/fish', '.pam_environment'];

/** Shells, and folders that nobody runs anything without: their modes count for the account as for root. */
const ALSO =
  /^path:(?:\/|(?:\/usr)?\/(?:s?bin|lib|lib64)|\/usr|(?:\/usr)?\/bin\/(?:sh|dash|bash|zsh|fish|busybox))$/;

/** Empty where nobody knows. */
function homeOf({ user, home }: LoginAccount): string {
  if (home !== '' || user === '') return home;
  return user === 'root' ? '/root' : `/home/${user}`;
}

function pathsOf(home: string): string[] {
  return home === '' ? [] : OF_HOME.map((name) => `${home}/${name}`);
}

/** The account that homelab logs in with, and what decides whether it may. */
export const accountArea: GuardArea = {
  name: 'account',
  what: 'the account in use',
  timerSeconds: 60,
  alsoCovers: (thing, login) =>
    ALSO.test(thing) ||
    (login.user !== '' &&
      (thing === `account:${login.user}` ||
        login.groups.some((name) => thing === `group:${name}`) ||
        // sshd(8) looks at the modes of every folder above the keys.
        `path:${homeOf(login)}/.ssh`.startsWith(`${thing}/`))),
  paths: (login) => [...DATABASES, ...AUTHENTICATION, ...pathsOf(homeOf(login))],
  folders: (login) => (homeOf(login) === '' ? [] : [homeOf(login)]),
  units: [],
};
