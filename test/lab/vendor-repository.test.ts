import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildVendorRepository } from './fixtures/vendor-repository.js';
import { documentOf, hostOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const HOST = 'nas';
const SERVER = 'gate';
const FOLDER = '/srv/vendor-repository';
const PORT = 8074;
const PINS = '/etc/apt/preferences.d/homelab-docker';
const CONFIG = '/etc/docker/daemon.json';

let lab: TestLab;
let address: string;
let fingerprint: string;
let packagesBefore: string;

const packages = () => lab.shell(HOST, "dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' | grep ^ii");
/** Versions of these, those that are not installed left out. */
const versions = (...names: readonly string[]) =>
  lab.shell(
    HOST,
    `dpkg-query -W -f '\${db:Status-Abbrev}\${Package} \${Version}\\n' ${names.join(' ')} 2>/dev/null | sed -n 's/^ii //p'`,
  );
const files = () =>
  lab.shell(
    HOST,
    `cd /etc/apt && ls -d keyrings/docker.* sources.list.d/docker.* preferences.d/homelab-docker 2>/dev/null || true`,
  );

beforeAll(async () => {
  lab = await sharedLab();
  packagesBefore = await packages();
  const [, inner = ''] = /\b(10\.77\.1\.\d+)\b/.exec(await lab.shell(SERVER, 'hostname -I')) ?? [];
  address = `http://${inner}:${PORT}`;
  fingerprint = (await lab.shell(SERVER, buildVendorRepository(FOLDER))).trim();
  await lab.shell(
    SERVER,
    `DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends busybox >/dev/null 2>&1 </dev/null
     systemd-run -q --unit=vendor-repository busybox httpd -f -p ${inner}:${PORT} -h ${FOLDER}
     for try in 1 2 3 4 5 6 7 8 9 10; do curl -sf ${address}/gpg >/dev/null && break; sleep 0.2; done`,
  );
  // The distribution's own, with something in it that nobody may lose. Its daemon need not run.
  await lab.shell(
    HOST,
    `printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d
     echo 'Acquire::http::Proxy::${inner} "DIRECT";' >/etc/apt/apt.conf.d/99vendor
     DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends docker.io >/dev/null 2>&1 </dev/null
     rm /usr/sbin/policy-rc.d; mkdir -p /var/lib/docker/volumes/data; echo kept >/var/lib/docker/volumes/data/file`,
  );
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  const before = new Set(packagesBefore.split('\n'));
  const brought = (await packages())
    .split('\n')
    .filter((line) => !before.has(line))
    .map((line) => line.slice(4));
  await lab.shell(
    HOST,
    `rm -rf /var/lib/docker /etc/docker ${PINS} /etc/apt/sources.list.d/docker.* /etc/apt/sources.list.d/vendor.* \\
       /etc/apt/keyrings/docker.* /etc/apt/keyrings/vendor.* /etc/apt/apt.conf.d/99vendor /var/lib/apt/lists/*_${PORT}_*
     DEBIAN_FRONTEND=noninteractive apt-get purge -yq ${brought.join(' ')} >/dev/null`,
  );
  await lab.shell(SERVER, `systemctl stop vendor-repository; rm -rf ${FOLDER}`);
  expect(await packages()).toBe(packagesBefore);
}, LAB_TIMEOUT_MS);

async function run(command: 'plan' | 'provision', play: object) {
  const cwd = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Vendor', hosts: HOST, ...play }]),
  });
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const result = await lab.homelab([command, HOST, ...flags], { cwd });
  const { error, status, tasks } = hostOf(documentOf(result), HOST);
  const changed = tasks
    .filter((task) => task.status === 'changed')
    .map(({ name }) => name.replace('docker: ', ''));
  const surprises = tasks.flatMap(({ name, differsFromPlan }) =>
    differsFromPlan === undefined ? [] : [`${name}: ${differsFromPlan}`],
  );
  return {
    code: result.code,
    status,
    changed,
    surprises,
    failure: JSON.stringify([error, tasks.map((task) => task.error)]),
  };
}

/** A play with the role, whose packages come from the lab's repository. */
const docker = (params: object = {}, repository: object = {}) => ({
  roles: [
    { role: 'docker', repository: { uri: address, key_fingerprint: fingerprint, ...repository }, ...params },
  ],
});
const VENDORS = [
  'docker-ce',
  'docker-ce-cli',
  'containerd.io',
  'docker-buildx-plugin',
  'docker-compose-plugin',
];
const DISTRIBUTIONS = ['docker.io', 'containerd', 'runc'];
const at = (version: string) => `docker-ce ${version}\ndocker-ce-cli ${version}\n`;

test('a key with another fingerprint is refused, and nothing is installed or removed', async () => {
  const before = await packages();
  const refused = await run('provision', docker({}, { key_fingerprint: 'A'.repeat(40) }));
  expect(refused).toMatchObject({ code: 1, failure: expect.stringContaining(fingerprint) });
  expect(await packages()).toBe(before);
  expect(await files()).toBe('');
});

test("the vendor's packages take the place of the distribution's, on the major version that was chosen", async () => {
  const done = await run('provision', docker({ major: 28 }));
  // The distribution's daemon does not run here; the vendor's does as soon as it has its configuration.
  expect(done).toMatchObject({ code: 0, status: 'changed', surprises: ['docker: service: state'] });
  expect(await versions(...DISTRIBUTIONS)).toBe('');
  expect(await versions(...VENDORS)).toBe(
    `containerd.io 1.7.27-1\ndocker-buildx-plugin 0.26.1-1\n${at('5:28.3.3-1~lab')}docker-compose-plugin 2.39.1-1\n`
      .split('\n')
      .toSorted()
      .join('\n')
      .trimStart() + '\n',
  );
  expect(await files()).toBe(
    'keyrings/docker.asc\npreferences.d/homelab-docker\nsources.list.d/docker.sources\n',
  );
  expect(await lab.shell(HOST, 'systemctl is-active docker; cat /var/lib/docker/volumes/data/file')).toBe(
    'active\nkept\n',
  );
  expect(await run('plan', docker({ major: 28 }))).toMatchObject({ code: 0, status: 'ok' });
});

test('without a word about it the major version stays, whatever is upgraded', async () => {
  expect(await run('plan', docker())).toMatchObject({ code: 0, status: 'ok' });
  await lab.shell(HOST, `rm ${PINS}`);
  expect(await lab.shell(HOST, 'apt-get -s -q dist-upgrade | grep -c "^Inst docker-ce"')).toBe('2\n');
  expect(await run('provision', docker())).toMatchObject({ code: 0, changed: ['its major version is held'] });
  expect(await lab.shell(HOST, 'apt-get -s -q dist-upgrade | grep "^Inst docker" || true')).toBe('');
});

test('a configuration that the daemon does not take is never seen by it', async () => {
  const look = () => lab.shell(HOST, `systemctl show -p MainPID docker; cat ${CONFIG}; docker info`);
  const before = await look();
  const broken = await run('provision', docker({ extra: { bogus: true } }));
  expect(broken).toMatchObject({ code: 1, failure: expect.stringContaining('unknown key: bogus') });
  expect(await look()).toBe(before);
});

test('whoever names the next one moves on to it', async () => {
  expect(await run('provision', docker({ major: 29 }))).toMatchObject({ code: 0, status: 'changed' });
  expect(await versions('docker-ce', 'docker-ce-cli')).toBe(at('5:29.0.0-1~lab'));
});

test('a package of another vendor, at the version that it is pinned to', async () => {
  // At another address: apt refuses to have one under two keys.
  const vendor = {
    tasks: [
      {
        package_repository: {
          name: 'vendor',
          uri: `${address}/other`,
          key_url: `${address}/gpg`,
          key_fingerprint: fingerprint,
        },
      },
      { package: { names: ['consul=1.21.4-1'] } },
    ],
  };
  expect(await run('provision', vendor)).toMatchObject({ code: 0, status: 'changed' });
  expect(await versions('consul')).toBe('consul 1.21.4-1\n');
  expect(await run('plan', vendor)).toMatchObject({ code: 0, status: 'ok' });
});
