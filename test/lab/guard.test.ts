import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { rebootMachine, setLink } from '../../src/lab/machine-control.js';
import { documentOf, hostOf, type RunDocument } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { waitUntil } from './harness/wait-until.js';

/** Behind the jump host. */
const HOST = 'dns1';
/** Machines that things are done to at the same time. */
const HOSTS = ['dns1', 'nas', 'proof', 'distro', 'left', 'right', 'pi', 'dock'];
const DROP_IN = '/etc/ssh/sshd_config.d/05-guard-test.conf';
const SUDOERS = '/etc/sudoers.d/zz-guard-test';
const MARK = '/var/tmp/guard-test';
const STATE = '/var/lib/homelab';
/** Short enough for a test, long enough for a slow machine to confirm. */
const SECONDS = 20;

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
  await forFirewalls('install');
}, LAB_TIMEOUT_MS);

/** Their disasters are of nft, which the image of the lab has not. */
const forFirewalls = (verb: 'install' | 'purge --autoremove') =>
  Promise.all(
    [HOST, 'left', 'nas'].map((host) =>
      lab.shell(
        host,
        `DEBIAN_FRONTEND=noninteractive apt-get -yqq ${verb} nftables >/dev/null 2>&1 </dev/null`,
      ),
    ),
  );

const RESTORE = `rm -f ${DROP_IN} ${SUDOERS} ${MARK}
systemctl reload-or-restart ssh
nft delete table inet guard_test 2>/dev/null || true`;

afterEach(async () => {
  await lab.shell(HOST, RESTORE);
});

afterAll(async () => {
  const forget = `systemctl disable -q homelab-guard.service 2>/dev/null || true
rm -rf ${STATE}/changes ${STATE}/rehearsed.* /etc/systemd/system/homelab-guard.service; systemctl daemon-reload`;
  await Promise.all([...HOSTS, 'gate'].map((host) => lab.shell(host, `${RESTORE}\n${forget}`)));
  await forFirewalls('purge --autoremove');
});

function project(tasks: readonly object[], actions: object = {}, seconds = SECONDS): string {
  return lab.project({
    'homelab.yml': `guard_timeout: ${seconds}\n`,
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Risk', hosts: 'all', tasks, actions }]),
  });
}

async function provision(cwd: string, hosts: readonly string[] = [HOST]) {
  const result = await lab.homelab(['provision', ...hosts, '--yes', '--json'], { cwd });
  return { code: result.code, document: documentOf(result) };
}

/** Whether the old way in works: a whole run by it, sudo included. */
async function isReachable(host = HOST): Promise<boolean> {
  const cwd = project([{ name: 'look', command: { argv: ['true'], creates: '/etc/hostname' } }]);
  return (await provision(cwd, [host])).code === 0;
}

const exists = async (path: string, host = HOST) =>
  (await lab.onMachine(host, ['test', '-e', path])).code === 0;
const pending = (host = HOST) => exists(`${STATE}/pending/undo.sh`, host);
/** What is on the host of changes that are not decided, and of the programs that decide them. */
const leftovers = (host = HOST) =>
  lab.shell(
    host,
    `systemctl list-units --all --no-legend --plain 'homelab-undo-*' 'homelab-apply-*'; ls ${STATE}/pending 2>/dev/null || true`,
  );

const reload = { 'reload ssh': { service: { name: 'ssh', reload: true } } };
const dropIn = (content: string) => ({
  name: 'drop-in',
  file: { path: DROP_IN, content },
  on_change: ['reload ssh'],
});
/** A change that no trial can foresee: what a command does is known to nobody. */
const blind = (shell: string, creates = MARK) => ({
  name: 'blind',
  guarded: true,
  command: { shell, creates },
});

describe('a change that holds', () => {
  test('is confirmed by a new login, through the jump host, and leaves nothing behind', async () => {
    const cwd = project([dropIn('MaxAuthTries 5\n')], reload);
    const planned = documentOf(await lab.homelab(['plan', HOST, '--json'], { cwd }));
    expect(hostOf(planned, HOST).tasks.map(({ guarded }) => guarded)).toEqual([true, undefined]);
    const { code, document } = await provision(cwd);
    expect({ code, status: hostOf(document, HOST).status }).toEqual({ code: 0, status: 'changed' });
    expect(hostOf(document, HOST).tasks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'drop-in changed',
      'reload ssh changed',
    ]);
    expect(await lab.shell(HOST, 'sshd -T | grep maxauthtries')).toBe('maxauthtries 5\n');
    expect(await leftovers()).toBe('');
    expect(await lab.shell(HOST, `ls ${STATE}/changes`)).toBe('');
    expect((await provision(cwd)).document.hosts.map(({ status }) => status)).toEqual(['ok']);
  });

  test('on a jump host waits for those behind it, and one of them is reached through it anew', async () => {
    const risky = { name: 'risky', command: { shell: `touch ${MARK}`, creates: MARK } };
    const cwd = project([
      { ...risky, guarded: true, when: { host: 'gate' } },
      {
        name: 'work',
        command: { shell: 'sleep 1', always: true },
        when: { host: HOST },
      },
    ]);
    const { code: goodCode, document: good } = await provision(cwd, ['gate', HOST]);
    expect({ code: goodCode, errors: good.hosts.map(({ error }) => error) }).toEqual({
      code: 0,
      errors: [null, null],
    });
    await lab.shell('gate', `rm -f ${MARK}`);
    const blocked = project([
      {
        name: 'no forwarding',
        guarded: true,
        command: {
          shell: `echo 'AllowTcpForwarding no' >${DROP_IN}; systemctl reload ssh`,
          creates: DROP_IN,
        },
      },
    ]);
    const { code: blockedCode, document } = await provision(blocked, ['gate']);
    expect({ code: blockedCode, status: hostOf(document, 'gate').status }).toEqual({
      code: 1,
      status: 'rolled-back',
    });
    expect((await lab.onMachine('gate', ['test', '-e', DROP_IN])).code).toBe(1);
    expect(await isReachable()).toBe(true);
  });
});

describe('what a trial on a copy foresees is refused, and nothing is written', () => {
  test.each<[string, object, RegExp]>([
    ['allow_users: [nobody]', dropIn('AllowUsers nobody\n'), /AllowUsers nobody does not name admin/],
    ['a port nobody knows', dropIn('Port 2299\n'), /port 2299, and the inventory knows 22/],
    ['no keys', dropIn('PubkeyAuthentication no\n'), /PubkeyAuthentication is no/],
    ['rubbish', dropIn('Rubbish yes\n'), /Bad configuration option/],
    [
      'rules that nft does not load',
      { name: 'n', file: { path: '/etc/nftables.conf', content: 'table inet x {\n' } },
      /nftables\.conf:\d+/,
    ],
    [
      'a sudoers entry that does not parse',
      {
        name: 's',
        file: { path: '/etc/sudoers.d/zz-guard-test', content: 'admin ALL=(ALL\n', mode: '0440' },
      },
      /syntax error/,
    ],
  ])('%s', async (_name, task, message) => {
    const { code, document } = await provision(project([task], reload));
    const { status, error } = hostOf(document, HOST);
    expect({ code, status, error: error?.code }).toEqual({
      code: 1,
      status: 'failed',
      error: 'guard/refused',
    });
    expect(error?.message).toMatch(message);
    expect(await exists(DROP_IN)).toBe(false);
    expect(await exists('/etc/sudoers.d/zz-guard-test')).toBe(false);
    expect(await isReachable()).toBe(true);
  });
});

describe('what a trial cannot show', () => {
  test('is no fault of the change where it was there before: a rule by hand that anybody may read', async () => {
    const byHand = '/etc/sudoers.d/guard-test-by-hand';
    await lab.shell('right', `echo '# by hand' >${byHand}; chmod 0644 ${byHand}`);
    const task = { name: 's', file: { path: SUDOERS, content: '# guard test\n', mode: '0440' } };
    const { code, document } = await provision(project([task]), ['right']);
    await lab.shell('right', `rm -f ${byHand} ${SUDOERS}`);
    expect({ code, error: hostOf(document, 'right').error }).toEqual({ code: 0, error: null });
  });

  test('is looked at once it is there, though sshd has not read it, and files beyond a link come back', async () => {
    const host = 'left';
    const folder = '/srv/guard-test';
    await lab.shell(
      host,
      `mkdir ${folder}; cp -a /etc/ssh/sshd_config.d ${folder}/before; mv /etc/ssh/sshd_config.d ${folder}/away; ln -s ${folder}/before /etc/ssh/sshd_config.d`,
    );
    try {
      const { on_change: _reload, ...file } = dropIn('AllowUsers nobody\n');
      const { code, document } = await provision(project([file]), [host]);
      const { status, error } = hostOf(document, host);
      expect({ code, status, error: error?.code }).toEqual({
        code: 1,
        status: 'rolled-back',
        error: 'guard/rolled-back',
      });
      expect(error?.message).toMatch(/AllowUsers nobody does not name admin/);
      expect(await lab.shell(host, `ls ${folder}/before`)).not.toContain('guard-test');
    } finally {
      await lab.shell(
        host,
        `rm /etc/ssh/sshd_config.d; mv ${folder}/away /etc/ssh/sshd_config.d; rm -rf ${folder}`,
      );
    }
  });
});

/** Each on a machine of its own, all at once: most of the time they wait. */
const DISASTERS: readonly (readonly [what: string, host: string, shell: string])[] = [
  ['AllowUsers nobody', 'dns1', `echo 'AllowUsers nobody' >${DROP_IN}; systemctl reload ssh`],
  [
    'another port, behind a closed firewall',
    'left',
    `nft 'add table inet guard_test; add chain inet guard_test in { type filter hook input priority 0; }; add rule inet guard_test in tcp dport 2200 drop'
     echo 'Port 2200' >${DROP_IN}; systemctl restart ssh`,
  ],
  [
    'a ruleset that drops everything, the login at work too',
    'nas',
    "nft 'add table inet guard_test; add chain inet guard_test in { type filter hook input priority 0; policy drop; }'",
  ],
  ['a sudoers entry that takes root away', 'right', `echo 'admin ALL=(ALL) !ALL' >${SUDOERS}`],
  ['an sshd that does not start', 'pi', `echo 'Rubbish yes' >${DROP_IN}; systemctl restart ssh; true`],
  ['the key of the account gone', 'proof', 'mv /home/admin/.ssh /home/admin/away'],
  ['the account without a shell', 'dock', 'usermod -s /usr/sbin/nologin admin'],
  [
    'the addresses gone',
    'distro',
    'ip addr flush dev "$(ip -o route get 10.77.1.2 | sed -n "s/.* dev \\([^ ]*\\).*/\\1/p")"',
  ],
];

describe('what nobody foresees is undone', () => {
  const outcomes = new Map<string, Awaited<ReturnType<typeof provision>>>();

  beforeAll(async () => {
    await Promise.all(
      DISASTERS.map(async ([what, host, shell]) => {
        outcomes.set(what, await provision(project([blind(shell)]), [host]));
      }),
    );
  }, LAB_TIMEOUT_MS);

  test.each(DISASTERS)('%s', async (what, host) => {
    const outcome = outcomes.get(what);
    const { status, error } = hostOf(outcome?.document as RunDocument, host);
    expect({ code: outcome?.code, status, error: error?.code }).toEqual({
      code: 1,
      status: 'rolled-back',
      error: 'guard/rolled-back',
    });
    expect(error?.message).toMatch(/^the change of .* was undone: /);
    expect(await pending(host)).toBe(false);
    expect(await isReachable(host)).toBe(true);
    for (const path of [DROP_IN, SUDOERS]) expect(await exists(path, host)).toBe(false);
    expect(await lab.shell(host, 'nft list tables; rm -rf /home/admin/away')).not.toContain('guard_test');
    expect(await leftovers(host)).toBe('');
  });

  test('a step that fails takes back those before it', async () => {
    const cwd = project([blind(`echo 'MaxAuthTries 2' >${DROP_IN}; echo why >&2; exit 3`)]);
    const { code, document } = await provision(cwd);
    const { status, error } = hostOf(document, HOST);
    expect({ code, status }).toEqual({ code: 1, status: 'rolled-back' });
    expect(error?.message).toMatch(/exit code 3\nwhy\nWhat was done of this change was undone/);
    expect(await exists(DROP_IN)).toBe(false);
  });
});

/** A change that locks us out and takes a while after its mark: a controller that lives looks at what was made as soon as it is, and has it undone. */
const LOCK_OUT = blind(`echo 'AllowUsers nobody' >${DROP_IN}; systemctl reload ssh; touch ${MARK}; sleep 3`);

describe('whatever happens meanwhile', () => {
  test('a reboot inside the window: undone before sshd starts', async () => {
    await lab.shell(HOST, RESTORE);
    const run = lab.startHomelab(['provision', HOST, '--yes', '--json'], {
      cwd: project([LOCK_OUT], {}, 90),
    });
    await run.reaches('has locked us out', () => exists(MARK));
    // The login at work would undo it at once.
    run.kill('SIGSTOP');
    await rebootMachine(lab.id, HOST);
    run.kill('SIGCONT');
    expect(await exists(DROP_IN)).toBe(false);
    expect(await isReachable()).toBe(true);
    expect(await run.ended()).toBe(1);
    expect(hostOf(documentOf(run), HOST).status).toBe('rolled-back');
  });

  const cable = async (host: string): Promise<void> => {
    const good = blind(`echo 'MaxAuthTries 5' >${DROP_IN}; touch ${MARK}; sleep 1`);
    const run = lab.startHomelab(['provision', host, '--yes', '--json'], { cwd: project([good]) });
    await run.reaches('has begun', () => exists(MARK, host));
    await setLink(lab.id, host, 'down');
    await waitUntil('the host has decided', async () => !(await pending(host)));
    await setLink(lab.id, host, 'up');
    expect(await run.ended()).toBe(1);
    expect(hostOf(documentOf(run), host).status).toBe('rolled-back');
    expect(await exists(DROP_IN, host)).toBe(false);
    expect(await isReachable(host)).toBe(true);
  };

  const endOfSessions = async (host: string): Promise<void> => {
    await lab.shell(
      host,
      'DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends libpam-systemd >/dev/null 2>&1 </dev/null; mkdir -p /etc/systemd/logind.conf.d; printf "[Login]\\nKillUserProcesses=yes\\n" >/etc/systemd/logind.conf.d/kill.conf; systemctl restart systemd-logind',
    );
    const run = lab.startHomelab(['provision', host, '--yes', '--json'], { cwd: project([LOCK_OUT]) });
    await run.reaches('has locked us out', () => exists(MARK, host));
    run.kill('SIGKILL');
    await lab.shell(host, 'loginctl terminate-user admin 2>/dev/null; true');
    await run.ended();
    await waitUntil('the host has undone it', async () => !(await pending(host)));
    expect(await exists(DROP_IN, host)).toBe(false);
    expect(await isReachable(host)).toBe(true);
    await lab.shell(host, 'rm -r /etc/systemd/logind.conf.d; systemctl restart systemd-logind');
  };

  const secondRun = async (host: string): Promise<void> => {
    const cwd = project([LOCK_OUT], {}, 30);
    const run = lab.startHomelab(['provision', host, '--yes', '--json'], { cwd });
    await run.reaches('has locked us out', () => exists(MARK, host));
    run.kill('SIGKILL');
    await run.ended();
    await waitUntil('the steps are over', () => exists(`${STATE}/pending/applied`, host));
    await lab.shell(host, `rm ${DROP_IN}; systemctl reload ssh`);
    const { code, document } = await provision(project([dropIn('MaxAuthTries 5\n')], reload), [host]);
    expect({ code, error: hostOf(document, host).error?.code }).toEqual({ code: 1, error: 'guard/pending' });
    await waitUntil('the host has undone it', async () => !(await pending(host)));
  };

  /** Kills the controller when its change has come so far on the host. */
  const killAt = (moment: string) => async (host: string) => {
    const good = blind(`echo 'MaxAuthTries 5' >${DROP_IN}; sleep 1; systemctl reload ssh`, DROP_IN);
    const run = lab.startHomelab(['provision', host, '--yes', '--json'], { cwd: project([good]) });
    await run.reaches(`has come to ${moment}`, async () => {
      const list = `ls -d ${STATE}/changes/*/${moment} | grep -v drill/`;
      return (await lab.onMachine(host, ['sh', '-c', list])).stdout !== '';
    });
    run.kill('SIGKILL');
    await run.ended();
    // What was being armed when the controller died is armed still, and then undone.
    const isDecided = `for c in ${STATE}/changes/*; do [ ! -d "$c" ] || [ -e "$c/undone" ] || [ -e "$c/confirmed" ] || exit 1; done`;
    await waitUntil(
      `${host} has decided`,
      async () => (await lab.onMachine(host, ['sh', '-c', isDecided])).code === 0,
    );
    // Once all is applied it may be confirmed before anybody can kill.
    const isUndone = (await lab.shell(host, `ls ${STATE}/changes/*/undone 2>/dev/null || true`)) !== '';
    expect(await exists(DROP_IN, host)).toBe(moment === 'applied' && !isUndone);
    expect(await isReachable(host)).toBe(true);
    // The next run begins anew.
    expect((await provision(project([good]), [host])).code).toBe(0);
    expect(await exists(DROP_IN, host)).toBe(true);
  };

  const ACCIDENTS: readonly (readonly [what: string, act: (host: string) => Promise<void>])[] = [
    ['a cable is pulled and put back', cable],
    ['sessions end with their login (KillUserProcesses), and the controller is killed', endOfSessions],
    ['another run comes: it does not make a second change', secondRun],
    ...['before', 'undo.sh', 'armed', 'out.0', 'applied'].map(
      (moment) => [`the controller is killed when there is ${moment}: old or new`, killAt(moment)] as const,
    ),
  ];
  let outcomes: PromiseSettledResult<void>[] = [];

  // Each on a machine of its own, all at once.
  beforeAll(async () => {
    await Promise.all(HOSTS.map((host) => lab.shell(host, RESTORE)));
    outcomes = await Promise.allSettled(ACCIDENTS.map(([, act], index) => act(HOSTS[index] ?? HOST)));
  }, LAB_TIMEOUT_MS);

  test.each(ACCIDENTS.map(([what], index) => [what, index] as const))('%s', (_what, index) => {
    const outcome = outcomes[index];
    if (outcome?.status === 'rejected') throw outcome.reason;
  });
});
