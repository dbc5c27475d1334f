import type { Facts } from '../../core/facts.js';
import type { RoleItem } from '../../core/role.js';
import type { HardeningParams } from './hardening-params.js';

const LOGIN_DEFS = '/etc/login.defs';
/** About a tenth of a second each on a small machine. */
const SHA_ROUNDS = 65_536;

/** Whether the libcrypt of a system knows yescrypt. */
function hasYescrypt({ os }: Facts): boolean {
  const version = Number.parseFloat(os.version);
  if (os.id === 'debian' || os.id === 'raspbian') return !(version < 11);
  if (os.id === 'ubuntu') return !(version < 22);
  return os.family !== 'redhat' || os.id === 'fedora' || !(version < 9);
}

function loginDefs(wanted: HardeningParams, facts: Facts): Readonly<Record<string, string | number>> {
  const { umask, password_max_days: maxDays } = wanted;
  return {
    UMASK: umask.padStart(3, '0').slice(-3),
    ...(facts.os.family === 'debian' ? { HOME_MODE: '0750' } : {}),
    ...(maxDays === undefined ? {} : { PASS_MAX_DAYS: maxDays }),
    PASS_MIN_DAYS: 1,
    PASS_WARN_AGE: 7,
    LOGIN_RETRIES: 5,
    LOGIN_TIMEOUT: 60,
    ENCRYPT_METHOD: hasYescrypt(facts) ? 'YESCRYPT' : 'SHA512',
    // For whoever asks for SHA512 all the same: chpasswd -c, newusers.
    SHA_CRYPT_MIN_ROUNDS: SHA_ROUNDS,
    SHA_CRYPT_MAX_ROUNDS: SHA_ROUNDS,
  };
}

/** What login.defs(5) says of new accounts and of logins. */
export function loginItems(wanted: HardeningParams, facts: Facts): RoleItem[] {
  return Object.entries(loginDefs(wanted, facts)).map(([key, value]) => ({
    name: `${key} of login.defs`,
    kind: 'setting',
    params: { path: LOGIN_DEFS, key, value, format: 'keyvalue' },
  }));
}

/** Passwords are left for the console and for sudo: pam_pwquality(8) keeps the worst of them out. */
export function passwordItems(wanted: HardeningParams, { os }: Facts): RoleItem[] {
  const folder = '/etc/security/pwquality.conf.d';
  return [
    {
      name: 'quality of passwords',
      kind: 'package',
      params: { names: [os.family === 'debian' ? 'libpam-pwquality' : 'libpwquality'] },
    },
    {
      name: 'folder for the quality of passwords',
      kind: 'directory',
      params: { path: folder, mode: '0755' },
    },
    {
      name: 'how long a password is',
      kind: 'file',
      params: {
        path: `${folder}/50-homelab.conf`,
        content: `minlen = ${wanted.password_min_length}\n`,
        mode: '0644',
      },
    },
  ];
}

/** No memory of a program in a file: it may hold keys and passwords. */
export function coreDumpItems({ os, init }: Facts): RoleItem[] {
  const folder = '/etc/systemd/coredump.conf.d';
  const systemd: RoleItem[] = [
    { name: 'folder for core dumps', kind: 'directory', params: { path: folder, mode: '0755' } },
    {
      name: 'no core dumps by systemd',
      kind: 'file',
      params: {
        path: `${folder}/50-homelab.conf`,
        content: '[Coredump]\nStorage=none\nProcessSizeMax=0\n',
        mode: '0644',
      },
    },
  ];
  const pam: RoleItem = {
    name: 'no core dumps of sessions',
    kind: 'file',
    params: {
      path: '/etc/security/limits.d/50-homelab-core.conf',
      content: '* hard core 0\nroot hard core 0\n',
      mode: '0644',
    },
  };
  return [
    ...(os.family === 'alpine' ? [] : [pam]),
    // limits.d binds what PAM opens: Alpine has none, and sshd may go without.
    profileItem('no core dumps of login shells', 'core', 'ulimit -c 0'),
    ...(init === 'systemd' ? systemd : []),
  ];
}

/** A forgotten shell is open to whoever finds the terminal. What runs in it, and what tmux and screen hold, goes on. */
export function idleItems(minutes: number): RoleItem[] {
  // Scripts are left alone: TMOUT ends their `read`, too.
  const line = `case $- in *i*) [ -n "\${TMUX:-}\${STY:-}" ] || TMOUT=${minutes * 60} ;; esac`;
  return [profileItem('idle login shells end', 'idle', line)];
}

function profileItem(name: string, file: string, line: string): RoleItem {
  const path = `/etc/profile.d/homelab-${file}.sh`;
  return { name, kind: 'file', params: { path, content: `# Kept by homelab.\n${line}\n`, mode: '0644' } };
}
