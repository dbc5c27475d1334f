import { describe, expect, test } from '@jest/globals';
import type { SshListeners } from '../../src/probes/ssh-listeners.js';
import { sshdQuestion, type SshdAnswer } from '../../src/probes/sshd-configs.js';
import sshdPort from '../../src/tasks/sshd_port.js';
import { socketDropIn, withoutOtherPorts } from '../../src/tasks/shared/sshd-ports.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const MAIN = '/etc/ssh/sshd_config';
const OURS = '/etc/ssh/sshd_config.d/01-homelab-port.conf';
const CLOUD = '/etc/ssh/sshd_config.d/50-cloud.conf';
const HEADER = '# Kept by homelab: changes by hand are overwritten.\n';
const INCLUDE = 'Include /etc/ssh/sshd_config.d/*.conf\n';

interface Machine {
  readonly listens: readonly string[];
  /** `FILE:LINE KEYWORD VALUE`, as sshd traces them. */
  readonly lines?: readonly string[];
  readonly texts?: Readonly<Record<string, string>>;
  readonly socket?: SshListeners['socket'];
  /** Ports that the kernel knows. Default: those of `listens`. */
  readonly ports?: readonly number[];
  readonly isRead?: SshdAnswer['isRead'];
}

function machine({
  listens,
  lines = [],
  texts = {},
  socket = null,
  ports,
  isRead = 'yes',
}: Machine): Answers {
  const all: Record<string, string | undefined> = { [OURS]: undefined, [MAIN]: INCLUDE, ...texts };
  const traced = lines.map((line) => {
    const [, file = '', number, keyword = '', value = ''] = /^(\S+):(\d+) (\S+) (.*)$/.exec(line) ?? [];
    return { file, line: Number(number), keyword, value };
  });
  const report = { values: new Map([['listenaddress', listens]]), complaint: '', lines: traced };
  return {
    'sshd-configs': {
      [sshdQuestion({ connections: [''] })]: { canTry: true, effective: [report], alone: [], isRead },
    },
    'ssh-listeners': {
      '': { socket, ports: new Set(ports ?? listens.map((one) => Number(one.split(':').at(-1)))) },
    },
    files: Object.fromEntries(
      Object.entries(all).map(([path, text]) => [path, text === undefined ? null : fileEntry()]),
    ),
    'file-contents': Object.fromEntries(
      Object.entries(all).map(([path, text]) => [
        path,
        text === undefined ? null : { bytes: Buffer.from(text), isComplete: true },
      ]),
    ),
  };
}

const short = (steps: readonly string[]): string[] => steps.map((step) => step.replace(/ < [^]*$/, ''));
const RELOAD = 'sh -s -- reload sshd';
const FOLDER = 'mkdir -p -- /etc/ssh/sshd_config.d';
const own = (...ports: readonly number[]): string =>
  `write ${OURS} 0600 root:root ${JSON.stringify(HEADER + ports.map((port) => `Port ${port}\n`).join(''))}`;

describe('sshd_port', () => {
  test.each<[string, object, Machine, readonly string[], readonly string[]]>([
    ['in sync', { port: 22 }, { listens: ['0.0.0.0:22', '[::]:22'] }, [], []],
    [
      'in sync, alone',
      { port: 2222, others: 'close' },
      { listens: ['[::]:2222', '0.0.0.0:2222'], lines: [`${OURS}:2 port 2222`] },
      [],
      [],
    ],
    [
      'a new one beside the usual one, which no file names',
      { port: 2222 },
      { listens: ['0.0.0.0:22', '[::]:22'] },
      ['port.2222: null -> open'],
      [FOLDER, own(22, 2222), RELOAD],
    ],
    [
      'a new one beside one that another file names',
      { port: 2222 },
      { listens: ['0.0.0.0:2022'], lines: [`${CLOUD}:1 port 2022`], texts: { [CLOUD]: 'Port 2022\n' } },
      ['port.2222: null -> open'],
      [FOLDER, own(2222), RELOAD],
    ],
    [
      'the old one closed',
      { port: 2222, others: 'close' },
      {
        listens: ['0.0.0.0:22', '0.0.0.0:2222'],
        lines: [`${OURS}:2 port 22`, `${OURS}:3 port 2222`],
        texts: { [OURS]: `${HEADER}Port 22\nPort 2222\n` },
      },
      ['port.22: open -> null'],
      [FOLDER, own(2222), RELOAD],
    ],
    [
      'the old one closed where other files name it',
      { port: 2222, others: 'close' },
      {
        listens: ['0.0.0.0:22', '0.0.0.0:2222'],
        lines: [`${MAIN}:2 port 22`, `${CLOUD}:1 port 2222`],
        texts: { [MAIN]: `${INCLUDE}Port 22\nUsePAM yes\n`, [CLOUD]: 'Port 2222\n' },
      },
      ['port.22: open -> null'],
      [
        FOLDER,
        own(),
        `write ${MAIN} 0644 root:root ${JSON.stringify(`${INCLUDE}# Port 22\nUsePAM yes\n`)}`,
        RELOAD,
      ],
    ],
    [
      'a main file that includes nothing',
      { port: 2222 },
      { listens: ['0.0.0.0:22'], texts: { [MAIN]: 'UsePAM yes\n' } },
      ['port.2222: null -> open'],
      [
        FOLDER,
        own(22, 2222),
        `write ${MAIN} 0644 root:root ${JSON.stringify(`${INCLUDE}UsePAM yes\n`)}`,
        RELOAD,
      ],
    ],
    [
      'one that sshd could not have',
      { port: 2222 },
      { listens: ['0.0.0.0:22', '0.0.0.0:2222'], ports: [22], lines: [`${OURS}:3 port 2222`] },
      ['port.2222: nobody listens -> open'],
      [FOLDER, own(22, 2222), RELOAD],
    ],
    [
      'a daemon that has not read it',
      { port: 22 },
      { listens: ['0.0.0.0:22'], isRead: 'no' },
      ['loaded: an older configuration -> as written'],
      [RELOAD],
    ],
    [
      'a socket of systemd',
      { port: 2222 },
      {
        listens: ['0.0.0.0:22'],
        socket: { unit: 'ssh.socket', streams: ['0.0.0.0:22', '[::]:22'] },
      },
      ['port.2222: null -> open'],
      [
        FOLDER,
        own(22, 2222),
        'mkdir -p -- /etc/systemd/system/ssh.socket.d',
        `write /etc/systemd/system/ssh.socket.d/homelab-port.conf 0644 root:root ${JSON.stringify(
          `${HEADER}[Socket]\nListenStream=\nListenStream=0.0.0.0:22\nListenStream=[::]:22\nListenStream=0.0.0.0:2222\nListenStream=[::]:2222\n`,
        )}`,
        RELOAD,
      ],
    ],
  ])('%s', async (_name, params, options, changes, steps) => {
    const planned = await plan(sshdPort, params, fakeHost(machine(options)));
    expect(planned.changes).toEqual(changes);
    expect(short(planned.steps)).toEqual(steps);
  });

  test('an address with a port of its own is named', async () => {
    const options = { listens: ['10.0.0.1:22'], lines: [`${MAIN}:12 listenaddress 10.0.0.1:22`] };
    await expect(plan(sshdPort, { port: 2222 }, fakeHost(machine(options)))).rejects.toMatchObject({
      code: 'task/overruled',
      message: `${MAIN} line 12 names a port of its own: ListenAddress 10.0.0.1:22`,
    });
  });

  test.each([
    ['no port', { port: 0 }],
    ['text', { port: '22 ' }],
    ['too large', { port: 65_536 }],
    ['another word', { port: 22, others: 'leave' }],
  ])('%s is refused', (_name, params) => expect(problems(sshdPort, params)).not.toEqual([]));
});

describe('withoutOtherPorts', () => {
  test.each([
    ['Port 22\nPort 2222\n', 'Port 22\n# Port 2222\n'],
    ['  port="2222"\n#Port 1\nPortal 3\n', '# port="2222"\n#Port 1\nPortal 3\n'],
    ['Match User a\n  Port 9\n', 'Match User a\n  Port 9\n'],
  ])('%j', (text, expected) => expect(withoutOtherPorts(text, 22)).toBe(expected));
});

describe('socketDropIn', () => {
  test.each([
    [['22'], 'ListenStream=2222\n'],
    [['[::]:22'], 'ListenStream=[::]:2222\n'],
    [['10.0.0.1:22', '[fd00::1]:22'], 'ListenStream=10.0.0.1:2222\nListenStream=[fd00::1]:2222\n'],
  ])('%j', (streams, expected) => {
    expect(socketDropIn(streams, [2222])).toBe(`${HEADER}[Socket]\nListenStream=\n${expected}`);
  });
});
