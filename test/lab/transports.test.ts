import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TransportName } from '../../src/core/host-config.js';
import { setLink } from '../../src/lab/machine-control.js';
import { killSessions } from './contract/kill-sessions.js';
import type { Answer, DriverRequest, Task } from './fixtures/transport-driver.js';
import { LAB_HOSTS, type HostSketch } from './harness/lab-inventory.js';
import { documentOf, hostOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { leftoversOn } from './harness/snapshot.js';
import { waitUntil, waitUntilNone } from './harness/wait-until.js';

const DRIVER = fileURLToPath(new URL('./fixtures/transport-driver.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODE = [process.execPath, '--import', 'tsx', DRIVER];
const REMOTE = ['ssh2', 'openssh'] as const;
const TRANSPORTS = [...REMOTE, 'local'] as const;
const PASSWORD = 'canary-Lm4-ox';

let lab: TestLab;
let folder: string;
/** Its path has room for sockets. */
let short: string;

beforeAll(async () => {
  lab = await sharedLab();
  folder = lab.project({});
  short = mkdtempSync(join(tmpdir(), 'hlt-'));
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'stranger')]);
  await lab.shell(
    'dns1',
    `id erin 2>/dev/null || useradd --create-home --shell /bin/sh --groups sudo erin
     install -d -m 700 -o erin -g erin /home/erin/.ssh
     install -m 600 -o erin -g erin /home/admin/.ssh/authorized_keys /home/erin/.ssh/`,
  );
  await lab.onMachine('dns1', ['chpasswd'], { stdin: `erin:${PASSWORD}\n` });
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  rmSync(short, { recursive: true });
  await lab.shell('dns1', 'userdel --remove erin 2>/dev/null || true');
});

/** The lab's hosts by `transport`, keys pinned; `of` changes single ones. `here` is the controller itself. */
function hostsBy(
  transport: TransportName,
  of: Readonly<Record<string, Partial<HostSketch>>> = {},
): HostSketch[] {
  const machines = LAB_HOSTS.map((host) => {
    const hostKeys = lab.state.hostKeys[host.name]?.slice(0, 1) ?? [];
    return { ...host, user: 'admin', become: 'none' as const, transport, hostKeys, ...of[host.name] };
  });
  return [...machines, { name: 'here', become: 'none', transport: 'local' }];
}
const requestOf = (tasks: readonly Task[]): DriverRequest => ({
  folder: mkdtempSync(join(short, 'r-')),
  env: { HOMELAB_BECOME_PASSWORD: PASSWORD },
  tasks,
});

async function drive(tasks: readonly Task[], knownHosts = '') {
  const request = requestOf(tasks);
  writeFileSync(join(request.folder, 'known_hosts'), knownHosts);
  const { stdout, stderr } = await lab.run(NODE, { cwd: ROOT, stdin: JSON.stringify(request) });
  if (stdout === '') throw new Error(`the driver said nothing:\n${stderr}`);
  const { answers, leftovers } = JSON.parse(stdout) as {
    answers: Record<string, Answer>;
    leftovers: string[];
  };
  const valueOf = (name: string) => {
    const answer = answers[name];
    return answer !== undefined && 'value' in answer ? answer.value : answer;
  };
  const errorOf = (name: string) => {
    const answer = answers[name];
    if (answer === undefined || !('error' in answer)) throw new Error(`${name} has not failed: ${stdout}`);
    return answer.error;
  };
  return { valueOf, errorOf, leftovers, request };
}

const CODES_OF_SECTIONS = [
  [0, 'abc', ''],
  [1, '', ''],
  [255, '', ''],
  [0, 'out\n', 'err\n'],
  [137, '', expect.any(String)],
  [2, '', expect.stringMatching(/./)],
];

const WORKS: readonly [does: Task['does'], expected: (transport: TransportName) => unknown][] = [
  ['bytesThroughAProgram', () => [0, true]],
  ['bytesOfASection', () => true],
  ['fiveMegabytesEachWay', () => [0, 5 << 20, true]],
  ['aLongScriptAndAnswer', () => [0, true]],
  ['codesOfAProgram', () => [0, 1, 255]],
  // ssh has one code for everything that has none.
  ['killed', (transport) => (transport === 'openssh' ? 255 : 137)],
  ['sections', () => CODES_OF_SECTIONS],
  ['oneRoundTrip', () => [4950, ['A', 'B', 'C'], 2]],
  ['tenShellsAtOnce', () => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
];

describe.each(TRANSPORTS)('the transport %s', (transport) => {
  const target = transport === 'local' ? 'here' : 'dns1';
  let driven: Awaited<ReturnType<typeof drive>>;
  beforeAll(async () => {
    const hosts = hostsBy(transport);
    driven = await drive([
      ...WORKS.map(([does]) => ({ name: does, does, target, hosts })),
      { name: 'closed', does: 'closed', target, hosts },
    ]);
  }, LAB_TIMEOUT_MS);

  test.each(WORKS)('%s', (does, expected) => {
    expect(driven.valueOf(does)).toEqual(expected(transport));
  });

  test('says that it was closed', () => {
    expect(driven.errorOf('closed').code).toBe('transport/closed');
  });

  test('leaves nothing on the controller, and no shell or scratch folder on the machine', async () => {
    expect(driven.leftovers).toEqual([]);
    if (transport !== 'local') await waitUntilNone('nothing is left on dns1', () => leftoversOn(lab, 'dns1'));
  });
});

type Failing = readonly [
  what: string,
  task: () => Pick<Task, 'target'> & { of?: Readonly<Record<string, Partial<HostSketch>>> },
  code: RegExp,
  message: RegExp,
];
const wrong = () => ({ hostKeys: lab.state.hostKeys['right']?.slice(0, 1) ?? [] });
const FAILS: readonly Failing[] = [
  [
    'an unknown host key',
    () => ({ target: 'pi', of: { pi: { hostKeys: [] } } }),
    /host-key-unknown/,
    /pi .* is not known: ssh-ed25519 SHA256:/,
  ],
  [
    'a changed host key',
    () => ({ target: 'dns1', of: { dns1: wrong() } }),
    /host-key-changed/,
    /known is ssh-ed25519 SHA256:.*, shown is ssh-ed25519 SHA256:/,
  ],
  [
    'a changed host key of the jump host',
    () => ({ target: 'dns1', of: { gate: wrong() } }),
    /jump-failed/,
    /^unreachable via gate: The host key of gate .* has changed/,
  ],
  [
    'a wrong key',
    () => ({ target: 'dns1', of: { dns1: { identity: [join(folder, 'stranger')] } } }),
    /auth-failed/,
    /tried .*stranger$/,
  ],
  [
    'a closed port',
    () => ({ target: 'pi', of: { pi: { port: 23 } } }),
    /connection-refused/,
    /^pi \(192\.168\.77\.10:23\) refuses/,
  ],
  [
    'a closed port behind the jump host',
    () => ({ target: 'dns1', of: { dns1: { port: 23 } } }),
    /unreachable/,
    /^gate could not reach dns1 \(10\.77\.1\.11:23\): .*refused/,
  ],
  [
    'a machine that is off',
    () => ({ target: 'pi', of: { pi: { address: '192.168.77.99' } } }),
    /unreachable|timeout/,
    /pi \(192\.168\.77\.99:22\)/,
  ],
  [
    'a machine that is off behind the jump host',
    () => ({ target: 'dns1', of: { dns1: { address: '10.77.1.99' } } }),
    /unreachable|timeout/,
    /dns1 \(10\.77\.1\.99:22\)/,
  ],
];

describe.each(REMOTE)('what goes wrong with %s', (transport) => {
  let driven: Awaited<ReturnType<typeof drive>>;
  beforeAll(async () => {
    const sudo = { dns1: { become: 'sudo' as const } };
    driven = await drive([
      ...FAILS.map(([name, task]) => {
        const { target, of } = task();
        return { name, does: 'account' as const, target, hosts: hostsBy(transport, of) };
      }),
      { name: 'sudo', does: 'account', target: 'dns1', hosts: hostsBy(transport, sudo) },
      {
        name: 'sudo with a password',
        does: 'account',
        target: 'dns1',
        hosts: hostsBy(transport, { dns1: { become: 'sudo', user: 'erin' } }),
      },
      { name: 'keys', does: 'keys', target: 'dns1', hosts: hostsBy(transport) },
      {
        name: 'first sight',
        does: 'account',
        target: 'nas',
        hosts: hostsBy(transport, { nas: { hostKeys: [] }, gate: { hostKeys: [] } }),
        acceptNew: true,
      },
    ]);
  }, LAB_TIMEOUT_MS);

  test.each(FAILS)('%s is told', (name, _task, code, message) => {
    const error = driven.errorOf(name);
    expect(error.code).toMatch(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/\S/);
  });

  test.each(['sudo', 'sudo with a password'])('%s makes root', (name) => {
    expect(driven.valueOf(name)).toBe('root\ndns1\n');
  });

  test('trust sees the keys of the machine', () => {
    expect(driven.valueOf('keys')).toEqual(
      lab.state.hostKeys['dns1']?.map((key) => key.split(' ').slice(0, 2).join(' ')),
    );
  });

  test('--accept-new pins the keys of the whole way', () => {
    expect(driven.valueOf('first sight')).toBe('admin\nnas\n');
    const pinned = readFileSync(join(driven.request.folder, 'known_hosts'), 'utf8').trim().split('\n');
    const keyOf = (host: string) => lab.state.hostKeys[host]?.[0]?.split(' ').slice(0, 2).join(' ') ?? 'none';
    expect(pinned).toEqual([`192.168.77.2 ${keyOf('gate')}`, `[10.77.1.12]:2222 ${keyOf('nas')}`]);
  });

  test('leaves nothing on the controller', () => {
    expect(driven.leftovers).toEqual([]);
  });
});

/** A run that is in the middle of something on `target`. */
async function startHeld(transport: TransportName, target: string) {
  const request = requestOf([{ name: 'held', does: 'held', target, hosts: hostsBy(transport) }]);
  const file = join(request.folder, 'request.json');
  writeFileSync(file, JSON.stringify(request));
  const run = lab.start(['sh', '-c', 'file=$1; shift; exec "$@" <"$file"', 'sh', file, ...NODE], {
    cwd: ROOT,
  });
  await run.printed('holding');
  const outcome = async () => {
    await run.ended();
    const { answers, leftovers } = JSON.parse(run.stdout) as {
      answers: Record<string, Answer>;
      leftovers: string[];
    };
    return { ...answers['held'], leftovers };
  };
  const processes = () =>
    execFileSync('ps', ['-eo', 'args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(`${request.folder}/hl-`));
  return { run, outcome, request, processes };
}
const freed = async (host: string) => {
  await lab.onMachine(host, ['pkill', '-x', '-f', 'sleep 100']);
  await waitUntilNone(`nothing is left on ${host}`, () => leftoversOn(lab, host));
};

describe.each(REMOTE)('a connection of %s is cut in the middle', (transport) => {
  test.each([
    ['the sshd of the machine is killed', 'dns1', 'transport/connection-lost'],
    ['the sshd of the jump host is killed', 'gate', 'transport/jump-failed'],
  ])('%s', async (_what, host, code) => {
    const { outcome } = await startHeld(transport, 'dns1');
    expect(killSessions(lab, host)).toBeGreaterThan(0);
    expect(await outcome()).toMatchObject({ error: { code }, leftovers: [] });
    await freed('dns1');
  });

  test('the cable is pulled', async () => {
    const { outcome } = await startHeld(transport, 'pi');
    await setLink(lab.id, 'pi', 'down');
    try {
      expect(await outcome()).toMatchObject({
        error: { code: 'transport/connection-lost', message: 'pi (192.168.77.10:22) no longer answers' },
        leftovers: [],
      });
    } finally {
      await setLink(lab.id, 'pi', 'up');
      await freed('pi');
    }
  });

  test('the controller is killed: nothing of it stays', async () => {
    const { run, processes, request } = await startHeld(transport, 'dns1');
    // A connection to each of the two machines.
    const masters = processes().filter((line) => / -N -M /.test(line));
    expect(masters).toHaveLength(transport === 'openssh' ? 2 : 0);
    run.kill('SIGKILL');
    await run.ended();
    await waitUntil('its processes are gone', () => processes().length === 0);
    await waitUntil('its folder is gone', () =>
      readdirSync(request.folder).every((name) => !name.startsWith('hl-')),
    );
    await freed('dns1');
  });
});

describe('a machine that shows and takes certificates only, by post-quantum key exchange', () => {
  const PORT = 2299;
  const ETC = '/root/certificates';
  let driven: Awaited<ReturnType<typeof drive>>;

  beforeAll(async () => {
    const keygen = (...args: string[]) => execFileSync('ssh-keygen', ['-q', ...args], { cwd: folder });
    for (const name of ['authority', 'host', 'user']) keygen('-t', 'ed25519', '-N', '', '-f', name);
    keygen('-s', 'authority', '-I', 'dns1', '-h', '-n', '10.77.1.11', 'host.pub');
    keygen('-s', 'authority', '-I', 'operator', '-n', 'admin', 'user.pub');
    await lab.shell('dns1', `mkdir -m 700 ${ETC}`);
    for (const name of ['host', 'host-cert.pub', 'authority.pub']) {
      const stdin = readFileSync(join(folder, name));
      await lab.onMachine('dns1', ['sh', '-c', `umask 077; cat >${ETC}/${name}`], { stdin });
    }
    const config = [
      `Port ${PORT}`,
      `PidFile ${ETC}/pid`,
      `HostKey ${ETC}/host`,
      `HostCertificate ${ETC}/host-cert.pub`,
      'HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com',
      `TrustedUserCAKeys ${ETC}/authority.pub`,
      'AuthorizedKeysFile none',
      'UsePAM yes',
      'KexAlgorithms sntrup761x25519-sha512@openssh.com',
    ];
    await lab.onMachine('dns1', ['sh', '-c', `cat >${ETC}/config`], { stdin: config.join('\n') });
    await lab.shell('dns1', `/usr/sbin/sshd -f ${ETC}/config`);
    const tasks = REMOTE.map((name) => ({
      name,
      does: 'account' as const,
      target: 'dns1',
      hosts: hostsBy(name, { dns1: { port: PORT, hostKeys: [], identity: [join(folder, 'user')] } }),
    }));
    const authority = readFileSync(join(folder, 'authority.pub'), 'utf8');
    driven = await drive(tasks, `@cert-authority 10.77.1.* ${authority}`);
  });
  afterAll(() => lab.shell('dns1', `kill "$(cat ${ETC}/pid)"; rm -rf ${ETC}`));

  test('is reached by openssh', () => {
    expect(driven.valueOf('openssh')).toBe('admin\ndns1\n');
  });

  test('is none of ssh2’s, which says so', () => {
    expect(driven.errorOf('ssh2')).toMatchObject({
      code: 'transport/no-common-algorithm',
      hint: expect.stringContaining('transport: openssh'),
    });
  });
});

describe('openssh on a terminal', () => {
  const FOLDER = '/srv/transports';
  const PASSPHRASE = 'canary-Pq2-hen';
  const HOSTS = ['dns1', 'nas'];
  let project: string;

  beforeAll(async () => {
    project = lab.project({
      'inventory/hosts.yml': lab.hostsFile({
        defaults: { user: 'admin', become: 'sudo', transport: 'openssh', identity: 'locked' },
      }),
      'playbooks/site.yml': JSON.stringify([
        {
          name: 'Hold',
          hosts: 'all',
          tasks: [
            {
              name: 'Long work',
              command: {
                shell: `touch ${FOLDER}/begun; while [ -e ${FOLDER}/hold ]; do sleep 0.05; done; touch ${FOLDER}/done`,
                creates: `${FOLDER}/done`,
              },
            },
            { name: 'After', file: { path: `${FOLDER}/after`, content: 'after\n' } },
          ],
        },
      ]),
    });
    // The key that every machine knows, encrypted.
    const locked = join(project, 'locked');
    writeFileSync(locked, readFileSync(join(lab.state.home, '.ssh/id_ed25519')), { mode: 0o600 });
    execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', PASSPHRASE, '-f', locked]);
    for (const host of HOSTS)
      await lab.shell(host, `rm -rf ${FOLDER}; mkdir ${FOLDER}; touch ${FOLDER}/hold`);
  });
  afterAll(async () => {
    for (const host of HOSTS) await lab.shell(host, `rm -rf ${FOLDER}`);
  });

  test('a passphrase is asked for once; Ctrl-C lets the running step end', async () => {
    const command = `stty rows 30 cols 100; exec ${process.execPath} ${lab.cli} provision ${HOSTS.join(' ')} --yes --no-color`;
    const run = lab.start(['script', '-qec', command, '/dev/null'], { cwd: project });
    await run.printed('Passphrase of locked');
    run.type(`${PASSPHRASE}\r`);
    for (const host of HOSTS)
      await run.reaches(
        `is at work on ${host}`,
        async () => (await lab.onMachine(host, ['test', '-e', `${FOLDER}/begun`])).code === 0,
      );
    // As a terminal does it: every program in its foreground gets the signal.
    run.type('\u0003');
    await run.printed('nterrupted');
    for (const host of HOSTS) await lab.shell(host, `rm ${FOLDER}/hold`);
    expect(await run.ended()).toBe(130);
    for (const host of HOSTS) {
      await lab.shell(host, `test -e ${FOLDER}/done`);
      expect((await lab.onMachine(host, ['test', '-e', `${FOLDER}/after`])).code).toBe(1);
    }
    expect(run.stdout.split('Passphrase of')).toHaveLength(2);
    expect(run.stdout).not.toContain(PASSPHRASE);
    expect(run.stdout).not.toMatch(/Enter passphrase|debug1|Shared connection/);
  });

  test('where nobody answers it says what to do', async () => {
    const { code, stdout } = await lab.homelab(['plan', 'dns1', '--json'], { cwd: project });
    expect(code).toBe(1);
    expect(hostOf(documentOf({ stdout, stderr: '' }), 'dns1').error).toMatchObject({
      code: 'transport/jump-failed',
      hint: expect.stringContaining('ssh-add'),
    });
  });
});
