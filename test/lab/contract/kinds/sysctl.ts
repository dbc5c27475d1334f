import type { KindContract } from '../contract.js';

const FILE = '/etc/sysctl.d/90-homelab.conf';
const OWN = `/etc/sysctl.d/-contract it's own.conf`;
const OWN_WORD = `'/etc/sysctl.d/-contract it'\\''s own.conf'`;
const IPV4 = '/proc/sys/net/ipv4';

// What the network namespace of a machine owns: the rest of /proc/sys is read-only there.
const BACK = `rm -f /etc/sysctl.d/95-contract.conf /etc/sysctl.d/99-contract.7.conf ${FILE} ${OWN_WORD}; echo 0 >${IPV4}/ip_forward; echo 0 >${IPV4}/conf/all/rp_filter; echo 0 >${IPV4}/conf/all/log_martians
echo '4096 131072 33554432' >${IPV4}/tcp_rmem; echo '32768 60999' >${IPV4}/ip_local_port_range
ip link del contract.7 2>/dev/null || true`;

const contract: KindContract = {
  setUp: BACK,
  tearDown: BACK,
  rows: [
    {
      name: 'values of one and several words, in a file that holds more',
      given: `printf '# kept\\nnet.ipv4.conf.all.log_martians=1\\n-net/ipv4/ip_forward=0' >${FILE}`,
      params: { settings: { 'net.ipv4.ip_forward': 1, 'net.ipv4.tcp_rmem': '4096  131072\t6291456' } },
      holds: {
        shell: `cat ${FILE} ${IPV4}/ip_forward ${IPV4}/tcp_rmem`,
        prints:
          '# kept\nnet.ipv4.conf.all.log_martians=1\nnet.ipv4.ip_forward = 1\nnet.ipv4.tcp_rmem = 4096 131072 6291456\n' +
          '1\n4096\t131072\t6291456\n',
      },
      damages: [
        { by: `echo 0 >${IPV4}/ip_forward`, fields: ['running.net.ipv4.ip_forward'] },
        {
          by: `sed -i -e 's/^net.ipv4.ip_forward.*/net.ipv4.ip_forward=0/' ${FILE}`,
          fields: ['file.net.ipv4.ip_forward'],
        },
        {
          by: `echo '4096 131072 131072' >${IPV4}/tcp_rmem; sed -i '/tcp_rmem/d' ${FILE}`,
          fields: ['file.net.ipv4.tcp_rmem', 'running.net.ipv4.tcp_rmem'],
        },
      ],
      undo: {
        params: { settings: { 'net.ipv4.ip_forward': 1, 'net.ipv4.tcp_rmem': 1 }, state: 'absent' },
        holds: {
          shell: `cat ${FILE} ${IPV4}/ip_forward`,
          prints: '# kept\nnet.ipv4.conf.all.log_martians=1\n1\n',
        },
      },
    },
    {
      name: 'slashes, and a file of its own',
      params: { settings: { 'net/ipv4/conf/all/rp_filter': '2' }, file: OWN },
      holds: {
        shell: `cat ${OWN_WORD} ${IPV4}/conf/all/rp_filter`,
        prints: 'net/ipv4/conf/all/rp_filter = 2\n2\n',
      },
      damages: [
        { by: `rm ${OWN_WORD}`, fields: ['file.net/ipv4/conf/all/rp_filter'] },
        { by: `echo 1 >${IPV4}/conf/all/rp_filter`, fields: ['running.net/ipv4/conf/all/rp_filter'] },
      ],
      undo: {
        params: { settings: { 'net.ipv4.conf.all.rp_filter': 2 }, file: OWN, state: 'absent' },
        holds: { shell: `ls -A /etc/sysctl.d | grep contract || true`, prints: '' },
      },
    },
    {
      name: 'what this kernel lacks, and what belongs to the host of the container',
      params: {
        settings: { 'kernel.none_such': 1, 'kernel.kptr_restrict': 2, 'net.ipv4.conf.all.log_martians': 1 },
        file: '/etc/sysctl.d/95-contract.conf',
        ignore_missing: true,
      },
      holds: {
        shell: `sort /etc/sysctl.d/95-contract.conf; cat ${IPV4}/conf/all/log_martians`,
        prints: 'kernel.kptr_restrict = 2\nkernel.none_such = 1\nnet.ipv4.conf.all.log_martians = 1\n1\n',
      },
      damages: [
        {
          by: `echo 0 >${IPV4}/conf/all/log_martians; sed -i /kptr/d /etc/sysctl.d/95-contract.conf`,
          fields: ['file.kernel.kptr_restrict', 'running.net.ipv4.conf.all.log_martians'],
        },
      ],
      undo: {
        params: {
          settings: {
            'kernel.none_such': 1,
            'kernel.kptr_restrict': 2,
            'net.ipv4.conf.all.log_martians': 1,
          },
          file: '/etc/sysctl.d/95-contract.conf',
          state: 'absent',
        },
        holds: { shell: 'ls /etc/sysctl.d | grep 95-contract || true', prints: '' },
      },
    },
  ],
  oddValues: [
    {
      name: 'an interface with a dot in its name',
      given: 'ip link add contract.7 type bridge',
      params: {
        settings: { 'net.ipv4.conf.contract/7.arp_notify': 1 },
        file: '/etc/sysctl.d/99-contract.7.conf',
      },
      holds: {
        shell: `cat /etc/sysctl.d/99-contract.7.conf ${IPV4}/conf/contract.7/arp_notify`,
        prints: 'net.ipv4.conf.contract/7.arp_notify = 1\n1\n',
      },
    },
  ],
  interruption: {
    from: `rm -f ${FILE}; echo 0 >${IPV4}/ip_forward; echo '32768 60999' >${IPV4}/ip_local_port_range`,
    params: { settings: { 'net.ipv4.ip_forward': 1, 'net.ipv4.ip_local_port_range': '20000 50000' } },
    observe: [
      `cat ${FILE} 2>/dev/null || true`,
      `cat ${IPV4}/ip_forward`,
      `cat ${IPV4}/ip_local_port_range`,
      'ls -A /etc/sysctl.d | grep "[.]homelab" || true',
    ],
  },
};

export default contract;
