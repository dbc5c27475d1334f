import type { KindContract } from '../contract.js';

// What is mounted when it is entered (x-systemd.automount) is proven by value: systemd in a container has no /dev/autofs.
const FOLDER = '/srv/contract-mount';
const SPACED = `${FOLDER}/a b#c\\d`;
const SPACED_WORD = `'${SPACED}'`;
/** The kernel's table without what differs between runs. */
const tableOf = (path: string): string =>
  `grep -F ' ${path} ' /proc/self/mountinfo | cut -d ' ' -f 4-6 || true`;
const fstabOf = (text: string): string => `grep -F '${text}' /etc/fstab || true`;
const UNMOUNT = `for path in $(cut -d ' ' -f 5 /proc/self/mountinfo | grep ^${FOLDER} | tac); do umount "$(printf '%b' "$path")"; done`;

const contract: KindContract = {
  setUp: `cp -p /etc/fstab /etc/fstab.contract; rm -rf ${FOLDER}; mkdir -p ${FOLDER}/origin/deep; echo here >${FOLDER}/origin/deep/file
printf '# of somebody\\nLABEL=none\\t/mnt/none  ext4\\tnoauto,nofail 0\\t2 # a tail' >>/etc/fstab`,
  tearDown: `${UNMOUNT}; mv /etc/fstab.contract /etc/fstab; systemctl daemon-reload; rm -rf ${FOLDER}`,
  rows: [
    {
      name: 'a file system in memory, its folder made',
      params: {
        path: `${FOLDER}/memory`,
        source: 'scratch',
        type: 'tmpfs',
        options: ['size=1m', 'noexec'],
        timeout: 30,
      },
      holds: {
        shell: `${tableOf(`${FOLDER}/memory`)}; ${fstabOf('/memory')}; grep -c 'of somebody' /etc/fstab; grep -c 'nofail 0.2 # a tail$' /etc/fstab`,
        prints: `/ ${FOLDER}/memory rw,noexec,relatime\nscratch ${FOLDER}/memory tmpfs size=1m,noexec 0 0\n1\n1\n`,
      },
      damages: [
        { by: `umount ${FOLDER}/memory`, fields: ['flags', 'mounted'] },
        { by: `sed -i '/memory/d' /etc/fstab`, fields: ['fstab'] },
        {
          by: `sed -i 's/size=1m/size=2m/' /etc/fstab; umount ${FOLDER}/memory`,
          fields: ['flags', 'fstab', 'mounted'],
        },
        { by: `mount -o remount,exec scratch ${FOLDER}/memory`, fields: ['flags'] },
        {
          by: `umount ${FOLDER}/memory; mount -t ramfs scratch ${FOLDER}/memory; mount -t tmpfs -o noexec again ${FOLDER}/memory; umount ${FOLDER}/memory`,
          fields: ['flags', 'mounted'],
        },
      ],
      undo: {
        params: { path: `${FOLDER}/memory`, state: 'absent' },
        holds: { shell: `${tableOf(`${FOLDER}/memory`)}; ${fstabOf('/memory')}`, prints: '' },
      },
    },
    {
      name: 'a folder seen from another place, read-only',
      params: { path: `${FOLDER}/view`, source: `${FOLDER}/origin`, type: 'none', options: 'bind,ro' },
      holds: {
        shell: `cat ${FOLDER}/view/deep/file; ${tableOf(`${FOLDER}/view`)}; ${fstabOf('/view')}`,
        prints: `here\n${FOLDER}/origin ${FOLDER}/view ro,relatime\n${FOLDER}/origin ${FOLDER}/view none bind,ro 0 0\n`,
      },
      damages: [
        {
          by: `umount ${FOLDER}/view; mount --bind ${FOLDER}/origin/deep ${FOLDER}/view`,
          fields: ['flags', 'mounted'],
        },
        { by: `mount -o remount,bind,rw ${FOLDER}/view`, fields: ['flags'] },
      ],
      undo: {
        params: { path: `${FOLDER}/view`, state: 'absent' },
        holds: {
          shell: `${tableOf(`${FOLDER}/view`)}; ${fstabOf('/view')}; cat ${FOLDER}/origin/deep/file`,
          prints: 'here\n',
        },
      },
    },
    {
      name: 'a server that is not there: in fstab alone',
      params: {
        path: `${FOLDER}/nas`,
        source: 'nas.invalid:/export',
        type: 'nfs',
        options: 'noauto,nofail,soft',
        state: 'unmounted',
        dump: 1,
        pass: 2,
      },
      holds: {
        shell: `${tableOf(`${FOLDER}/nas`)}; ${fstabOf('/nas')}`,
        prints: `nas.invalid:/export ${FOLDER}/nas nfs noauto,nofail,soft 1 2\n`,
      },
      damages: [
        {
          by: `mkdir -p ${FOLDER}/nas; mount -t tmpfs one ${FOLDER}/nas; mount -t tmpfs two ${FOLDER}/nas`,
          fields: ['mounted'],
        },
        { by: `sed -i 's/export/elsewhere/' /etc/fstab`, fields: ['fstab'] },
      ],
      undo: {
        params: { path: `${FOLDER}/nas`, state: 'absent' },
        holds: { shell: fstabOf('/nas'), prints: '' },
      },
    },
  ],
  oddValues: [
    {
      name: 'a space, a hash and a backslash in the path',
      params: { path: SPACED, source: "it's", type: 'tmpfs' },
      holds: {
        shell: `touch ${SPACED_WORD}/in; findmnt -n -o SOURCE,FSTYPE --mountpoint ${SPACED_WORD}; findmnt -n --fstab -o TARGET --source "it's"`,
        prints: `it's   tmpfs\n${SPACED}\n`,
      },
    },
    {
      name: 'a leading dash, unicode and glob characters',
      params: { path: `${FOLDER}/*?[ü☂]`, source: '-o remount', type: 'tmpfs', options: 'mode=0700' },
      holds: {
        shell: `findmnt -n -o SOURCE,FSTYPE --mountpoint '${FOLDER}/*?[ü☂]'; stat -c %a '${FOLDER}/*?[ü☂]'`,
        prints: '-o remount tmpfs\n700\n',
      },
    },
  ],
  interruption: {
    from: `umount ${FOLDER}/cut 2>/dev/null || true; sed -i '/contract-mount.cut/d' /etc/fstab`,
    params: { path: `${FOLDER}/cut`, source: 'cut', type: 'tmpfs' },
    observe: [tableOf(`${FOLDER}/cut`), 'cat /etc/fstab', 'ls -A /etc | grep "[.]homelab" || true'],
  },
};

export default contract;
