import { beforeAll, describe, expect, test } from '@jest/globals';
import { FORTY_HOSTS, fortyProject } from './fixtures/forty-project.js';
import { SEEN, TAMPERINGS } from './fixtures/tamperings.js';
import { differencesOf, documentOf, hostOf, statusesOf, type RunDocument } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { changesBetween, leftoversOn, snapshotOf } from './harness/snapshot.js';
import { waitUntilNone } from './harness/wait-until.js';

let lab: TestLab;
let project: string;

beforeAll(async () => {
  lab = await sharedLab();
  project = fortyProject(lab);
  // Sudo notes an account's first success in its home: that is no doing of a plan.
  await lab.homelab(['run', 'all', '--', 'true'], { cwd: project });
}, LAB_TIMEOUT_MS);

const run = async (args: readonly string[]): Promise<{ code: number; document: RunDocument }> => {
  const result = await lab.homelab([...args, '--json'], { cwd: project });
  return { code: result.code, document: documentOf(result) };
};
const plan = () => run(['plan', ...FORTY_HOSTS]);
const provision = () => run(['provision', ...FORTY_HOSTS, '--yes']);
const snapshots = () => Promise.all(FORTY_HOSTS.map((host) => snapshotOf(lab, host)));
const changesSince = async (before: readonly ReadonlySet<string>[]) =>
  (await snapshots()).map((after, index) => changesBetween(before[index] ?? new Set(), after));
const everyHost = (status: string) => Object.fromEntries(FORTY_HOSTS.map((host) => [host, status]));
/** How many items ended in each way, on each host. */
const itemStatuses = ({ hosts }: RunDocument) =>
  hosts.map(({ tasks }) => [...new Set(tasks.map(({ status }) => status))].toSorted());

/** What the playbook's data files hold, by their names. */
const DATA = {
  plain: 'plain text\n',
  'with space': 'a b  c\n',
  'quo\'te"s': 'it\'s "quoted"\n',
  '-dash': '-n\n',
  'star*?': '*\n',
  ünï: 'ünïcode ☂\n',
  'dollar$(id)': '$(id) `id` $HOME\n',
  'back\\slash': 'back\\slash \\n\n',
  'no-newline': 'no newline at the end',
  tab: 'a\tb\n',
};

describe('forty items on four machines, three of them behind the jump host', () => {
  test('a plan tells what would change, exits 2 and changes nothing', async () => {
    const before = await snapshots();
    const { code, document } = await plan();
    expect(code).toBe(2);
    expect(statusesOf(document)).toEqual(everyHost('pending'));
    expect(document.hosts.map(({ tasks }) => tasks.filter(({ kind }) => kind !== 'action').length)).toEqual(
      FORTY_HOSTS.map(() => 41),
    );
    expect(await changesSince(before)).toEqual(FORTY_HOSTS.map(() => []));
  });

  test('the first provision converges', async () => {
    const { code, document } = await provision();
    expect(code).toBe(0);
    expect(statusesOf(document)).toEqual(everyHost('changed'));
    expect(document.hosts.flatMap(({ error, tasks }) => [error, ...tasks.map((task) => task.error)])).toEqual(
      document.hosts.flatMap(({ tasks }) => [null, ...tasks.map(() => null)]),
    );
  });

  test('the second provision changes nothing', async () => {
    const before = await snapshots();
    const { code, document } = await provision();
    expect(code).toBe(0);
    expect(statusesOf(document)).toEqual(everyHost('ok'));
    expect(itemStatuses(document)).toEqual(FORTY_HOSTS.map(() => ['ok']));
    expect(await changesSince(before)).toEqual(FORTY_HOSTS.map(() => []));
  });

  test('a plan in sync exits 0 and costs each host at most three round trips', async () => {
    const { code, document } = await plan();
    expect(code).toBe(0);
    expect(differencesOf(document)).toEqual([]);
    const tooMany = document.hosts.filter(({ roundTrips }) => roundTrips < 1 || roundTrips > 3);
    expect(tooMany.map(({ host, roundTrips }) => `${host} ${roundTrips}`)).toEqual([]);
  });

  test.each(FORTY_HOSTS)('odd names and contents are on %s as they were written', async (host) => {
    const listing = await lab.shell(
      host,
      `find /srv/data/in -type f -printf '%f\\0%m %u:%g\\0' -exec base64 -w 0 {} ';' -printf '\\0'`,
    );
    const words = listing.split('\0');
    const found = Object.fromEntries(
      Array.from({ length: Math.floor(words.length / 3) }, (_, index) => {
        const [name = '', access, body = ''] = words.slice(index * 3);
        return [name, { access, text: Buffer.from(body, 'base64').toString() }];
      }),
    );
    expect(found).toEqual(
      Object.fromEntries(
        Object.entries(DATA).map(([name, text]) => [name, { access: '640 writer:readers', text }]),
      ),
    );
  });

  test('templates know their host and its peers', async () => {
    const texts = await Promise.all(
      FORTY_HOSTS.map((host) => lab.shell(host, 'cat /etc/forty.txt /etc/forty.d/peers.txt')),
    );
    expect(texts).toEqual(
      FORTY_HOSTS.map(
        (host) =>
          `${host}.lab.test runs debian 12 on ${process.arch === 'arm64' ? 'arm64' : 'amd64'}.\n` +
          'dns1 10.77.1.11\nnas 10.77.1.12\nvault vault.lan\n',
      ),
    );
  });

  test.each(FORTY_HOSTS)('nothing of homelab is left on %s', async (host) => {
    await waitUntilNone(`nothing is left on ${host}`, () => leftoversOn(lab, host));
  });
});

describe('a file of the project', () => {
  test('arrives byte for byte, whatever its bytes', async () => {
    const bytes = Buffer.concat([
      Buffer.from(Array.from({ length: 256 }, (_, value) => value)),
      Buffer.from("%s\\n'\\0\\\\\0\r\n\n"),
    ]);
    const file = { path: '/srv/every-byte', source: 'files/every-byte' };
    const folder = lab.project({
      'inventory/hosts.yml': lab.hostsFile(),
      'playbooks/site.yml': JSON.stringify([{ name: 'Bytes', hosts: 'all', tasks: [{ file }] }]),
      'files/every-byte': bytes,
    });
    expect((await lab.homelab(['provision', ...FORTY_HOSTS, '--yes'], { cwd: folder })).code).toBe(0);
    const found = await Promise.all(
      FORTY_HOSTS.map((host) => lab.shell(host, 'base64 -w 0 /srv/every-byte')),
    );
    expect(found).toEqual(FORTY_HOSTS.map(() => bytes.toString('base64')));
  });
});

describe('what is changed by hand', () => {
  test('a file: the plan shows that host, that item, that diff', async () => {
    await lab.shell('dns1', "sed -i 's/^name = beta/name = BETA/' /etc/forty.d/beta.conf");
    const { code, document } = await plan();
    expect(code).toBe(2);
    expect(statusesOf(document)).toEqual({ ...everyHost('ok'), dns1: 'pending' });
    const differing = hostOf(document, 'dns1').tasks.filter(({ status }) => status !== 'ok');
    expect(differing).toMatchObject([
      {
        kind: 'file',
        name: 'Setting beta',
        subject: '/etc/forty.d/beta.conf',
        status: 'pending',
        changes: [
          {
            field: 'content',
            diff:
              '--- /etc/forty.d/beta.conf\n+++ /etc/forty.d/beta.conf\n@@ -1,2 +1,2 @@\n' +
              ' # beta of dns1.lab.test\n-name = BETA\n+name = beta\n',
          },
        ],
      },
      { name: 'restart beat', status: 'pending', changes: [{ field: 'run' }] },
    ]);
  });

  test('for a person the same plan is a diff and a line for each host in sync', async () => {
    const { code, stdout } = await lab.homelab(['plan', ...FORTY_HOSTS], { cwd: project });
    expect(code).toBe(2);
    expect(stdout).toContain('-name = BETA\n');
    expect(stdout).toContain('+name = beta\n');
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('4 hosts: 1 to change, 3 in sync');
  });

  test('provision restores it, restarts what depends on it, and touches nothing else', async () => {
    const started = () => lab.shell('dns1', 'systemctl show -p ExecMainPID beat');
    const [before, others] = [await started(), await snapshotOf(lab, 'nas')];
    const { code, document } = await provision();
    expect(code).toBe(0);
    expect(statusesOf(document)).toEqual({ ...everyHost('ok'), dns1: 'changed' });
    expect(differencesOf(document)).toEqual(['dns1 /etc/forty.d/beta.conf content', 'dns1 beat.service run']);
    expect(await started()).not.toBe(before);
    expect(changesBetween(others, await snapshotOf(lab, 'nas'))).toEqual([]);
  });

  test('all sorts of things on all machines: each is seen, and nothing else', async () => {
    await Promise.all(TAMPERINGS.map(({ host, script }) => lab.shell(host, script)));
    const { code, document } = await plan();
    expect(code).toBe(2);
    expect(differencesOf(document)).toEqual(SEEN);
  });

  test('provision changes exactly that', async () => {
    const { code, document } = await provision();
    expect(code).toBe(0);
    expect(differencesOf(document)).toEqual(SEEN);
  });

  test('all is in sync again', async () => {
    const { code, document } = await plan();
    expect({ code, differences: differencesOf(document) }).toEqual({ code: 0, differences: [] });
  });
});
