import type { KindContract } from '../contract.js';

const NAMES = ['contract-g1', 'contract-g2', 'contract-g3', 'Contract_g.4', '_contract'];
const REMOVE = `for name in ${NAMES.join(' ')}; do groupdel "$name" 2>/dev/null || true; done`;
const LONGEST = `contract-${'x'.repeat(22)}`;

const contract: KindContract = {
  setUp: REMOVE,
  tearDown: `${REMOVE}; groupdel ${LONGEST} 2>/dev/null || true`,
  rows: [
    {
      name: 'a group with a number',
      params: { name: 'contract-g1', gid: 4711 },
      holds: { shell: 'getent group contract-g1', prints: 'contract-g1:x:4711:\n' },
      damages: [
        { by: 'groupmod --gid 4712 contract-g1', fields: ['gid'] },
        { by: 'groupdel contract-g1', fields: ['gid', 'state'] },
      ],
      undo: {
        params: { name: 'contract-g1', state: 'absent' },
        holds: { shell: 'getent group contract-g1 || true', prints: '' },
      },
    },
    {
      name: 'a group of the system range',
      params: { name: 'contract-g2', system: true },
      holds: {
        shell: `test "$(getent group contract-g2 | cut -d : -f 3)" -lt 1000; getent group contract-g2 | cut -d : -f 1,2,4`,
        prints: 'contract-g2:x:\n',
      },
      damages: [{ by: 'groupdel contract-g2', fields: ['state'] }],
      undo: {
        params: { name: 'contract-g2', state: 'absent' },
        holds: { shell: 'getent group contract-g2 || true', prints: '' },
      },
    },
    {
      name: 'a group that goes, with its members',
      given: 'groupadd contract-g3; usermod -aG contract-g3 nobody',
      params: { name: 'contract-g3', state: 'absent' },
      holds: { shell: 'getent group contract-g3 || true; id -nG nobody', prints: 'nogroup\n' },
      damages: [{ by: 'groupadd contract-g3', fields: ['state'] }],
      undo: { because: 'Who was in it is not known any more.' },
    },
  ],
  oddValues: [
    {
      name: 'capitals, a dot and an underscore',
      params: { name: 'Contract_g.4' },
      holds: { shell: 'getent group Contract_g.4 | cut -d : -f 1', prints: 'Contract_g.4\n' },
    },
    {
      name: 'the longest name',
      params: { name: LONGEST },
      holds: { shell: `getent group ${LONGEST} | cut -d : -f 1`, prints: `${LONGEST}\n` },
    },
    {
      name: 'an underscore first',
      params: { name: '_contract' },
      holds: { shell: 'getent group _contract | cut -d : -f 1', prints: '_contract\n' },
    },
  ],
  interruption: {
    from: `groupdel contract-g3 2>/dev/null || true`,
    params: { name: 'contract-g3', gid: 4713 },
    observe: ['getent group contract-g3 || true', 'ls -A /etc | grep -e "group.lock" -e "^group+" || true'],
  },
};

export default contract;
