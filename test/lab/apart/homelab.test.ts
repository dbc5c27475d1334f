import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { rebootMachine } from '../../../src/lab/machine-control.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { houseHosts, houseProject, LAB_FLAGS, WORLD } from '../fixtures/house.js';
import { BROKEN, type Broken } from '../fixtures/broken-parameters.js';
import { documentOf, hostOf, statusesOf } from '../harness/run-document.js';
import { bootLab, LAB_TIMEOUT_MS, type TestLab } from '../harness/shared-lab.js';
import { waitUntil } from '../harness/wait-until.js';

const ID = `homelab-${process.pid}`;
const RESOLVERS = { dns1: '10.77.1.11', dns2: '10.77.1.13' };
const HOUSE = 'playbooks/homelab.yml';

let lab: TestLab;
let cwd: string;

beforeAll(async () => {
  lab = await bootLab({ id: ID, hosts: await houseHosts() });
  const broken = BROKEN.map(({ host, role, params }, index) => [
    `broken-${index}.yml`,
    [{ name: 'Broken', hosts: host, roles: [{ role, ...params }] }],
  ]);
  cwd = await houseProject(lab, { 'world.yml': WORLD, ...Object.fromEntries(broken) });
  await lab.shell('apps', CGROUPS);
  await lab.homelab(['trust', 'all', '--yes'], { cwd });
  const world = await lab.homelab(['provision', 'apps', '-p', 'playbooks/world.yml', '--yes'], { cwd });
  expect(world).toMatchObject({ code: 0 });
}, LAB_TIMEOUT_MS);

afterAll(() => stopLab(ID));

async function run(command: 'plan' | 'provision', words: readonly string[] = []) {
  const flags = [...(command === 'provision' ? ['--yes'] : []), '--json', ...LAB_FLAGS];
  const result = await lab.homelab([command, 'all', '-p', HOUSE, ...flags, ...words], { cwd });
  const document = documentOf(result);
  const failures = document.hosts.flatMap(({ host, error, tasks }) => [
    ...(error === null ? [] : [`${host}: ${error.message}`]),
    ...tasks.flatMap((task) => (task.error === null ? [] : [`${host}: ${task.id}: ${task.error.message}`])),
  ]);
  return { code: result.code, failures, statuses: statusesOf(document), document };
}

const dig = (host: string, ...words: readonly string[]) =>
  lab.shell(host, `dig +short +time=2 +tries=2 ${words.join(' ')} || true`);

/** What every resolver of the house answers, asked from a machine of the house. */
async function answers(): Promise<Readonly<Record<string, readonly string[]>>> {
  const names = ['files.home.lan', 'apps.home.lan', 'consul.service.consul'];
  const found = Object.entries(RESOLVERS).map(async ([name, address]) => {
    const all = await Promise.all(names.map((one) => dig('apps', `@${address}`, one)));
    return [
      name,
      all.map((one) =>
        one
          .split('\n')
          .filter((line) => /^\d/.test(line))
          .toSorted()
          .join(' '),
      ),
    ] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

const SERVERS = '10.77.1.11 10.77.1.12 10.77.1.13';
const ALL_ANSWER = ['10.77.1.12', '10.77.1.14', SERVERS];

const voters = async () =>
  (await lab.shell('nas', 'consul operator raft list-peers'))
    .split('\n')
    .filter((line) => / true /.test(line)).length;

/** Docker wants cgroups that it may write to, at every boot. */
const CGROUPS = `cat >/usr/local/sbin/lab-cgroups <<'END'
#!/bin/sh
for place in $(awk '$3 == "cgroup" && $2 !~ /systemd$/ && $4 ~ /^ro,/ { print $2 }' /proc/mounts); do
  umount -l "$place"; mount -t cgroup -o "rw,\${place##*/}" cgroup "$place"
done
END
chmod 0755 /usr/local/sbin/lab-cgroups
printf '[Unit]\\nBefore=docker.service\\n[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/usr/local/sbin/lab-cgroups\\n[Install]\\nWantedBy=multi-user.target\\n' >/etc/systemd/system/lab-cgroups.service
systemctl -q enable --now lab-cgroups`;

/** A small image in the name of the one that the example asks for: no registry can be reached. */
const IMAGE = `apt-get install -yqq --no-install-recommends busybox-static >/dev/null 2>&1 </dev/null
mkdir -p /root/image/bin; cp /bin/busybox /root/image/bin/
for program in sh sleep; do ln -s busybox /root/image/bin/$program; done
tar -C /root/image -c . | docker import --change 'CMD ["/bin/sh","-c","trap exit TERM; while :; do sleep 1; done"]' - traefik/whoami:v1.11 >/dev/null
rm -rf /root/image`;

describe('a house from bare machines', () => {
  test('a plan knows what it will be, and a run makes it so', async () => {
    expect(await run('plan')).toMatchObject({ code: 2, failures: [] });
    const first = await run('provision', ['--skip-tags', 'apps']);
    expect({ code: first.code, failures: first.failures }).toEqual({ code: 0, failures: [] });
    await lab.shell('apps', IMAGE);
    expect(await run('provision')).toMatchObject({ code: 0, failures: [] });
  });

  test('a second run changes nothing', async () => {
    const second = await run('provision');
    expect(new Set(Object.values(second.statuses))).toEqual(new Set(['ok']));
    expect(second.code).toBe(0);
  });

  test('both resolvers know the house, a record of it, and what Consul knows', async () => {
    expect(await answers()).toEqual({ dns1: ALL_ANSWER, dns2: ALL_ANSWER });
  });

  test('Consul has three voters', async () => {
    expect(await voters()).toBe(3);
  });

  test('a container runs', async () => {
    expect(await lab.shell('apps', "docker ps --format '{{.Image}} {{.Status}}'")).toMatch(
      /^traefik\/whoami:v1\.11 Up /,
    );
  });

  test('exportfs lists what was declared', async () => {
    const listed = await lab.shell(
      'nas',
      `unshare -mn sh -c 'mount -t tmpfs t /var/lib/nfs; exportfs -ra && exportfs -v' | tr -s ' \\t\\n' ' '`,
    );
    expect(listed).toContain('/srv/media 10.77.1.14(');
    expect(listed).toMatch(/\/srv\/media 10\.77\.1\.0\/24\([^)]*\bro\b/);
  });

  test('chrony and node-exporter answer everywhere', async () => {
    for (const host of ['gate', 'pi', 'dns1', 'dns2', 'nas', 'apps']) {
      expect(await lab.shell(host, 'systemctl is-active chrony prometheus-node-exporter')).toBe(
        'active\nactive\n',
      );
      expect(await lab.shell(host, 'curl -fsS http://127.0.0.1:9100/metrics | grep -c ^node_')).not.toBe(
        '0\n',
      );
    }
  });
});

describe('a broken parameter leaves what runs as it runs', () => {
  const cases = BROKEN.map((one, index) => [one.name, one, `playbooks/broken-${index}.yml`] as const);

  test.each<readonly [string, Broken, string]>(cases)('%s', async (_name, broken, playbook) => {
    const { host, answersStill, says } = broken;
    const before = await lab.shell(host, answersStill);
    const result = await lab.homelab(['provision', host, '-p', playbook, '--yes', '--json'], { cwd });
    const { error, tasks } = hostOf(documentOf(result), host);
    const said = [error?.message ?? '', ...tasks.map((task) => task.error?.message ?? '')].join('\n');
    expect(said).toMatch(says);
    expect(result.code).toBe(1);
    expect(await lab.shell(host, answersStill)).toBe(before);
  });

  test('and nothing is left of it', async () => {
    expect(await run('plan')).toMatchObject({ code: 0, failures: [] });
  });
});

test('everything is there again after a reboot of all', async () => {
  const hosts = ['dns1', 'dns2', 'nas', 'apps', 'pi', 'gate'];
  await Promise.all(hosts.map((host) => rebootMachine(ID, host)));
  await waitUntil('the resolvers know everything', async () =>
    Object.values(await answers()).every((one) => one.join() === ALL_ANSWER.join()),
  );
  expect(await voters()).toBe(3);
  await waitUntil('the container runs', async () => (await lab.shell('apps', 'docker ps -q')) !== '');
  expect(await run('plan')).toMatchObject({ code: 0, failures: [] });
});
