import { LAY_MODPROBE } from '../../fixtures/modprobe.js';
import type { KindContract } from '../contract.js';

const BUILTIN = '/lib/modules/$(uname -r)';

const contract: KindContract = {
  setUp: `${LAY_MODPROBE}
mkdir -p ${BUILTIN}
echo kernel/net/contract-builtin.ko >${BUILTIN}/modules.builtin`,
  tearDown: `rm -rf /usr/local/sbin/modprobe ${BUILTIN} /sys/module /etc/modules-load.d/contract_*.conf /etc/modprobe.d/homelab-contract_*
mount -o remount,ro /sys`,
  rows: [
    {
      name: 'loaded, now and at boot',
      params: { name: 'contract-loaded' },
      holds: {
        shell: 'cat /sys/module/contract_loaded/initstate /etc/modules-load.d/contract_loaded.conf',
        prints: 'live\ncontract-loaded\n',
      },
      damages: [
        { by: 'modprobe -r contract-loaded', fields: ['loaded'] },
        { by: 'rm /etc/modules-load.d/contract_loaded.conf', fields: ['boot'] },
        {
          by: ': >/etc/modules-load.d/contract_loaded.conf; modprobe -r contract_loaded',
          fields: ['boot', 'loaded'],
        },
      ],
      undo: {
        params: { name: 'contract_loaded', state: 'absent' },
        holds: {
          shell: 'ls -A /etc/modules-load.d /sys/module | grep contract_loaded || true',
          prints: '',
        },
      },
    },
    {
      name: 'with options, for now only',
      params: { name: 'contract_options', options: 'debug=1 mode=a,b', persistent: false },
      holds: {
        shell: 'cat /sys/module/contract_options/options; ls /etc/modules-load.d | grep contract_o || true',
        prints: 'options contract_options debug=1 mode=a,b\n',
      },
      damages: [
        {
          by: 'echo "options contract-options debug=2" >/etc/modprobe.d/homelab-contract_options.conf',
          fields: ['options'],
        },
        { by: 'echo contract_options >/etc/modules-load.d/contract_options.conf', fields: ['boot'] },
      ],
      undo: {
        params: { name: 'contract_options', state: 'absent' },
        holds: {
          shell: 'ls -A /etc/modprobe.d /sys/module | grep contract_options || true',
          prints: '',
        },
      },
    },
    {
      name: 'part of the kernel',
      params: { name: 'contract_builtin' },
      holds: { shell: 'cat /etc/modules-load.d/contract_builtin.conf', prints: 'contract_builtin\n' },
      damages: [{ by: 'rm /etc/modules-load.d/contract_builtin.conf', fields: ['boot'] }],
      undo: {
        params: { name: 'contract_builtin', persistent: false },
        holds: { shell: 'ls /etc/modules-load.d | grep contract_b || true', prints: '' },
      },
    },
  ],
  oddValues: {
    because: 'Names and options of modules are letters, digits and few signs; others are refused offline.',
  },
  interruption: {
    from: 'rm -rf /sys/module/contract_cut /etc/modules-load.d/contract_cut.conf /etc/modprobe.d/homelab-contract_cut.conf',
    params: { name: 'contract_cut', options: 'a=1' },
    observe: [
      'cat /sys/module/contract_cut/initstate 2>/dev/null || true',
      'cat /etc/modules-load.d/contract_cut.conf 2>/dev/null || true',
      'cat /etc/modprobe.d/homelab-contract_cut.conf 2>/dev/null || true',
      'ls -A /etc/modules-load.d /etc/modprobe.d | grep "[.]homelab" || true',
    ],
  },
};

export default contract;
