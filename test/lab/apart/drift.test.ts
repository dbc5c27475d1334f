import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { ACCOUNT_DAMAGES, PACKAGE_DAMAGES } from '../fixtures/damage/accounts.js';
import { DAMAGED_HOSTS } from '../fixtures/damage/damage.js';
import { FILE_DAMAGES } from '../fixtures/damage/files.js';
import { damageFiles, PREPARE } from '../fixtures/damage/playbook.js';
import { SERVICE_DAMAGES, SYSTEM_DAMAGES } from '../fixtures/damage/system.js';
import { differencesOf, documentOf, statusesOf } from '../harness/run-document.js';
import { bootLab, LAB_TIMEOUT_MS, type TestLab } from '../harness/shared-lab.js';
import { changesBetween } from '../harness/snapshot.js';
import { journalCursor, journalSince, tracesOf, type Traces } from '../harness/traces.js';
import { waitUntilNone } from '../harness/wait-until.js';

const ID = `drift-${process.pid}`;
const DAMAGES = [
  ...PACKAGE_DAMAGES,
  ...ACCOUNT_DAMAGES,
  ...FILE_DAMAGES,
  ...SERVICE_DAMAGES,
  ...SYSTEM_DAMAGES,
];
/** All that a check then shows. */
const SEEN = DAMAGES.flatMap(([host, , , ...seen]) => seen.map((one) => `${host} ${one}`)).toSorted();

/** What sshd and sudo log of a login, by themselves and by PAM, and cron of its own jobs and of a crontab that was put right before. */
const OF_LOGINS = /^(?:sshd|sudo|systemd-logind|CRON): |^cron: \(reader\) RELOAD /;

let lab: TestLab;
let cwd: string;

beforeAll(async () => {
  const inner = DAMAGED_HOSTS.map((name, index) => ({
    name,
    address: `10.77.1.${11 + index}`,
    via: ['gate'],
  }));
  lab = await bootLab({ id: ID, hosts: [{ name: 'gate', address: '192.168.77.2' }, ...inner] });
  const kept = Object.fromEntries(
    DAMAGED_HOSTS.map((host) => [host, { groups: ['kept'], vars: { machine: host } }]),
  );
  cwd = lab.project(damageFiles(lab.hostsFile({ groups: { kept: {} } }, kept)));
  await Promise.all(DAMAGED_HOSTS.map((host) => lab.shell(host, PREPARE)));
}, LAB_TIMEOUT_MS);

afterAll(() => stopLab(ID));

async function run(...words: readonly string[]) {
  const [command = '', ...rest] = words;
  const { code, ...printed } = await lab.homelab([command, 'kept', ...rest, '--json'], { cwd });
  const document = documentOf(printed);
  const errors = document.hosts.flatMap(({ host, tasks, error }) =>
    [error, ...tasks.map((task) => task.error)].flatMap((one) =>
      one === null ? [] : [`${host}: ${one.message}`],
    ),
  );
  const drifts = document.hosts.flatMap(({ tasks }) => tasks.flatMap(({ drift }) => drift ?? []));
  const causes = new Set(drifts.flatMap(({ cause, fields }) => [cause, ...Object.values(fields)]));
  return { code, errors, differences: differencesOf(document), causes: [...causes], document };
}

const CLEAN = { code: 0, errors: [], differences: [] };
/** Each host's status by its name, where all have the same. */
const everyHost = (status: string) => Object.fromEntries(DAMAGED_HOSTS.map((host) => [host, status]));

describe('damage by hand on four machines', () => {
  test('of machines as they are to be a check finds nothing', async () => {
    expect(await run('provision', '--yes')).toMatchObject({ code: 0, errors: [] });
    expect(await run('drift')).toMatchObject(CLEAN);
  });

  test(`${DAMAGES.length} sorts of it are all found, by host, item and field, and nothing else is`, async () => {
    await Promise.all(
      DAMAGED_HOSTS.map((host) =>
        lab.shell(
          host,
          DAMAGES.filter(([one]) => one === host)
            .map(([, , script]) => `{ ${script}\n} || exit 1`)
            .join('\n'),
        ),
      ),
    );
    const { code, errors, differences, causes, document } = await run('drift');
    expect({ errors, differences }).toEqual({ errors: [], differences: SEEN });
    expect({ code, causes, statuses: statusesOf(document) }).toEqual({
      code: 2,
      causes: ['host'],
      statuses: everyHost('drifted'),
    });
  });

  test('what was found is put right, and no more', async () => {
    const { code, errors, differences } = await run('drift', '--fix', '--yes');
    expect({ errors, differences }).toEqual({ errors: [], differences: SEEN });
    expect(code).toBe(0);
    expect(await run('drift')).toMatchObject(CLEAN);
  });
});

/** What every check leaves shows after a few; HOMELAB_CHECKS=500 asks for as many as are promised. */
const CHECKS = Number(process.env['HOMELAB_CHECKS'] ?? 50);

describe(`${CHECKS} checks of a machine`, () => {
  const HOST = 'vault';
  /** The machine by many addresses: each is a host of its own to homelab, with a login and a shell of its own. */
  const ADDRESSES = Array.from({ length: 10 }, (_, index) => `10.77.1.${101 + index}`);
  const RUNS = CHECKS / ADDRESSES.length;
  const LOGGED = ['gate', HOST] as const;
  let traces: readonly Traces[];
  let cursors: readonly string[];

  beforeAll(async () => {
    const hosts = ADDRESSES.map((address, index) => {
      const settings = { address, via: 'gate', groups: ['kept'], vars: { machine: HOST } };
      return [`${HOST}${index}`, { ...settings, host_key: lab.state.hostKeys[HOST]?.[0] }];
    });
    const gate = { address: '192.168.77.2', host_key: lab.state.hostKeys['gate']?.[0] };
    const inventory = {
      defaults: { user: 'admin', become: 'sudo' },
      groups: { kept: {} },
      hosts: { gate, ...Object.fromEntries(hosts) },
    };
    const project = lab.project(damageFiles(JSON.stringify(inventory)));
    await lab.shell(HOST, ADDRESSES.map((address) => `ip address add ${address}/24 dev eth0`).join('\n'));
    await waitUntilNone('nobody is logged in', async () =>
      (await Promise.all(LOGGED.map((host) => tracesOf(lab, host)))).flatMap(({ processes }) =>
        processes.filter((line) => /sshd: |systemd --user/.test(line) && !line.includes('[listener]')),
      ),
    );
    traces = await Promise.all(LOGGED.map((host) => tracesOf(lab, host)));
    cursors = await Promise.all(LOGGED.map((host) => journalCursor(lab, host)));
    const codes = new Set<number>();
    for (let round = 0; round < RUNS; round += 1)
      codes.add((await lab.homelab(['drift', 'kept', '--quiet'], { cwd: project })).code);
    expect([...codes]).toEqual([0]);
  }, 2 * LAB_TIMEOUT_MS);

  test.each(LOGGED)('leave no process and no mount on %s', async (host) => {
    const { processes, mounts } = traces[LOGGED.indexOf(host)] ?? { processes: [], mounts: [] };
    const before = new Set([...processes, ...mounts]);
    await waitUntilNone(`nothing runs on ${host} that did not before`, async () => {
      const now = await tracesOf(lab, host);
      return [...now.processes, ...now.mounts].filter((line) => !before.has(line));
    });
  });

  test.each(LOGGED)('leave no file on %s, and change none', async (host) => {
    const before = traces[LOGGED.indexOf(host)]?.files ?? new Set();
    expect(changesBetween(before, (await tracesOf(lab, host)).files)).toEqual([]);
  });

  test.each([
    // One connection to the jump host a run; there nobody becomes root.
    ['gate', { logins: RUNS, sudo: 0 }],
    [HOST, { logins: CHECKS, sudo: CHECKS }],
  ] as const)(
    'leave no line in the journal of %s but what sshd and sudo write of each login',
    async (host, most) => {
      const lines = await journalSince(lab, host, cursors[LOGGED.indexOf(host)] ?? '');
      const count = (what: RegExp): number => lines.filter((line) => what.test(line)).length;
      expect({
        logins: count(/^sshd: Accepted publickey for admin/),
        sudo: count(/^sudo: .*COMMAND=/),
      }).toEqual(most);
      expect(lines.filter((line) => !OF_LOGINS.test(line))).toEqual([]);
    },
  );
});

describe('what homelab does not undo by itself', () => {
  test('what is not undone without a person is named, beside what else is found there', async () => {
    const damaged = ['/etc/damage/plain.conf content', '/etc/damage/current target'];
    await lab.shell(
      'pi',
      `echo 'MaxAuthTries 2' >/etc/ssh/sshd_config.d/00-a.conf
       mv /etc/damage/other.conf /root/other.conf; ln -s /root/other.conf /etc/damage/other.conf
       echo more >>/etc/damage/plain.conf; ln -sfn /etc /etc/damage/current`,
    );
    const { code, errors, differences, document } = await run('drift');
    expect(differences).toEqual(damaged.map((one) => `pi ${one}`).toSorted());
    expect(errors.join('\n')).toMatch('/etc/ssh/sshd_config.d/00-a.conf line 1 comes before');
    expect(errors.join('\n')).toMatch(
      '/etc/damage/other.conf is a symbolic link to /root/other.conf, not a file',
    );
    expect(statusesOf(document)).toEqual({ pi: 'failed', dns1: 'ok', nas: 'ok', vault: 'ok' });
    expect(code).toBe(1);
  });
});
