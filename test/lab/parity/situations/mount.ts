import { slug, type DeliberateDifference, type ModuleSituations, type Situation } from '../situation.js';

const FOLDER = '/srv/parity-mount';

interface Row {
  readonly name: string;
  /** Last part of the mount point; default: made from the name. */
  readonly folder?: string;
  /** Shell script in which `"$at"` is the mount point and `$fstab` its spelling in fstab. */
  readonly given?: string;
  readonly source?: string;
  readonly type?: string;
  readonly options?: string;
  readonly ansible: 'mounted' | 'present' | 'unmounted' | 'absent';
  readonly homelab: 'mounted' | 'unmounted' | 'absent';
  readonly differs?: (path: string) => DeliberateDifference;
}

const MOUNTED = `mkdir -p "$at"
echo "tmpfs $fstab tmpfs size=1m 0 0" >>/etc/fstab
mount "$at"`;

const ROWS: readonly Row[] = [
  { name: 'mounted', options: 'size=1m,mode=0750', ansible: 'mounted', homelab: 'mounted' },
  { name: 'mounted already', given: MOUNTED, options: 'size=1m', ansible: 'mounted', homelab: 'mounted' },
  {
    name: 'other options',
    given: MOUNTED,
    options: 'size=2m,noexec',
    ansible: 'mounted',
    homelab: 'mounted',
  },
  {
    name: 'in fstab, but not mounted',
    given: `${MOUNTED}; umount "$at"`,
    options: 'size=1m',
    ansible: 'mounted',
    homelab: 'mounted',
  },
  {
    name: 'a space in its path',
    folder: 'with space',
    options: 'size=1m',
    ansible: 'mounted',
    homelab: 'mounted',
  },
  {
    name: 'a bind mount',
    given: `mkdir ${FOLDER}/source; echo inside >${FOLDER}/source/file`,
    source: `${FOLDER}/source`,
    type: 'none',
    options: 'bind',
    ansible: 'mounted',
    homelab: 'mounted',
  },
  {
    name: 'in fstab alone',
    options: 'size=1m,noauto',
    ansible: 'present',
    homelab: 'unmounted',
    differs: (path) => ({
      because:
        'homelab makes the mount point: without it the entry cannot be mounted at boot, and findmnt(8) finds fault with it.',
      seen: {
        ansible: `tmpfs ${path} tmpfs size=1m,noauto 0 0\nnot mounted\n`,
        homelab: `tmpfs ${path} tmpfs size=1m,noauto 0 0\nnot mounted\n${path} d 755 root:root \n`,
      },
    }),
  },
  {
    name: 'unmounted, stays in fstab',
    given: MOUNTED,
    options: 'size=1m',
    ansible: 'unmounted',
    homelab: 'unmounted',
  },
  {
    name: 'absent',
    given: MOUNTED,
    ansible: 'absent',
    homelab: 'absent',
    differs: (path) => ({
      because:
        'Ansible removes the empty mount point as well; homelab leaves it, since it may have been there before, and `directory` can remove it.',
      seen: {
        ansible: 'not in fstab\nnot mounted\n',
        homelab: `not in fstab\nnot mounted\n${path} d 755 root:root \n`,
      },
    }),
  },
  { name: 'absent already', given: 'mkdir "$at"', ansible: 'absent', homelab: 'absent' },
  {
    name: 'a device that does not exist',
    source: '/dev/parity-none',
    type: 'ext4',
    options: 'defaults',
    ansible: 'mounted',
    homelab: 'mounted',
  },
];

function situation(row: Row): Situation {
  const { name, given, ansible, homelab, differs, source = 'tmpfs', type = 'tmpfs', options } = row;
  const path = `${FOLDER}/${row.folder ?? slug(name)}`;
  const fstab = path.replaceAll(' ', '\\040');
  const isNamed = homelab !== 'absent';
  return {
    name,
    ...(given === undefined ? {} : { given: `at='${path}'; fstab='${fstab}'\n${given}` }),
    ansible: {
      'ansible.posix.mount': {
        path,
        state: ansible,
        ...(isNamed ? { src: source, fstype: type, opts: options } : {}),
      },
    },
    homelab: { mount: { path, state: homelab, ...(isNamed ? { source, type, options } : {}) } },
    look: `grep -F '${fstab} ' /etc/fstab || echo 'not in fstab'
findmnt -rn -o TARGET,SOURCE,FSTYPE,OPTIONS -M '${path}' | sed 's/,lowerdir=.*//' | grep . || echo 'not mounted'
show '${path}'`,
    ...(differs === undefined ? {} : { differs: differs(path) }),
  };
}

const module: ModuleSituations = {
  given: `mkdir ${FOLDER}`,
  situations: ROWS.map(situation),
};

export default module;
