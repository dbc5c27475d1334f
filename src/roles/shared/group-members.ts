import { HomelabError } from '../../core/errors.js';
import { didYouMean } from '../../core/nearest.js';
import type { RoleHost } from '../../core/role.js';

/** A group that a role is told of. */
export interface NamedGroup {
  readonly group: string;
  /** What its hosts are for, as it completes the message. */
  readonly purpose: string;
  /** What to do where no other group is called alike. */
  readonly hint: string;
}

/** The hosts of a group, of which there is one at least. @throws HomelabError `role/empty-group` */
export function groupMembers(
  hosts: readonly RoleHost[],
  { group, purpose, hint }: NamedGroup,
): readonly RoleHost[] {
  const members = hosts.filter(({ groups }) => groups.includes(group));
  if (members.length > 0) return members;
  const groups = hosts.flatMap((host) => host.groups);
  throw new HomelabError({
    code: 'role/empty-group',
    message: `the inventory has no host in the group ${JSON.stringify(group)}, ${purpose}`,
    hint: didYouMean(group, groups) ?? hint,
  });
}
