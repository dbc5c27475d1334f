import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-flags';
const ODD = `${FOLDER}/-it's a b#c\\d☂`;
const ODD_WORD = `'${FOLDER}/-it'\\''s a b#c\\d☂'`;
const flagsOf = (path: string): string =>
  `grep -F ' ${path} ' /proc/self/mountinfo | cut -d ' ' -f 6 | tr , '\\n' | grep ^no | sort | xargs`;
const UNMOUNT = `for path in $(cut -d ' ' -f 5 /proc/self/mountinfo | grep ^${FOLDER} | tac); do umount "$(printf '%b' "$path")"; done`;

const contract: KindContract = {
  setUp: `cp -p /etc/fstab /etc/fstab.flags; rm -rf ${FOLDER}; mkdir -p ${FOLDER}/memory ${FOLDER}/listed ${FOLDER}/cut`,
  tearDown: `${UNMOUNT}; mv /etc/fstab.flags /etc/fstab; systemctl daemon-reload; rm -rf ${FOLDER}`,
  rows: [
    {
      name: 'a file system in memory that nothing lists',
      given: `mount -t tmpfs -o size=1m scratch ${FOLDER}/memory`,
      params: { path: `${FOLDER}/memory`, options: ['noexec', 'nodev'] },
      holds: {
        shell: `${flagsOf(`${FOLDER}/memory`)}; grep /memory /etc/fstab; cp /bin/true ${FOLDER}/memory; ${FOLDER}/memory/true 2>&1 | grep -c denied; df -k --output=size ${FOLDER}/memory | tail -1 | xargs`,
        prints: `nodev noexec\nscratch ${FOLDER}/memory tmpfs nodev,noexec 0 0\n1\n1024\n`,
      },
      damages: [
        { by: `mount -o remount,bind,exec,nodev ${FOLDER}/memory`, fields: ['now'] },
        { by: `sed -i s/nodev,noexec/nodev/ /etc/fstab`, fields: ['at_boot'] },
        { by: `sed -i /memory/d /etc/fstab`, fields: ['at_boot'] },
      ],
      undo: { because: 'what a mount forbade before is not remembered' },
    },
    {
      name: 'a line of fstab',
      given: `echo 'listed ${FOLDER}/listed tmpfs size=2m,exec 0 0' >>/etc/fstab; mount ${FOLDER}/listed`,
      params: { path: `${FOLDER}/listed`, options: ['nosuid', 'noexec'] },
      holds: {
        shell: `${flagsOf(`${FOLDER}/listed`)}; grep /listed /etc/fstab; umount ${FOLDER}/listed; mount ${FOLDER}/listed; ${flagsOf(`${FOLDER}/listed`)}`,
        prints: `noexec nosuid\nlisted ${FOLDER}/listed tmpfs size=2m,nosuid,noexec 0 0\nnoexec nosuid\n`,
      },
      damages: [{ by: `mount -o remount,bind,suid,noexec ${FOLDER}/listed`, fields: ['now'] }],
      undo: { because: 'what a mount forbade before is not remembered' },
    },
  ],
  oddValues: [
    {
      name: 'a path of many sorts of characters',
      given: `mkdir -p -- ${ODD_WORD}; mount -t tmpfs odd -- ${ODD_WORD}`,
      params: { path: ODD, options: ['nodev'] },
      holds: {
        shell: `findmnt -n -o OPTIONS --mountpoint ${ODD_WORD} | grep -c nodev; systemd-analyze --version >/dev/null; findmnt --verify --tab-file /etc/fstab >/dev/null 2>&1 || true`,
        prints: '1\n',
      },
    },
  ],
  interruption: {
    from: `umount ${FOLDER}/cut 2>/dev/null || true; sed -i /cut/d /etc/fstab; mount -t tmpfs cut ${FOLDER}/cut`,
    params: { path: `${FOLDER}/cut`, options: ['nodev', 'noexec'] },
    observe: ['grep /cut /etc/fstab || true', flagsOf(`${FOLDER}/cut`)],
  },
};

export default contract;
