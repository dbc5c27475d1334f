import type { KindContract } from '../contract.js';

const LONGEST = `${'a'.repeat(31)}-${'b'.repeat(28)}.lab`;
const BACK = 'echo proof >/etc/hostname; hostname proof';

const contract: KindContract = {
  setUp: BACK,
  tearDown: BACK,
  rows: [
    {
      name: 'a name with its domain, a comment of the file kept',
      given: `printf '# the rack\\nproof\\n' >/etc/hostname`,
      params: { name: 'proof-2.lab' },
      holds: { shell: 'cat /etc/hostname; uname -n', prints: '# the rack\nproof-2.lab\nproof-2.lab\n' },
      damages: [
        { by: `printf '# the rack\\nother\\n' >/etc/hostname`, fields: ['static'] },
        { by: 'hostname other', fields: ['running'] },
        { by: `hostname other; printf '# the rack\\n' >/etc/hostname`, fields: ['running', 'static'] },
      ],
      undo: { because: 'A machine has a name or another one, never none.' },
    },
  ],
  oddValues: [
    {
      name: 'the longest the kernel holds',
      params: { name: LONGEST },
      holds: { shell: 'tail -n 1 /etc/hostname; uname -n', prints: `${LONGEST}\n${LONGEST}\n` },
    },
  ],
  interruption: {
    from: BACK,
    params: { name: 'proof-3' },
    observe: ['cat /etc/hostname', 'uname -n'],
  },
};

export default contract;
