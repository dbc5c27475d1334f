import { HomelabError } from '../core/errors.js';
import type { Reader } from '../core/reader.js';
import type { ReadableHost } from '../core/task.js';

/** A user of passwd(5). */
export interface UserEntry {
  readonly uid: number;
  readonly gid: number;
  /** Name of the primary group, or its number where it has no name. */
  readonly group: string;
  /** Names of the other groups, sorted. */
  readonly groups: readonly string[];
  readonly home: string;
  readonly shell: string;
  /** Whether the password is locked (`!` before its hash in shadow(5)); undefined where that may not be read. */
  readonly isLocked: boolean | undefined;
}

/** A group of group(5). */
export interface GroupEntry {
  readonly gid: number;
}

interface Account {
  readonly user: UserEntry | null;
  readonly group: GroupEntry | null;
}

/**
 * The user and the group called like the key. One `sed` over the three local databases for all keys: that is where
 * useradd(8) and groupadd(8) write. Of passwords nothing but the `!` before a hash leaves the host.
 * @throws HomelabError `probes/no-answer` where there is no readable account at all
 */
export const accounts: Reader<Account> = {
  name: 'accounts',
  script: () => `sed -n \\
  -e 's/^\\([^:]*\\):\\(!*\\)[^:]*\\(:[^:]*\\)\\{7\\}$/\\1:\\2/p' -e t \\
  -e 's/^\\([^:]*\\):[^:]*\\(\\(:[^:]*\\)\\{5\\}\\)$/\\1\\2/p' -e t \\
  -e 's/^\\([^:]*\\):[^:]*\\(\\(:[^:]*\\)\\{2\\}\\)$/\\1\\2/p' \\
  /etc/passwd /etc/group /etc/shadow 2>/dev/null
true`,
  parse: ({ stdout }, keys) => {
    const databases = parseDatabases(stdout);
    if (databases.users.size === 0) throw noAccounts();
    return keys.map((key) => {
      const group = databases.groups.get(key);
      return { user: userOf(key, databases), group: group === undefined ? null : { gid: group.gid } };
    });
  },
};

/** The user `name`; null where there is none. */
export async function readUser(host: ReadableHost, name: string): Promise<UserEntry | null> {
  return (await host.read(accounts, name)).user;
}

/** The group `name`; null where there is none. */
export async function readGroup(host: ReadableHost, name: string): Promise<GroupEntry | null> {
  return (await host.read(accounts, name)).group;
}

interface Databases {
  readonly users: Map<string, Pick<UserEntry, 'uid' | 'gid' | 'home' | 'shell'>>;
  readonly groups: Map<string, GroupEntry & { readonly members: readonly string[] }>;
  readonly locks: Map<string, boolean>;
}

/** Without their passwords the databases differ in the number of fields: six, three, two. The first entry of a name counts. */
function parseDatabases(text: string): Databases {
  const databases: Databases = { users: new Map(), groups: new Map(), locks: new Map() };
  for (const line of text.split('\n')) {
    const fields = line.split(':');
    const [name = '', second = '', third = '', , home = '', shell = ''] = fields;
    if (name === '') continue;
    if (fields.length === 6 && isId(second) && isId(third) && !databases.users.has(name)) {
      databases.users.set(name, { uid: Number(second), gid: Number(third), home, shell });
    } else if (fields.length === 3 && isId(second) && !databases.groups.has(name)) {
      databases.groups.set(name, { gid: Number(second), members: third.split(',') });
    } else if (fields.length === 2 && /^!*$/.test(second) && !databases.locks.has(name)) {
      databases.locks.set(name, second !== '');
    }
  }
  return databases;
}

function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}

function userOf(name: string, { users, groups, locks }: Databases): UserEntry | null {
  const user = users.get(name);
  if (user === undefined) return null;
  const all = [...groups];
  return {
    ...user,
    group: all.find(([, group]) => group.gid === user.gid)?.[0] ?? String(user.gid),
    groups: all
      .filter(([, group]) => group.gid !== user.gid && group.members.includes(name))
      .map(([group]) => group)
      .toSorted(),
    isLocked: locks.get(name),
  };
}

function noAccounts(): HomelabError {
  return new HomelabError({
    code: 'probes/no-answer',
    message: 'no account could be read from /etc/passwd on the host',
    hint: 'Look at the permissions of /etc/passwd on the host.',
  });
}
