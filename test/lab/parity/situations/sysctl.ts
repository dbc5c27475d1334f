import {
  seenFile,
  slug,
  writeTo,
  type DeliberateDifference,
  type ModuleSituations,
  type Situation,
} from '../situation.js';

/** Only what belongs to the network can be set in the machines of the lab. */
interface Row {
  readonly name: string;
  readonly key: string;
  /** Running value before. */
  readonly running: string;
  /** What the file holds before; undefined: there is none. */
  readonly text?: string;
  /** Undefined: absent. */
  readonly value?: string;
  readonly differs?: (path: string) => DeliberateDifference;
}

const SPACED = '/etc/sysctl.d/parity-spaced.conf';

const ROWS: readonly Row[] = [
  { name: 'a new setting', key: 'net.ipv4.tcp_keepalive_time', running: '7200', value: '600' },
  {
    name: 'in sync',
    key: 'net.ipv4.tcp_keepalive_intvl',
    running: '60',
    text: 'net.ipv4.tcp_keepalive_intvl = 60\n',
    value: '60',
  },
  {
    name: 'another value',
    key: 'net.ipv4.tcp_keepalive_probes',
    running: '9',
    text: 'net.ipv4.tcp_keepalive_probes = 9\n',
    value: '5',
  },
  {
    name: 'in the file, but not in force',
    key: 'net.ipv4.tcp_fin_timeout',
    running: '60',
    text: 'net.ipv4.tcp_fin_timeout = 30\n',
    value: '30',
  },
  {
    name: 'in force, but not in the file',
    key: 'net.ipv4.tcp_syn_retries',
    running: '4',
    value: '4',
  },
  {
    name: 'several numbers',
    key: 'net.ipv4.ip_local_port_range',
    running: '32768 60999',
    value: '20000 60000',
  },
  {
    name: 'among others',
    key: 'net.ipv4.tcp_retries1',
    running: '3',
    text: '# ours\nnet.ipv4.tcp_retries2=15\n\nnet.ipv4.tcp_retries1=3\n; end\n',
    value: '4',
  },
  {
    name: 'absent, among others',
    key: 'net.ipv4.tcp_syncookies',
    running: '1',
    text: '# ours\nnet.ipv4.tcp_synack_retries=5\nnet.ipv4.tcp_syncookies=1\n',
  },
  {
    name: 'absent already',
    key: 'net.ipv4.tcp_orphan_retries',
    running: '0',
    text: '# ours\n',
  },
];

function situation({ name, key, running, text, value, differs }: Row): Situation {
  const path = `/etc/sysctl.d/parity-${slug(name)}.conf`;
  const state = value === undefined ? 'absent' : 'present';
  const file = text === undefined ? '' : `\n${writeTo(path, text)}`;
  return {
    name,
    given: `echo ${running} >/proc/sys/${key.replaceAll('.', '/')}${file}`,
    ansible: {
      'ansible.posix.sysctl': {
        name: key,
        sysctl_file: path,
        state,
        ...(value === undefined ? {} : { value }),
      },
    },
    homelab: { sysctl: { settings: { [key]: value ?? running }, file: path, state } },
    look: `cat /proc/sys/${key.replaceAll('.', '/')}
find ${path} -printf '%m %u\\n' 2>/dev/null || true
# sysctl.conf(5): blanks around the sign mean nothing.
sed 's/ *= */=/' ${path} 2>/dev/null || true`,
    ...(differs === undefined ? {} : { differs: differs(path) }),
  };
}

const module: ModuleSituations = {
  situations: [
    ...ROWS.map(situation),
    {
      name: 'how lines are written, its own and those of others',
      given: writeTo(SPACED, '# ours\nnet.ipv4.tcp_window_scaling  =  1\n'),
      ansible: {
        'ansible.posix.sysctl': { name: 'net.ipv4.tcp_timestamps', value: '1', sysctl_file: SPACED },
      },
      homelab: { sysctl: { settings: { 'net.ipv4.tcp_timestamps': 1 }, file: SPACED } },
      look: `show ${SPACED}`,
      differs: {
        because:
          'Ansible writes the whole file anew, without blanks; homelab leaves the lines of others byte for byte, and writes its own as sysctl.conf(5) does.',
        seen: {
          ansible: seenFile(SPACED, '# ours$\nnet.ipv4.tcp_window_scaling=1$\nnet.ipv4.tcp_timestamps=1$\n'),
          homelab: seenFile(
            SPACED,
            '# ours$\nnet.ipv4.tcp_window_scaling  =  1$\nnet.ipv4.tcp_timestamps = 1$\n',
          ),
        },
      },
    },
  ],
};

export default module;
