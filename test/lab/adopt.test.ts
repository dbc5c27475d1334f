import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

/** Passwords hold this; nothing else in the world does. */
const CANARY = `cnry${randomBytes(6).toString('hex')}`;
const PASSWORD = `Pw-${CANARY}`;
/** One machine beside the jump host, one behind it. */
const [NEAR, FAR] = [
  { host: 'pi', address: '192.168.77.10' },
  { host: 'proof', address: '10.77.1.21' },
];
/** Accounts without a key: with sudo as a Raspberry Pi has it, asked by PAM alone, with a password for sudo, without sudo. */
const ACCOUNTS = {
  ada: 'NOPASSWD',
  kay: 'NOPASSWD',
  sue: 'PASSWD',
  bob: undefined,
  eve: 'NOPASSWD',
} as const;

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
  const sshd = [
    `Match User ${Object.keys(ACCOUNTS).join(',')}`,
    'PasswordAuthentication yes',
    'Match User kay',
    'KbdInteractiveAuthentication yes',
  ];
  // The first value of a keyword counts: kay is asked by PAM alone.
  const lines = ['Match User kay', 'PasswordAuthentication no', ...sshd];
  for (const { host } of [NEAR, FAR]) {
    for (const [user, sudo] of Object.entries(ACCOUNTS)) {
      const rule =
        sudo === undefined ? 'true' : `echo '${user} ALL=(ALL) ${sudo}: ALL' > /etc/sudoers.d/${user}`;
      await lab.shell(host, `useradd --create-home --shell /bin/bash ${user} && ${rule}`);
      await lab.onMachine(host, ['chpasswd'], { stdin: `${user}:${PASSWORD}\n` });
    }
    await lab.onMachine(host, ['tee', '/etc/ssh/sshd_config.d/00-adopt.conf'], {
      stdin: `${lines.join('\n')}\n`,
    });
    await lab.shell(host, 'systemctl reload ssh');
  }
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  for (const { host } of [NEAR, FAR])
    await lab.shell(
      host,
      `rm -f /etc/ssh/sshd_config.d/00-adopt.conf; systemctl reload ssh
       for user in ${Object.keys(ACCOUNTS).join(' ')}; do
         pkill -KILL -u $user; rm -f /etc/sudoers.d/$user; userdel --remove $user 2>/dev/null
       done; true`,
    );
});

/** A project that knows the jump host alone. */
function newProject(defaults = 'user: admin'): string {
  const key = lab.state.hostKeys['gate']?.[0] ?? '';
  return lab.project({
    'inventory/hosts.yml': `# the house
defaults: { ${defaults} }
hosts:
  gate:   { address: 192.168.77.2, host_key: "${key}" }   # the way in

groups: {}
`,
  });
}
const inventoryOf = (project: string) => readFileSync(join(project, 'inventory/hosts.yml'), 'utf8');
const pinnedIn = (project: string) => existsSync(join(project, 'inventory/known_hosts'));

interface Adopted {
  readonly exitCode: number;
  readonly hosts: readonly {
    readonly host: string;
    readonly status: string;
    readonly keysInstalled: readonly { readonly type: string; readonly fingerprint: string }[];
    readonly login: { readonly user: string; readonly method: string } | null;
    readonly become: string | null;
    readonly isWritten: boolean;
    readonly error: { readonly code: string; readonly message: string; readonly hint: string } | null;
  }[];
}

/** Adopts by a script: no terminal, passwords from the environment. */
async function adopt(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const result = await lab.homelab(['adopt', ...args, '--yes', '--json'], { cwd, env });
  expect({ stderr: result.stderr, stdout: result.stdout }).not.toMatchObject({
    stdout: expect.stringContaining(CANARY) as unknown as string,
  });
  expect(result.stderr).not.toContain(CANARY);
  const document = JSON.parse(result.stdout) as Adopted;
  expect(document.exitCode).toBe(result.code);
  return { ...document, host: document.hosts.at(-1) as Adopted['hosts'][number] };
}
const asNew = (address: string, user: string, more: readonly string[] = []) => [
  address,
  '--name',
  'fresh',
  '--user',
  user,
  ...more,
];
const given = { HOMELAB_LOGIN_PASSWORD: PASSWORD };
const viaGate = ['--via', 'gate', '--ask-pass'];
/** What is in a home's .ssh on the machine, modes and owners included. */
const sshFolder = (host: string, user: string) =>
  lab.shell(
    host,
    `cd /home/${user}; [ ! -e .ssh ] || { stat -c '%U %a %n' .ssh .ssh/*; cat .ssh/authorized_keys; }`,
  );
const keyLine = () => readFileSync(join(lab.state.home, '.ssh/id_ed25519.pub'), 'utf8');
const refusals = async (host: string, user: string) =>
  Number(
    await lab.shell(
      host,
      `journalctl --sync; journalctl -q -t sshd --grep 'Failed (password|keyboard)' | grep -c "for ${user}" || true`,
    ),
  );

describe('what does not let it in changes nothing', () => {
  test.each<
    [what: string, args: readonly string[], env: Record<string, string>, code: string, tries: number]
  >([
    ['without --ask-pass', [], {}, 'auth-failed', 0],
    ['with no terminal and no password', ['--ask-pass'], {}, 'login-password-needed', 0],
    [
      'with a wrong password, which is tried once',
      ['--ask-pass'],
      { HOMELAB_LOGIN_PASSWORD: 'wrong' },
      'login-password-wrong',
      1,
    ],
  ])('%s', async (_what, args, env, code, tries) => {
    const project = newProject();
    const before = { inventory: inventoryOf(project), refused: await refusals(NEAR.host, 'ada') };
    const { host, exitCode } = await adopt(project, asNew(NEAR.address, 'ada', args), env);
    expect({ exitCode, status: host.status, code: host.error?.code }).toEqual({
      exitCode: 1,
      status: 'failed',
      code: `transport/${code}`,
    });
    expect(host.error?.hint).toMatch(/--ask-pass|HOMELAB_LOGIN_PASSWORD|right password/);
    expect(await refusals(NEAR.host, 'ada')).toBe(before.refused + tries);
    expect(inventoryOf(project)).toBe(before.inventory);
    expect(await sshFolder(NEAR.host, 'ada')).toBe('');
  });
});

describe('a machine that knows a password alone', () => {
  test.each<
    [what: string, at: typeof NEAR, user: string, args: readonly string[], entry: string, defaults: string]
  >([
    [
      'behind the jump host',
      FAR,
      'ada',
      viaGate,
      '  fresh: { address: 10.77.1.21, user: ada, via: gate }\n',
      'user: admin',
    ],
    [
      'asked by PAM alone',
      NEAR,
      'kay',
      ['--ask-pass'],
      '  fresh: { address: 192.168.77.10, user: kay }\n',
      'user: admin',
    ],
    [
      'proven by the program ssh, behind the jump host',
      FAR,
      'kay',
      viaGate,
      '  fresh: { address: 10.77.1.21, user: kay, via: gate }\n',
      'user: admin, transport: openssh',
    ],
  ])('%s: is adopted, and a second time nothing changes', async (_what, at, user, args, entry, defaults) => {
    const project = newProject(defaults);
    const before = inventoryOf(project);
    const { host, exitCode } = await adopt(project, asNew(at.address, user, args), given);
    expect({ exitCode, error: host.error }).toEqual({ exitCode: 0, error: null });
    expect(host).toMatchObject({
      status: 'adopted',
      keysInstalled: [{ type: 'ssh-ed25519' }],
      login: { user, method: 'publickey', key: { type: 'ssh-ed25519', bits: 256 } },
      become: 'sudo',
      isWritten: true,
    });
    const installed = await sshFolder(at.host, user);
    expect(installed).toBe(`${user} 700 .ssh\n${user} 600 .ssh/authorized_keys\n${keyLine()}`);
    expect(inventoryOf(project)).toBe(before.replace(/(gate: .*\n)/, `$1${entry}`));

    const after = statSync(join(project, 'inventory/hosts.yml'));
    const again = await adopt(project, asNew(at.address, user, args), given);
    expect({ exitCode: again.exitCode, status: again.host.status }).toEqual({
      exitCode: 0,
      status: 'unchanged',
    });
    expect(statSync(join(project, 'inventory/hosts.yml'))).toMatchObject({
      ino: after.ino,
      mtimeMs: after.mtimeMs,
    });
    expect(await sshFolder(at.host, user)).toBe(installed);
    // Without --ask-pass, and by its name: what every later run does.
    expect(await adopt(project, ['fresh'])).toMatchObject({ exitCode: 0, host: { status: 'unchanged' } });
  });

  test('with keys of others, and a password for sudo', async () => {
    await lab.shell(
      NEAR.host,
      `install -d -m 755 -o sue -g sue /home/sue/.ssh
       printf '# ours\\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f them' > /home/sue/.ssh/authorized_keys
       chown sue: /home/sue/.ssh/authorized_keys; chmod 644 /home/sue/.ssh/authorized_keys`,
    );
    const others = (await lab.shell(NEAR.host, 'cat /home/sue/.ssh/authorized_keys')).trimEnd();
    const project = newProject();
    const asked = await adopt(project, asNew(NEAR.address, 'sue', ['--ask-pass']), given);
    expect(asked.host.error).toMatchObject({
      code: 'transport/sudo-password-needed',
      hint: expect.stringContaining('HOMELAB_BECOME_PASSWORD') as unknown as string,
    });
    expect(inventoryOf(project)).not.toContain('fresh');
    const { host } = await adopt(project, asNew(NEAR.address, 'sue'), { HOMELAB_BECOME_PASSWORD: PASSWORD });
    expect(host).toMatchObject({
      status: 'adopted',
      keysInstalled: [],
      become: 'sudo',
      isWritten: true,
      error: null,
    });
    expect(await sshFolder(NEAR.host, 'sue')).toBe(
      `sue 700 .ssh\nsue 600 .ssh/authorized_keys\n${others}\n${keyLine()}`,
    );
  });

  test('whose account may not become root: says what to do, keeps the key, and goes on from there', async () => {
    const project = newProject();
    const env = { ...given, HOMELAB_BECOME_PASSWORD: PASSWORD };
    const { exitCode, host } = await adopt(project, asNew(NEAR.address, 'bob', ['--ask-pass']), env);
    expect({ exitCode, code: host.error?.code }).toEqual({ exitCode: 1, code: 'transport/sudo-denied' });
    expect(host.error?.hint).toContain(`As root on fresh: usermod -aG sudo bob`);
    expect(host).toMatchObject({ keysInstalled: [{ type: 'ssh-ed25519' }], isWritten: false });
    expect(inventoryOf(project)).not.toContain('fresh');
    await lab.shell(NEAR.host, 'usermod -aG sudo bob');
    expect(await adopt(project, asNew(NEAR.address, 'bob'), env)).toMatchObject({
      exitCode: 0,
      host: { status: 'adopted', keysInstalled: [], isWritten: true },
    });
  });
});

/** The arguments and environments of all that runs in a project's folder on this computer, until told to stop. */
function watchController(project: string): () => Promise<string> {
  const seen = new Set<string>();
  const done = new AbortController();
  const look = (pid: string): void => {
    try {
      if (readlinkSync(`/proc/${pid}/cwd`) !== project) return;
      for (const name of ['cmdline', 'environ']) seen.add(readFileSync(`/proc/${pid}/${name}`, 'utf8'));
    } catch {
      // It has ended.
    }
  };
  const watching = (async () => {
    for (; !done.signal.aborted; await sleep(20))
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .forEach(look);
  })();
  return async () => {
    done.abort();
    await watching;
    return [...seen].join('\n').replaceAll('\0', ' ');
  };
}

/** The same of all that runs on a machine. */
function watchMachine(host: string): () => Promise<string> {
  const flag = `/run/adopt-${randomBytes(4).toString('hex')}`;
  const script = `until [ -e ${flag} ]; do cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; sleep 0.05; done | sort -u; rm ${flag}`;
  const watching = lab.onMachine(host, ['sh', '-c', script]);
  return async () => {
    await lab.onMachine(host, ['touch', flag]);
    return (await watching).stdout;
  };
}

describe('on a terminal', () => {
  const start = (project: string, columns: number) => {
    const command = `stty cols ${columns}; exec ${process.execPath} ${lab.cli} adopt ${asNew(NEAR.address, 'eve').join(' ')} --ask-pass --debug --no-color`;
    return lab.start(['script', '-qec', command, '/dev/null'], {
      cwd: project,
      env: { TERM: 'xterm-256color' },
    });
  };

  test('Ctrl-C at each question leaves nothing behind on the machine and in the inventory', async () => {
    const project = newProject();
    const before = inventoryOf(project);
    const atKeys = start(project, 80);
    await atKeys.printed('Pin the new keys');
    atKeys.type('\x03');
    expect(await atKeys.ended()).toBe(130);
    expect(pinnedIn(project)).toBe(false);
    const atPassword = start(project, 80);
    await atPassword.printed('Pin the new keys');
    atPassword.type('y\r');
    await atPassword.printed('Login password of eve on fresh:');
    atPassword.type('half\x03');
    expect(await atPassword.ended()).toBe(130);
    expect(inventoryOf(project)).toBe(before);
    expect(await sshFolder(NEAR.host, 'eve')).toBe('');
  });

  test('the key is shown as the machine has it, the password is asked for once, unseen, and is nowhere', async () => {
    const project = newProject();
    const since = (await lab.shell(NEAR.host, 'date +%s')).trim();
    const [controller, machine] = [watchController(project), watchMachine(NEAR.host)];
    const run = start(project, 40);
    await run.printed('Pin the new keys');
    run.type('y\r');
    await run.printed('Login password of eve on fresh:');
    run.type(`${PASSWORD}\r`);
    const code = await run.ended();
    const seen = { controller: await controller(), machine: await machine() };
    expect({ code, stdout: run.stdout }).toEqual({ code: 0, stdout: run.stdout });
    const [, fingerprint = ''] = (
      await lab.shell(NEAR.host, 'ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
    ).split(' ');
    expect(run.stdout).toContain(`new      fresh  ED25519  ${fingerprint}\r\n`);
    expect(run.stdout).toContain('+  fresh: { address: 192.168.77.10, user: eve }\r\n');
    expect(run.stdout.split('Login password')).toHaveLength(2);
    expect(run.stdout).not.toMatch(/\u001b\[[0-9;]*m/);
    expect(run.stdout).not.toContain(CANARY);

    expect(seen.controller).toContain('--ask-pass');
    expect(seen.machine).toContain('sshd');
    expect(seen.controller + seen.machine).not.toContain(CANARY);
    const files = await lab.shell(
      NEAR.host,
      `journalctl --sync
       { journalctl -q -o export --since @${since}
         find /etc /home /root /run /srv /tmp /var/lib /var/log /var/tmp -xdev -type f -size -8M -exec cat {} + 2>/dev/null
       } | grep -a -c -F ${CANARY} || true`,
    );
    expect(Number(files)).toBe(0);
    // What was there before cannot hold it, and may be a lot.
    const here = [project, lab.state.home, '/tmp', '-xdev', '-type', 'f', '-newermt', `@${since}`];
    const holds = await lab.run(['find', ...here, '-exec', 'grep', '-lF', CANARY, '{}', '+']);
    expect(holds.stdout).toBe('');
  });
});
