import type { DeliberateDifference, ModuleSituations, Situation } from '../situation.js';

/** crypt(5) of a password that nobody has. */
const HASH =
  '$6$parity$Kb5m9xkUO9Z2rGjTQn4p7xYw1dEhqv0sN3uLc8fRt6aBiVJXoPzWCSgDMyHFkeAlQI2T5.4/6b8c0d1e3f5g7h';

interface Row {
  readonly name: string;
  readonly user: string;
  readonly given?: string;
  readonly ansible?: Readonly<Record<string, unknown>>;
  readonly homelab?: Readonly<Record<string, unknown>>;
  readonly differs?: DeliberateDifference;
}

const GROUPS =
  'groupadd --force --gid 4210 pu-one; groupadd --force --gid 4211 pu-two; groupadd --force --gid 4212 pu-three';
const makeUser = (name: string, uid: number, options = ''): string =>
  `useradd --uid ${uid} --user-group --create-home ${options} ${name}`;

const OLD_HOME = `/etc/passwd:pu-home:x:4215:4215::/srv/pu-home:/bin/sh
/etc/shadow:pu-home:!:TODAY:0:99999:7:::
/etc/group:pu-home:x:4215:
/etc/gshadow:pu-home:!::
uid=4215(pu-home) gid=4215(pu-home) groups=4215(pu-home)
/home/pu-home d 755 pu-home:pu-home
`;

const ROWS: readonly Row[] = [
  {
    name: 'a new user with number, shell and home',
    user: 'pu-numbered',
    ansible: { uid: 4201, shell: '/bin/bash', home: '/srv/pu-numbered' },
    homelab: { uid: 4201, shell: '/bin/bash', home: '/srv/pu-numbered' },
  },
  { name: 'a new user', user: 'pu-plain' },
  {
    name: 'a new user with groups',
    user: 'pu-grouped',
    ansible: { uid: 4202, group: 'pu-one', groups: ['pu-two', 'pu-three'] },
    homelab: { uid: 4202, group: 'pu-one', groups: ['pu-two', 'pu-three'] },
  },
  {
    name: 'a new user of the system without a home',
    user: 'pu-system',
    ansible: { system: true, create_home: false, home: '/nonexistent', shell: '/usr/sbin/nologin' },
    homelab: { system: true, home: '/nonexistent', shell: '/usr/sbin/nologin' },
  },
  {
    name: 'a new user whose group is there',
    user: 'pu-own',
    given: 'groupadd --gid 4203 pu-own',
    ansible: { uid: 4203, group: 'pu-own' },
    homelab: { uid: 4203, group: 'pu-own' },
  },
  {
    name: 'a new user with a password',
    user: 'pu-password',
    ansible: { uid: 4204, password: HASH },
    homelab: { uid: 4204, password_hash: HASH },
  },
  {
    name: 'another password',
    user: 'pu-repassword',
    given: `${makeUser('pu-repassword', 4205)}; usermod --password '$6$old$x' pu-repassword`,
    ansible: { password: HASH },
    homelab: { password_hash: HASH },
  },
  {
    name: 'the same password',
    user: 'pu-samepassword',
    given: `${makeUser('pu-samepassword', 4206)}; usermod --password '${HASH}' pu-samepassword`,
    ansible: { password: HASH },
    homelab: { password_hash: HASH },
  },
  {
    name: 'locked',
    user: 'pu-locked',
    given: `${makeUser('pu-locked', 4207)}; usermod --password '${HASH}' pu-locked`,
    ansible: { password_lock: true },
    homelab: { locked: true },
  },
  {
    name: 'unlocked',
    user: 'pu-unlocked',
    given: `${makeUser('pu-unlocked', 4208)}; usermod --password '!${HASH}' pu-unlocked`,
    ansible: { password_lock: false },
    homelab: { locked: false },
  },
  {
    name: 'another shell',
    user: 'pu-shell',
    given: makeUser('pu-shell', 4209, '--shell /bin/sh'),
    ansible: { shell: '/bin/bash' },
    homelab: { shell: '/bin/bash' },
  },
  {
    name: 'another number',
    user: 'pu-moved',
    given: makeUser('pu-moved', 4213),
    ansible: { uid: 4214 },
    homelab: { uid: 4214 },
  },
  {
    name: 'another home, not moved',
    user: 'pu-home',
    given: `${makeUser('pu-home', 4215)}; rm /home/pu-home/.[a-z]*`,
    ansible: { home: '/srv/pu-home', skeleton: '/var/empty' },
    homelab: { home: '/srv/pu-home' },
    differs: {
      because:
        'Ansible makes a home for an old user too where it is missing; homelab makes one for a new user only, and `directory` keeps a folder with its owner.',
      seen: { ansible: `${OLD_HOME}/srv/pu-home d 755 pu-home:pu-home\n`, homelab: OLD_HOME },
    },
  },
  {
    name: 'another primary group',
    user: 'pu-primary',
    given: makeUser('pu-primary', 4216),
    ansible: { group: 'pu-one' },
    homelab: { group: 'pu-one' },
  },
  {
    name: 'groups that are added',
    user: 'pu-append',
    given: makeUser('pu-append', 4217, '--groups pu-one'),
    ansible: { groups: ['pu-two'], append: true },
    homelab: { groups: ['pu-two'] },
  },
  {
    name: 'groups and no others',
    user: 'pu-exclusive',
    given: makeUser('pu-exclusive', 4218, '--groups pu-one,pu-two'),
    ansible: { groups: ['pu-two', 'pu-three'] },
    homelab: { groups: ['pu-two', 'pu-three'], groups_exclusive: true },
  },
  {
    name: 'a group that does not exist',
    user: 'pu-nogroup',
    given: makeUser('pu-nogroup', 4219),
    ansible: { groups: ['pu-never'], append: true },
    homelab: { groups: ['pu-never'] },
  },
  {
    name: 'a number that is taken',
    user: 'pu-taken',
    ansible: { uid: 1 },
    homelab: { uid: 1 },
  },
  {
    name: 'absent, its home stays',
    user: 'pu-gone',
    given: makeUser('pu-gone', 4220, '--groups pu-one'),
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
  {
    name: 'absent with its home',
    user: 'pu-wiped',
    given: makeUser('pu-wiped', 4221),
    ansible: { state: 'absent', remove: true },
    homelab: { state: 'absent', remove_home: true },
  },
  {
    name: 'absent already',
    user: 'pu-never',
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
];

function situation({ name, user, given, ansible, homelab, differs }: Row): Situation {
  return {
    name,
    ...(given === undefined ? {} : { given }),
    ansible: { user: { name: user, ...ansible } },
    homelab: { user: { name: user, ...homelab } },
    look: `grep ^${user}: /etc/passwd /etc/shadow /etc/group /etc/gshadow | sed -E 's/^(.*shadow:[^:]*:[^:]*):[0-9]{5}:/\\1:TODAY:/' || true
id ${user} 2>&1 || true
find /home/${user} /srv/${user} -printf '%p %y %m %u:%g\\n' 2>/dev/null | sort
ls -l /var/mail | grep ${user} || true`,
    ...(differs === undefined ? {} : { differs }),
  };
}

const module: ModuleSituations = {
  given: GROUPS,
  situations: ROWS.map(situation),
};

export default module;
