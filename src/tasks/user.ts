import { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import type { MaybeState, State } from '../core/state.js';
import type { Step } from '../core/step.js';
import { defineTask, type ReadableHost, type StepContext } from '../core/task.js';
import { readGroup, readUser, type UserEntry } from '../probes/accounts.js';
import { passwordHashes, type PasswordHash } from '../probes/password-hashes.js';
import {
  addToGroups,
  changeUser,
  createUser,
  hasBusyboxAccounts,
  removeFromGroups,
  removeUser,
  setLocked,
  setPasswordHash,
  type UserChange,
} from './shared/account-commands.js';
import { requiredGroups } from './shared/requirements.js';
import { userSchema, type UserParams } from './shared/user-params.js';

/** A group wanted by number is compared by number. */
function groupOf(found: UserEntry, wanted: string | undefined): string {
  return wanted !== undefined && /^\d+$/.test(wanted) ? String(found.gid) : found.group;
}

/** Never null: `own_group` says of a user that is to be made whether a group of its name is already there. */
async function probe(host: ReadableHost, wanted: UserParams): Promise<MaybeState> {
  const isHashAsked = wanted.password_hash !== undefined && wanted.state === 'present';
  const [found, ownGroup, password] = await Promise.all([
    readUser(host, wanted.name),
    readGroup(host, wanted.name),
    isHashAsked ? host.read(passwordHashes, wanted.name) : null,
  ]);
  if (found === null && wanted.if_present) return desired(wanted);
  if (found === null) return { state: 'absent', own_group: ownGroup !== null };
  if (wanted.state === 'absent') return { state: 'present' };
  refuseUnreadable(wanted, found, isHashAsked, password);
  const groups = [...found.groups, ...(wanted.groups ?? []).filter((name) => name === found.group)];
  const state: State = {
    state: 'present',
    uid: found.uid,
    group: groupOf(found, wanted.group),
    shell: found.shell,
    home: found.home,
    locked: found.isLocked ?? null,
    password_hash: password?.hash ?? null,
    ...Object.fromEntries(groups.map((name) => [`groups.${name}`, 'present'])),
  };
  if (hasBusyboxAccounts(host.facts)) refuseOnBusybox(wanted, state);
  return state;
}

function refuseUnreadable(
  wanted: UserParams,
  found: UserEntry,
  isHashAsked: boolean,
  password: PasswordHash | null,
): void {
  const isLockUnknown = wanted.locked !== undefined && found.isLocked === undefined;
  if (!isLockUnknown && !(isHashAsked && password === null)) return;
  throw new HomelabError({
    code: 'task/permission-denied',
    message: `the password of ${wanted.name} cannot be read from /etc/shadow`,
    hint: 'Set `become: sudo` for the host in the inventory, or connect as root.',
  });
}

/** busybox has no usermod(8), which gives the files in the home to the new number too. */
function refuseOnBusybox({ name, uid }: UserParams, found: State): void {
  if (uid === undefined || uid === found['uid']) return;
  throw new HomelabError({
    code: 'task/cannot-renumber',
    message: `${name} has the number ${found['uid'] as number}, and busybox cannot change it to ${uid}`,
    hint: 'Change it in /etc/passwd and of its files by hand, or remove the user and let it be made anew.',
  });
}

function desired(wanted: UserParams): State {
  if (wanted.state === 'absent') return { state: 'absent' };
  const { uid, group, shell, home, locked, password_hash: hash, groups = [] } = wanted;
  return {
    state: 'present',
    ...(uid === undefined ? {} : { uid }),
    ...(group === undefined ? {} : { group }),
    ...(shell === undefined ? {} : { shell }),
    ...(home === undefined ? {} : { home }),
    ...(hash === undefined ? {} : { password_hash: hash }),
    ...(locked === undefined ? {} : { locked }),
    ...Object.fromEntries(groups.map((name) => [`groups.${name}`, 'present'])),
    ...Object.fromEntries(wanted.not_in_groups.map((name) => [`groups.${name}`, null])),
    ...(wanted.groups_exclusive ? { 'groups.*': null } : {}),
  };
}

function steps(context: StepContext<UserParams>): Step[] {
  const { params: wanted, facts, before, changed } = context;
  if (wanted.state === 'absent') return [removeUser(wanted.name, wanted.remove_home, facts)];
  if (changed('state')) {
    const group = wanted.group ?? (before?.['own_group'] === true ? wanted.name : undefined);
    const groups = (wanted.groups ?? []).filter((name) => name !== group);
    return [
      ...createUser({ ...wanted, group, groups, isSystem: wanted.system }, facts),
      ...passwordSteps(context),
    ];
  }
  return [...accountSteps(context), ...passwordSteps(context)];
}

function accountSteps({ params: wanted, facts, changes, changed }: StepContext<UserParams>): Step[] {
  const fields = (['uid', 'group', 'shell', 'home'] as const).filter(changed);
  const change = Object.fromEntries(fields.map((field) => [field, wanted[field]])) as UserChange;
  const groups = (isWanted: boolean): string[] =>
    changes
      .filter(({ field, after }) => field.startsWith('groups.') && (after !== null) === isWanted)
      .map(({ field }) => field.slice('groups.'.length));
  return [
    ...changeUser(wanted.name, change, facts),
    ...addToGroups(wanted.name, groups(true), facts),
    ...removeFromGroups(wanted.name, groups(false), facts),
  ];
}

/** A new hash leaves a lock as it was found, unless the playbook speaks of it; an account without any password was not locked, only new. */
function passwordSteps({ params: wanted, before, changed }: StepContext<UserParams>): Step[] {
  const { name, password_hash: hash, locked } = wanted;
  if (hash !== undefined && changed('password_hash')) {
    const wasLocked = before?.['locked'] === true && before['password_hash'] instanceof Secret;
    return [setPasswordHash(name, hash, locked ?? wasLocked)];
  }
  // A new account is locked until it has a password.
  if (locked === undefined || !changed('locked') || (changed('state') && locked)) return [];
  return [setLocked(name, locked)];
}

/** A user of the local database. */
export default defineTask<UserParams>({
  summary: 'A user exists, with its groups, shell, home and password',
  params: userSchema,
  examples: [
    { name: 'alice', groups: ['sudo'], shell: '/bin/bash' },
    { name: 'backup-agent', system: true, home: '/var/lib/backup-agent', shell: '/usr/sbin/nologin' },
    { name: 'kiosk', groups: ['video'], groups_exclusive: true, locked: true },
    { name: 'mallory', state: 'absent', remove_home: true },
  ],
  desired,
  probe,
  touches: ({ name, home, group, groups = [], not_in_groups: others }) => [
    `account:${name}`,
    `path:${home ?? `/home/${name}`}`,
    ...[group, ...groups, ...others].filter((one) => one !== undefined).map((one) => `account:${one}`),
  ],
  foresight: ({ name, home = `/home/${name}`, group, groups = [], state, remove_home: isHomeRemoved }) => {
    if (state === 'absent')
      return { makes: [], removes: [`account:${name}`, ...(isHomeRemoved ? [`path:${home}`] : [])] };
    return { makes: [`account:${name}`, `path:${home}`], requires: requiredGroups([group, ...groups]) };
  },
  steps,
});
