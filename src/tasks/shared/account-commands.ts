import type { Body } from '../../core/content.js';
import type { Facts } from '../../core/facts.js';
import { Secret } from '../../core/secret.js';
import { runStep, type Step } from '../../core/step.js';
import { editPasswd } from './passwd-edit.js';

/** A user as the programs that make one are told. What is undefined is left to their defaults. */
export interface NewUser {
  readonly name: string;
  readonly uid?: number | undefined;
  /** Primary group; undefined: a new one of the user's own name. */
  readonly group?: string | undefined;
  readonly groups: readonly string[];
  readonly shell?: string | undefined;
  readonly home?: string | undefined;
  readonly isSystem: boolean;
}

/** Whether the system has adduser of busybox instead of useradd(8), usermod(8) and groupmod(8). */
export function hasBusyboxAccounts({ os }: Facts): boolean {
  return os.family === 'alpine';
}

/** A home that is named to say that there is none. */
function isNoHome(home: string | undefined): boolean {
  return home === '/' || home === '/dev/null' || home?.startsWith('/nonexistent') === true;
}

/** Makes a user with a locked password, and its home unless that cannot be one. */
export function createUser(user: NewUser, facts: Facts): Step[] {
  const { name, uid, group, groups, shell, home, isSystem } = user;
  if (!hasBusyboxAccounts(facts)) {
    return [
      runStep([
        'useradd',
        ...(isSystem ? ['--system'] : []),
        ...option('--uid', uid),
        ...(group === undefined ? ['--user-group'] : ['--gid', group]),
        ...(groups.length > 0 ? ['--groups', groups.join(',')] : []),
        ...option('--shell', shell),
        ...option('--home-dir', home),
        isNoHome(home) ? '--no-create-home' : '--create-home',
        '--',
        name,
      ]),
    ];
  }
  const create = [
    'adduser',
    '-D',
    ...(isSystem ? ['-S'] : []),
    ...option('-u', uid),
    ...option('-G', group),
    ...option('-s', shell),
    ...option('-h', home),
    ...(isNoHome(home) ? ['-H'] : []),
    name,
  ];
  // busybox gives a system user the group nogroup unless one is named.
  const isGroupMissing = isSystem && group === undefined;
  const own = isGroupMissing ? [runStep(['addgroup', '-S', name])] : [];
  if (isGroupMissing) create.splice(-1, 0, '-G', name);
  return [...own, runStep(create), ...addToGroups(name, groups, facts)];
}

function option(name: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [name, String(value)];
}

/** What of a user that is there is to be changed. */
export type UserChange = Pick<Partial<NewUser>, 'uid' | 'group' | 'shell' | 'home'>;

/** Changes what is given of a user; no step where nothing is. busybox cannot change the number. */
export function changeUser(name: string, change: UserChange, facts: Facts): Step[] {
  if (Object.keys(change).length === 0) return [];
  if (hasBusyboxAccounts(facts)) return [editPasswd(name, change)];
  const { uid, group, shell, home } = change;
  return [
    runStep([
      'usermod',
      ...option('--uid', uid),
      ...option('--gid', group),
      ...option('--shell', shell),
      ...option('--home', home),
      '--',
      name,
    ]),
  ];
}

/** Adds `name` to groups and leaves its others. */
export function addToGroups(name: string, groups: readonly string[], facts: Facts): Step[] {
  if (groups.length === 0) return [];
  if (hasBusyboxAccounts(facts)) return groups.map((group) => runStep(['addgroup', name, group]));
  return [runStep(['usermod', '--append', '--groups', groups.join(','), '--', name])];
}

/** Takes `name` out of groups. */
export function removeFromGroups(name: string, groups: readonly string[], facts: Facts): Step[] {
  const program = hasBusyboxAccounts(facts) ? ['delgroup', name] : ['gpasswd', '--delete', name];
  return groups.map((group) => runStep([...program, group]));
}

/** Removes a user, with its home where that is wanted. */
export function removeUser(name: string, isHomeRemoved: boolean, facts: Facts): Step {
  if (hasBusyboxAccounts(facts))
    return runStep(['deluser', ...(isHomeRemoved ? ['--remove-home'] : []), name]);
  return runStep(['userdel', ...(isHomeRemoved ? ['--remove'] : []), '--', name]);
}

/** Gives a user a password by its hash, on standard input: an argument could be seen by everybody on the host. */
export function setPasswordHash(name: string, hash: Secret, isLocked: boolean): Step {
  const stdin: Body = new Secret(`${name}:${isLocked ? '!' : ''}${hash.reveal()}\n`);
  return runStep(['chpasswd', '-e'], { stdin });
}

/** Locks or unlocks the password of a user. */
export function setLocked(name: string, isLocked: boolean): Step {
  return runStep(['passwd', isLocked ? '-l' : '-u', name]);
}

/** The steps that make a group. */
export function createGroup(
  group: { name: string; gid?: number | undefined; system: boolean },
  facts: Facts,
): Step {
  const { name, gid, system } = group;
  if (hasBusyboxAccounts(facts))
    return runStep(['addgroup', ...(system ? ['-S'] : []), ...option('-g', gid), name]);
  return runStep(['groupadd', ...(system ? ['--system'] : []), ...option('--gid', gid), '--', name]);
}
