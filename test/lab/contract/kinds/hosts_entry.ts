import type { KindContract } from '../contract.js';

const KEPT = '/var/tmp/contract-hosts';
const LONG = Array.from({ length: 2_000 }, (_, index) => `n${index}.contract.example`);
const addressOf = (name: string): string => `getent ahosts ${name} | awk '{print $1}' | sort -u`;

const contract: KindContract = {
  setUp: `cp -p /etc/hosts ${KEPT}`,
  tearDown: `cat ${KEPT} >/etc/hosts; rm ${KEPT}`,
  rows: [
    {
      name: 'names that another address had',
      given: `printf '192.0.2.4 nas.contract old.contract # an old one\\n# nas.contract\\n' >>/etc/hosts`,
      params: { address: '192.0.2.5', names: ['nas.contract', 'nas-contract'] },
      holds: {
        shell: `${addressOf('nas.contract')}; ${addressOf('nas-contract')}; ${addressOf('old.contract')}; grep -c '^# nas.contract' /etc/hosts`,
        prints: '192.0.2.5\n192.0.2.5\n192.0.2.4\n1\n',
      },
      damages: [
        { by: `echo '192.0.2.6 nas.contract' >>/etc/hosts`, fields: ['names.nas.contract'] },
        { by: `sed -i '/^192.0.2.5/d' /etc/hosts`, fields: ['names.nas-contract', 'names.nas.contract'] },
        { by: `sed -i 's/^192.0.2.5.*/192.0.2.5 nas-contract nas.contract/' /etc/hosts`, fields: ['order'] },
      ],
      undo: {
        params: { address: '192.0.2.5', state: 'absent' },
        holds: {
          shell: `! grep -F 192.0.2.5 /etc/hosts; ${addressOf('old.contract')}`,
          prints: '192.0.2.4\n',
        },
      },
    },
    {
      name: 'an IPv6 address beside the IPv4 address of the same name',
      given: `printf '2001:DB8:0::5 other.contract\\n192.0.2.7 six.contract\\n' >>/etc/hosts`,
      params: { address: '2001:db8::5', names: ['six.contract'] },
      holds: {
        shell: `${addressOf('six.contract')}; grep -c 2001:DB8 /etc/hosts; ${addressOf('other.contract')}`,
        prints: '192.0.2.7\n2001:db8::5\n1\n2001:db8::5\n',
      },
      damages: [
        {
          by: `sed -i 's/^2001:.*/2001:db8::5 other.contract/' /etc/hosts; sed -i 's/^2001:db8/2001:DB8:0/' /etc/hosts`,
          fields: ['names.six.contract'],
        },
      ],
      undo: {
        params: { address: '2001:db8::5', names: ['six.contract'], state: 'absent' },
        holds: {
          shell: `${addressOf('six.contract')}; ${addressOf('other.contract')}`,
          prints: '192.0.2.7\n2001:db8::5\n',
        },
      },
    },
  ],
  oddValues: [
    {
      name: 'every character that a name may have',
      params: { address: 'fe80::1%eth0', names: ['A_b-9.c0ntract', '_x.contract', '9.contract.example'] },
      holds: {
        shell: `grep -c '^fe80::1%eth0.A_b-9.c0ntract _x.contract 9.contract.example$' /etc/hosts`,
        prints: '1\n',
      },
    },
    {
      name: 'thousands of names',
      params: { address: '192.0.2.8', names: LONG },
      holds: { shell: 'grep -w ^192.0.2.8 /etc/hosts | wc -w', prints: `${LONG.length + 1}\n` },
    },
  ],
  interruption: {
    from: `{ cat ${KEPT}; echo 192.0.2.9 moved.contract; yes '# a long file' | head -n 50000; } >/etc/hosts`,
    params: { address: '192.0.2.10', names: ['moved.contract'] },
    observe: ['sha256sum </etc/hosts; stat -c %a /etc/hosts'],
  },
};

export default contract;
