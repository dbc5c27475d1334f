import {
  slug,
  type ModuleSituations,
  type Situation,
  type Tasks,
  type DeliberateDifference,
} from '../situation.js';

const FOLDER = '/srv/parity-file';

interface Row {
  readonly name: string;
  /** Shell script in which `"$at"` is the path. */
  readonly given?: string;
  readonly ansible: Readonly<Record<string, unknown>>;
  readonly homelab: (path: string) => Tasks;
  /** Below the situation's path. */
  readonly below?: string;
  readonly differs?: (path: string) => DeliberateDifference;
}

const ROWS: readonly Row[] = [
  {
    name: 'a directory with mode and owner',
    ansible: { state: 'directory', mode: '2770', owner: 'daemon', group: 'adm' },
    homelab: (path) => ({ directory: { path, mode: '2770', owner: 'daemon', group: 'adm' } }),
  },
  {
    name: 'a directory that is there, with another mode',
    given: 'mkdir "$at"; chmod 2700 "$at"; echo x >"$at/inside"',
    ansible: { state: 'directory', mode: '0755' },
    homelab: (path) => ({ directory: { path, mode: '0755' } }),
  },
  {
    name: 'a directory that is there, nothing said of its mode',
    given: 'mkdir -m 0700 "$at"; chown daemon "$at"',
    ansible: { state: 'directory' },
    homelab: (path) => ({ directory: { path } }),
  },
  {
    name: 'a directory whose parents are missing',
    below: 'b/c',
    ansible: { state: 'directory' },
    homelab: (path) => ({ directory: { path } }),
  },
  {
    name: 'a private directory whose parents are missing',
    below: 'b/c',
    ansible: { state: 'directory', mode: '0700', owner: 'daemon' },
    homelab: (path) => ({ directory: { path, mode: '0700', owner: 'daemon' } }),
    differs: (path) => ({
      because:
        'Ansible gives mode and owner to every directory that it makes on the way; homelab gives them to the one that is named, as `mkdir -p -m` does.',
      seen: {
        ansible: `${path} d 700 daemon:root \n${path}/b d 700 daemon:root \n${path}/b/c d 700 daemon:root \n`,
        homelab: `${path} d 755 root:root \n${path}/b d 755 root:root \n${path}/b/c d 700 daemon:root \n`,
      },
    }),
  },
  {
    name: 'a directory that is to be absent, with all in it',
    given: 'mkdir -p "$at/a/b"; echo x >"$at/a/b/c"; ln -s /etc "$at/link"',
    ansible: { state: 'absent' },
    homelab: (path) => ({ directory: { path, state: 'absent' } }),
  },
  {
    name: 'a file that is to be absent',
    given: 'echo x >"$at"',
    ansible: { state: 'absent' },
    homelab: (path) => ({ file: { path, state: 'absent' } }),
  },
  {
    name: 'nothing that is to be absent',
    ansible: { state: 'absent' },
    homelab: (path) => ({ file: { path, state: 'absent' } }),
  },
  {
    name: 'a directory where a file is',
    given: 'echo x >"$at"',
    ansible: { state: 'directory' },
    homelab: (path) => ({ directory: { path } }),
  },
  {
    name: 'a directory where a link to one is',
    given: 'mkdir "$at.real"; ln -s "$at.real" "$at"',
    ansible: { state: 'directory' },
    homelab: (path) => ({ directory: { path } }),
    differs: () => ({
      because:
        'Ansible follows a link to a directory and takes it for one; homelab refuses: what is kept is what is named, and a link is kept by `link`.',
      first: { ansible: 'ok', homelab: 'failed' },
      second: { ansible: 'ok', homelab: 'failed' },
    }),
  },
  {
    name: 'a link',
    ansible: { state: 'link', src: '/etc/hostname' },
    homelab: (path) => ({ link: { path, target: '/etc/hostname' } }),
  },
  {
    name: 'a relative link to nothing',
    ansible: { state: 'link', src: '../nowhere ☂', force: true },
    homelab: (path) => ({ link: { path, target: '../nowhere ☂' } }),
  },
  {
    name: 'a link to a directory that points elsewhere',
    given: 'ln -s /usr "$at"',
    ansible: { state: 'link', src: '/etc' },
    homelab: (path) => ({ link: { path, target: '/etc' } }),
  },
  {
    name: 'a link where a file is',
    given: 'echo x >"$at"',
    ansible: { state: 'link', src: '/etc/hostname' },
    homelab: (path) => ({ link: { path, target: '/etc/hostname' } }),
  },
  {
    name: 'a link that is to be absent',
    given: 'mkdir "$at.real"; echo x >"$at.real/kept"; ln -s "$at.real" "$at"',
    ansible: { state: 'absent' },
    homelab: (path) => ({ link: { path, state: 'absent' } }),
  },
];

function situation({ name, given, ansible, homelab, below, differs }: Row): Situation {
  const at = `${FOLDER}/${slug(name)}`;
  const path = below === undefined ? at : `${at}/${below}`;
  return {
    name,
    ...(given === undefined ? {} : { given: `at=${at}; ${given}` }),
    ansible: { file: { path, ...ansible } },
    homelab: homelab(path),
    look: `show ${at} ${at}.real`,
    ...(differs === undefined ? {} : { differs: differs(at) }),
  };
}

const module: ModuleSituations = { given: `mkdir ${FOLDER}`, situations: ROWS.map(situation) };

export default module;
