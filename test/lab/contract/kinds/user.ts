import type { KindContract } from '../contract.js';

const USERS = ['dora', 'robot', 'odd_name.1-x', 'cut'];
const REMOVE = [
  ...USERS.map((name) => `userdel -r ${name} >/dev/null 2>&1 || true`),
  'groupdel tools 2>/dev/null || true',
].join('\n');
/** Of the word `canary`; crypt(5), SHA-512. */
const HASH = '$6$saltsalt$'.concat('x'.repeat(86));
const passwd = (name: string) => `getent passwd ${name} | cut -d: -f1,3,6,7; id -Gn ${name}`;

const contract: KindContract = {
  setUp: `${REMOVE}\ngroupadd tools`,
  tearDown: REMOVE,
  rows: [
    {
      name: 'a person: groups, shell, home, password',
      params: {
        name: 'dora',
        uid: 4801,
        groups: ['tools'],
        groups_exclusive: true,
        shell: '/bin/bash',
        home: '/srv/dora',
        password_hash: HASH,
      },
      holds: {
        shell: `${passwd('dora')}; getent shadow dora | cut -d: -f2; stat -c '%F %U' /srv/dora`,
        prints: `dora:4801:/srv/dora:/bin/bash\ndora tools\n${HASH}\ndirectory dora\n`,
      },
      damages: [
        { by: 'usermod -s /bin/sh dora', fields: ['shell'] },
        {
          by: 'gpasswd -d dora tools >/dev/null; usermod -aG games dora',
          fields: ['groups.games', 'groups.tools'],
        },
        { by: "usermod -p '$6$other$y' dora", fields: ['password_hash'] },
      ],
      undo: {
        params: { name: 'dora', state: 'absent', remove_home: true },
        holds: { shell: 'getent passwd dora || ls -d /srv/dora 2>/dev/null || true', prints: '' },
      },
    },
    {
      name: 'of the system, locked',
      params: { name: 'robot', system: true, shell: '/usr/sbin/nologin', locked: true },
      holds: {
        shell: `[ "$(id -u robot)" -lt 1000 ] && echo low; getent passwd robot | cut -d: -f7; passwd -S robot | cut -d' ' -f2`,
        prints: 'low\n/usr/sbin/nologin\nL\n',
      },
      damages: [
        { by: 'usermod -s /bin/sh robot', fields: ['shell'] },
        { by: "usermod -p 'x$x' robot", fields: ['locked'] },
      ],
      undo: {
        params: { name: 'robot', state: 'absent' },
        holds: { shell: 'getent passwd robot || true', prints: '' },
      },
    },
  ],
  oddValues: [
    {
      name: 'a name with a dot and a home with a blank',
      params: { name: 'odd_name.1-x', home: "/srv/o'dd home *" },
      holds: {
        shell: 'getent passwd odd_name.1-x | cut -d: -f6',
        prints: "/srv/o'dd home *\n",
      },
    },
  ],
  interruption: {
    from: 'userdel -r cut >/dev/null 2>&1 || true; rm -rf /home/cut',
    params: { name: 'cut', uid: 4802, shell: '/bin/bash' },
    observe: ['getent passwd cut || echo absent'],
  },
};

export default contract;
