import type { LoginAccount } from '../../probes/login-account.js';
import { coversPaths, type GuardArea } from './guard-area.js';

/** passwd(5), shadow(5), group(5): one file each, so an account comes back with all others. */
const DATABASES = ['passwd', 'shadow', 'group', 'gshadow', 'subuid', 'subgid'].map((name) => `/etc/${name}`);
const AUTHENTICATION = [
  '/etc/pam.conf',
  '/etc/pam.d',
  '/etc/security',
  '/etc/nsswitch.conf',
  '/etc/nologin',
  '/etc/shells',
  // What the shells read before they run what a login asks for.
  '/etc/bash.bashrc',
  '/etc/zshenv',
  '/etc/zsh/zshenv',
];
const OF_HOME = ['.ssh', '.bashrc', '.zshenv'];

/** Empty where nobody knows. */
function homeOf({ user, home }: LoginAccount): string {
  if (home !== '' || user === '') return home;
  return user === 'root' ? '/root' : `/home/${user}`;
}

/** Whether `thing` is the home, a folder above it, or where the keys are: sshd(8) looks at the modes of all of them. */
function holdsKeys(thing: string, home: string): boolean {
  return `path:${home}/.ssh`.startsWith(`${thing}/`) || coversPaths(thing, pathsOf(home));
}

function pathsOf(home: string): string[] {
  return home === '' ? [] : OF_HOME.map((name) => `${home}/${name}`);
}

/** The account that homelab logs in with, and what decides whether it may. */
export const accountArea: GuardArea = {
  name: 'account',
  what: 'the account in use',
  timerSeconds: 60,
  covers: (thing, login) => {
    if (coversPaths(thing, AUTHENTICATION)) return true;
    if (login.user === '') return coversPaths(thing, DATABASES);
    if (thing === `account:${login.user}` || coversPaths(thing, DATABASES)) return true;
    return login.groups.some((name) => thing === `group:${name}`) || holdsKeys(thing, homeOf(login));
  },
  paths: (login) => [...DATABASES, ...AUTHENTICATION, ...pathsOf(homeOf(login))],
  folders: (login) => (homeOf(login) === '' ? [] : [homeOf(login)]),
  units: [],
};
