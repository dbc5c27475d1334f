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
];

function keysOf({ user }: LoginAccount): string {
  return user === 'root' ? '/root/.ssh' : `/home/${user}/.ssh`;
}

/** The account that homelab logs in with, and what decides whether it may. */
export const accountArea: GuardArea = {
  name: 'account',
  what: 'the account in use',
  timerSeconds: 60,
  covers: (thing, login) => {
    if (coversPaths(thing, AUTHENTICATION)) return true;
    if (login.user === '') return coversPaths(thing, DATABASES);
    return thing === `account:${login.user}` || coversPaths(thing, [...DATABASES, keysOf(login)]);
  },
  paths: (login) => [...DATABASES, ...AUTHENTICATION, ...(login.user === '' ? [] : [keysOf(login)])],
  units: [],
};
