import type { KindContract } from '../contract.js';
import { keyOf } from '../../../tasks/public-keys.js';
import { parseKey } from '../../../../src/tasks/shared/public-key.js';

const USERS = ['holder', 'receiver', 'writer', 'odd.one', 'other-one'];
const fileOf = (user: string): string => `/home/${user}/.ssh/authorized_keys`;
const [A, B, C] = [keyOf(1, 'a@laptop'), keyOf(2, 'b@phone'), keyOf(3, 'c@lost')] as const;
const fingerprint = (line: string): string => {
  const key = parseKey(line);
  return typeof key === 'string' ? key : key.fingerprint;
};
const fieldOf = (line: string): string => `keys.${fingerprint(line)}`;
/** What ssh-keygen(1) takes the file for: a key a line. */
const listed = (user: string): string => `ssh-keygen -lf ${fileOf(user)} | cut -d ' ' -f 2-`;
const access = (user: string): string =>
  `stat -c '%a %U' /home/${user}/.ssh ${fileOf(user)}; ls -A /home/${user}/.ssh`;
const written = (user: string): string =>
  `mkdir -p /home/${user}/.ssh; cat >${fileOf(user)}; chown -R ${user}: /home/${user}/.ssh; chmod 0700 /home/${user}/.ssh; chmod 0600 ${fileOf(user)}`;
const LONG = Array.from({ length: 4_000 }, (_, index) => keyOf(index % 251, `${index}`)).slice(0, 251);
const ODD = `ünï ☂ 'a' "b" \\n $& $(id) \`id\` * ?[x] !! %s ~ # -e`;

const contract: KindContract = {
  setUp: `for user in ${USERS.join(' ')}; do useradd --create-home --shell /bin/bash $user; done; usermod --shell /usr/sbin/nologin receiver`,
  tearDown: `for user in ${USERS.join(' ')}; do userdel --remove $user 2>/dev/null; done`,
  rows: [
    {
      name: 'these keys and no others',
      given: `printf '%s\\n' '# people' '${C}' 'rubbish' '${keyOf(1, 'a@old')}' | { ${written('holder')}; }`,
      params: { user: 'holder', keys: [A, B], exclusive: true },
      holds: {
        shell: `grep -v '^#' ${fileOf('holder')}; ${listed('holder')}; ${access('holder')}`,
        prints:
          `${A}\n${B}\n` +
          `${fingerprint(A)} a@laptop (ED25519)\n${fingerprint(B)} b@phone (ED25519)\n` +
          '700 holder\n600 holder\nauthorized_keys\n',
      },
      damages: [
        { by: `echo '${C}' >>${fileOf('holder')}`, fields: [fieldOf(C)] },
        {
          by: `sed -i /phone/d ${fileOf('holder')}; echo x >>${fileOf('holder')}`,
          fields: [fieldOf(B), 'keys.line 3'].toSorted(),
        },
        {
          by: `sed -i 's/^ssh-ed25519/no-pty &/' ${fileOf('holder')}`,
          fields: [fieldOf(A), fieldOf(B)].toSorted(),
        },
        {
          by: `chmod 0755 /home/holder/.ssh; chmod 0644 ${fileOf('holder')}`,
          fields: ['directory_mode', 'mode'],
        },
        {
          by: 'rm -r /home/holder/.ssh',
          fields: ['directory_mode', fieldOf(A), fieldOf(B), 'mode'].toSorted(),
        },
        {
          by: `echo '${A}' >>${fileOf('holder')}`,
          fields: [fieldOf(A)],
        },
      ],
      undo: {
        params: { user: 'holder', keys: [A, B], state: 'absent' },
        holds: { shell: `cat ${fileOf('holder')}`, prints: '' },
      },
    },
    {
      name: 'a key with options beside others, of a user without a shell',
      given: `printf '%s\\n%s' '# people' '${C}' | { ${written('receiver')}; }`,
      params: { user: 'receiver', keys: `# nas\n${A}\n`, options: 'restrict,command="/bin/echo \\"a b\\""' },
      holds: {
        shell: `cat ${fileOf('receiver')}; ${listed('receiver')}`,
        prints:
          `# people\n${C}\nrestrict,command="/bin/echo \\"a b\\"" ${A}\n` +
          `${fingerprint(C)} c@lost (ED25519)\n${fingerprint(A)} a@laptop (ED25519)\n`,
      },
      damages: [{ by: `sed -i 's/restrict,//' ${fileOf('receiver')}`, fields: [fieldOf(A)] }],
      undo: {
        params: { user: 'receiver', keys: [A], state: 'absent' },
        holds: { shell: `cat ${fileOf('receiver')}`, prints: `# people\n${C}\n` },
      },
    },
  ],
  oddValues: [
    {
      name: 'a comment of every sort',
      params: { user: 'odd.one', keys: [keyOf(7, ODD)] },
      holds: { shell: `cat ${fileOf('odd.one')}`, prints: `${keyOf(7, ODD)}\n` },
    },
    {
      name: 'many keys, with options of their own',
      params: {
        user: 'other-one',
        keys: LONG.map((line) => `environment="A=${ODD.replaceAll(/["\\]/g, '')}" ${line}`),
      },
      holds: { shell: `${listed('other-one')} | wc -l`, prints: `${LONG.length}\n` },
    },
  ],
  interruption: {
    from: `printf '%s\\n' '${C}' | { ${written('writer')}; }`,
    params: { user: 'writer', keys: LONG, exclusive: true },
    observe: [`sha256sum <${fileOf('writer')}; ${access('writer')}`],
  },
};

export default contract;
