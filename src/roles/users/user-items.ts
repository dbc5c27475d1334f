import { HomelabError } from '../../core/errors.js';
import type { Facts } from '../../core/facts.js';
import type { RoleContext, RoleHost, RoleItem } from '../../core/role.js';
import { adminGroup } from '../shared/admin-group.js';
import { isNoShell, type Person } from './person-schema.js';
import type { UsersParams } from './users-params.js';

/** What would keep homelab out of a host for good, whatever is written. */
function refuseLockOut({ name, state, shell, sudo }: Person, host: RoleHost): void {
  if (name !== host.user) return;
  const because = (message: string): HomelabError =>
    new HomelabError({
      code: 'role/would-lock-out',
      message: `${name} is the account that homelab logs in to ${host.name} with, and ${message}`,
      hint: 'Give the host another `user` in the inventory first, and prove that it works: homelab plan.',
      host: host.name,
    });
  if (state !== 'present') throw because(state === 'absent' ? 'is to be absent' : 'is to be locked');
  if (shell !== undefined && isNoShell(shell)) throw because(`is to have no shell (${shell})`);
  if (sudo === false) throw because('is to become root no more');
}

function presentItems(
  person: Person,
  { exclusive_keys: isExclusive, home_mode: homeMode }: UsersParams,
  facts: Facts,
): RoleItem[] {
  const { name, keys, groups = [], sudo, shell, password_hash: hash } = person;
  const group = adminGroup(facts);
  const wanted = [...new Set(sudo === true ? [...groups, group] : groups)];
  const account = {
    name,
    ...(wanted.length === 0 ? {} : { groups: wanted }),
    ...(sudo === false ? { not_in_groups: [group] } : {}),
    ...(shell === undefined ? {} : { shell }),
    ...(hash === undefined ? {} : { password_hash: hash }),
  };
  return [
    { name, kind: 'user', params: account, ...(hash === undefined ? {} : { sensitive: true }) },
    ...(keys.length === 0
      ? []
      : [
          {
            name: `keys of ${name}`,
            kind: 'authorized_keys',
            params: { user: name, keys, exclusive: person.exclusive_keys ?? isExclusive },
          },
        ]),
    ...(homeMode === undefined || name === 'root'
      ? []
      : [
          {
            name: `home of ${name}`,
            kind: 'permissions',
            params: { paths: [`/home/${name}`], at_most: homeMode },
          },
        ]),
  ];
}

/**
 * Locked before anything else: a program of theirs that runs, or what they put in the way of their keys, is an error and
 * must not keep the account open. Keys before the account: they would let in again whoever gets its home later.
 */
function leaverItems({ name, state, remove_home: isHomeRemoved }: Person, { os }: Facts): RoleItem[] {
  const noShell = os.family === 'alpine' || os.family === 'redhat' ? '/sbin/nologin' : '/usr/sbin/nologin';
  const locked = { if_present: true, locked: true, shell: noShell, groups: [], groups_exclusive: true };
  const gone: RoleItem = {
    name: `no ${name}`,
    kind: 'user',
    params: { name, state, remove_home: isHomeRemoved },
  };
  return [
    { name: `${name} is locked`, kind: 'user', params: { name, ...locked } },
    { name: `no keys of ${name}`, kind: 'authorized_keys', params: { user: name, state: 'none' } },
    ...(state === 'absent' ? [gone] : []),
  ];
}

/**
 * Items for all people, in their order.
 * @throws HomelabError `role/would-lock-out` where the account that homelab logs in with would lose its way in
 */
export function userItems(
  wanted: UsersParams,
  { facts, host }: Pick<RoleContext, 'facts' | 'host'>,
): RoleItem[] {
  for (const person of wanted.people) refuseLockOut(person, host);
  return wanted.people.flatMap((person) =>
    person.state === 'present' ? presentItems(person, wanted, facts) : leaverItems(person, facts),
  );
}
