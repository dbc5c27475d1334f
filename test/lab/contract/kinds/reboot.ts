import type { KindContract } from '../contract.js';

const FOLDER = '/srv/contract-reboot';
const NOTE_BOOT = `cat /proc/sys/kernel/random/boot_id >${FOLDER}/before`;
/** Says whether the machine runs another boot than the one that was noted. */
const HAS_REBOOTED = `if [ "$(cat ${FOLDER}/before)" = "$(cat /proc/sys/kernel/random/boot_id)" ]; then echo same; else echo new; fi`;

const contract: KindContract = {
  setUp: `rm -rf ${FOLDER}; mkdir ${FOLDER}`,
  tearDown: `rm -rf ${FOLDER}`,
  rows: [
    {
      name: 'a package has asked for it',
      given: `${NOTE_BOOT}; : >/run/reboot-required; echo linux-image-amd64 >/run/reboot-required.pkgs`,
      params: { when: 'needed', timeout: 120 },
      holds: { shell: HAS_REBOOTED, prints: 'new\n' },
      damages: [
        { by: `${NOTE_BOOT}; : >/run/reboot-required`, fields: ['reboot'] },
        {
          by: `${NOTE_BOOT}; : >/run/reboot-required; printf '%s\\n' '$(id)' "'" '*' >/run/reboot-required.pkgs`,
          fields: ['reboot'],
        },
      ],
      undo: { because: 'a boot that has been cannot be undone' },
    },
  ],
  oddValues: {
    because:
      'it has no values but a word, a number and a truth; what the machine says of itself is in a damage',
  },
  interruption: {
    because:
      'a reboot cuts every connection itself and is proven over the next one; what is killed meanwhile is in reboot.test.ts',
  },
};

export default contract;
