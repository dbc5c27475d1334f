import { writeTo, type DeliberateDifference, type ModuleSituations, type Situation } from '../situation.js';

/** Public keys whose private halves nobody kept. */
const BLOBS = [
  'AAAAC3NzaC1lZDI1NTE5AAAAIFDm4x+6GyLTPHGVK2ZCbZWGNV4uc2XqRoY3DIHvjPfd',
  'AAAAC3NzaC1lZDI1NTE5AAAAIH/XFzXUu+cFdjeavP6QO+ukOV6I+ODltWuK8Usa55g2',
  'AAAAC3NzaC1lZDI1NTE5AAAAIKgFMBkgz5FfR45ZgVXKeHsRn5CBWnQJZotzuT/ye3WR',
];
const [ONE, TWO, THREE] = BLOBS.map((blob, index) => `ssh-ed25519 ${blob} key ${index + 1}`) as [
  string,
  string,
  string,
];

interface Row {
  readonly name: string;
  readonly user: string;
  /** What authorized_keys holds before; undefined: there is not even a .ssh. */
  readonly text?: string;
  readonly keys: readonly string[];
  /** Of both tools, besides user and key. */
  readonly ansible?: Readonly<Record<string, unknown>>;
  readonly homelab?: Readonly<Record<string, unknown>>;
  /** Shell script, after the file was made; `$ssh` is the folder. */
  readonly given?: string;
  readonly differs?: DeliberateDifference;
}

const seenHome = (user: string, text: string, modes = { folder: 700, file: 600 }): string =>
  `/home/${user} d 755 ${user}:${user}\x20
/home/${user}/.ssh d ${modes.folder} ${user}:${user}\x20
/home/${user}/.ssh/authorized_keys f ${modes.file} ${user}:${user}\x20
/home/${user}/.ssh/authorized_keys:
${text}|
`;

const ROWS: readonly Row[] = [
  { name: 'a first key', user: 'pk-first', keys: [ONE] },
  { name: 'beside another', user: 'pk-beside', text: `# by hand\n${TWO}\n`, keys: [ONE] },
  { name: 'there already', user: 'pk-same', text: `${TWO}\n${ONE}\n`, keys: [ONE] },
  { name: 'two at once', user: 'pk-two', text: `${TWO}\n`, keys: [ONE, TWO] },
  { name: 'a file without a final newline', user: 'pk-open', text: TWO, keys: [ONE] },
  {
    name: 'these and no others',
    user: 'pk-exclusive',
    text: `${TWO}\n${ONE}\n${THREE}\n`,
    keys: [ONE],
    ansible: { exclusive: true },
    homelab: { exclusive: true },
  },
  {
    name: 'another comment',
    user: 'pk-comment',
    text: `ssh-ed25519 ${BLOBS[0]} old comment\n${TWO}\n`,
    keys: [ONE],
    differs: {
      because:
        'Ansible moves a key whose comment or options change to the end; homelab changes it in its place.',
      seen: {
        ansible: seenHome('pk-comment', `${TWO}$\n${ONE}$\n`),
        homelab: seenHome('pk-comment', `${ONE}$\n${TWO}$\n`),
      },
    },
  },
  {
    name: 'options',
    user: 'pk-options',
    keys: [ONE],
    ansible: { key_options: 'no-pty,from="10.0.0.0/8,192.168.1.1"' },
    homelab: { options: 'no-pty,from="10.0.0.0/8,192.168.1.1"' },
  },
  {
    name: 'other options',
    user: 'pk-reoptions',
    text: `no-pty ${ONE}\n`,
    keys: [ONE],
    ansible: { key_options: 'command="/bin/echo a, b"' },
    homelab: { options: 'command="/bin/echo a, b"' },
  },
  {
    name: 'absent',
    user: 'pk-gone',
    text: `${TWO}\n${ONE}\n`,
    keys: [ONE],
    ansible: { state: 'absent' },
    homelab: { state: 'absent' },
  },
  {
    name: 'rights that are too wide',
    user: 'pk-wide',
    text: `${ONE}\n`,
    given: 'chmod 0755 $ssh; chmod 0644 $ssh/authorized_keys',
    keys: [ONE],
    differs: {
      because:
        'Ansible mends rights only when it changes a key; homelab keeps the folder and the file private, since sshd refuses keys that others may write.',
      first: { ansible: 'ok', homelab: 'changed' },
      seen: {
        ansible: seenHome('pk-wide', `${ONE}$\n`, { folder: 755, file: 644 }),
        homelab: seenHome('pk-wide', `${ONE}$\n`),
      },
    },
  },
  {
    name: 'options of which nothing is said',
    user: 'pk-nooptions',
    text: `no-pty ${ONE}\n`,
    keys: [ONE],
  },
  { name: 'a user that does not exist', user: 'pk-nobody', keys: [ONE] },
];

function situation({ name, user, text, keys, ansible, homelab, given, differs }: Row): Situation {
  const isThere = user !== 'pk-nobody';
  const write =
    text === undefined
      ? ''
      : `install -d -m 700 -o ${user} -g ${user} $ssh
${writeTo('$ssh/authorized_keys', text)}
chmod 0600 $ssh/authorized_keys; chown ${user}: $ssh/authorized_keys`;
  return {
    name,
    given: `ssh=/home/${user}/.ssh
${isThere ? `useradd --create-home --skel /var/empty ${user} 2>/dev/null` : ''}
${write}
${given ?? ''}`,
    ansible: { 'ansible.posix.authorized_key': { user, key: keys.join('\n'), ...ansible } },
    homelab: { authorized_keys: { user, keys, ...homelab } },
    look: `show /home/${user}`,
    ...(differs === undefined ? {} : { differs }),
  };
}

const module: ModuleSituations = {
  situations: ROWS.map(situation),
};

export default module;
