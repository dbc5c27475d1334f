import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  LAB_FINGERPRINT,
  layRepository,
  OTHER_FINGERPRINT,
  repositoryFile,
} from './fixtures/apt-repository.js';
import { documentOf, hostOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const HOST = 'proof';
const FOLDER = '/srv/refused-apt';
const ADDRESS = 'http://127.0.0.1:8074';
const good = { name: 'house', uri: `file:${FOLDER}`, suites: ['./'], key: 'files/lab.asc' };
const fetched = { ...good, key: undefined, key_fingerprint: LAB_FINGERPRINT };

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
  await lab.shell(
    HOST,
    `set -e
DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends busybox >/dev/null 2>&1 </dev/null
${layRepository(FOLDER)}
cat ${FOLDER}/lab.asc ${FOLDER}/other.asc >${FOLDER}/both.asc
systemd-run --quiet --unit=refused-apt busybox httpd -f -p 127.0.0.1:8074 -h ${FOLDER}
for try in 1 2 3 4 5 6 7 8 9 10; do curl -sf ${ADDRESS}/lab.asc >/dev/null && break; sleep 0.2; done`,
  );
}, LAB_TIMEOUT_MS);

afterAll(() =>
  lab.shell(
    HOST,
    `systemctl stop refused-apt; rm -rf ${FOLDER} /etc/apt/*/house.* /var/lib/apt/lists/*refused-apt*`,
  ),
);

const written = () =>
  lab.shell(HOST, 'cd /etc/apt; ls -A sources.list.d keyrings; cat */house.* 2>/dev/null || true');

/** What a run says of a repository: its status, or the error. */
async function provision(params: object): Promise<string> {
  const tasks = [{ package_repository: params }];
  const cwd = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Repository', hosts: HOST, tasks }]),
    'files/lab.asc': repositoryFile('lab.asc'),
    'files/other.asc': repositoryFile('other.asc'),
    'files/both.asc': Buffer.concat([repositoryFile('lab.asc'), repositoryFile('other.asc')]),
  });
  const result = await lab.homelab(['provision', HOST, '--yes', '--json'], { cwd });
  const [task] = hostOf(documentOf(result), HOST).tasks;
  return task?.error?.message ?? task?.status ?? 'no task';
}

test.each<[string, object, string]>([
  [
    'a fetched key with another fingerprint',
    { ...fetched, key_url: `${ADDRESS}/other.asc` },
    `has the fingerprint ${OTHER_FINGERPRINT}, wanted was ${LAB_FINGERPRINT}; nothing was changed`,
  ],
  [
    'a second key that comes along',
    { ...fetched, key_url: `${ADDRESS}/both.asc` },
    `wanted was ${LAB_FINGERPRINT}; nothing was changed`,
  ],
  ['what is no key', { ...fetched, key_url: `${ADDRESS}/Packages` }, 'has the fingerprint of no public key'],
  ['no key at all', { ...fetched, key_url: `${ADDRESS}/missing.asc` }, '404'],
  [
    'a key of the project with another fingerprint',
    { ...good, key: 'files/other.asc', key_fingerprint: LAB_FINGERPRINT },
    `has the fingerprint ${OTHER_FINGERPRINT}, wanted was ${LAB_FINGERPRINT}; nothing was changed`,
  ],
  [
    'a second key in a file of the project',
    { ...good, key: 'files/both.asc', key_fingerprint: LAB_FINGERPRINT },
    `wanted was ${LAB_FINGERPRINT}; nothing was changed`,
  ],
  [
    'an address without lists',
    { ...good, key: undefined, uri: `file:${FOLDER}/gone`, trusted: true },
    'Some index files failed to download',
  ],
])('%s: nothing is there afterwards', async (_name, params, complaint) => {
  const before = await written();
  expect(await provision(params)).toContain(complaint);
  expect(await written()).toBe(before);
});

test('lists that another key has signed: no source', async () => {
  expect(await provision({ ...good, key: 'files/other.asc' })).toContain('NO_PUBKEY');
  expect(await lab.shell(HOST, 'ls /etc/apt/sources.list.d')).not.toContain('house');
});

test('what is right already stays as it is', async () => {
  expect(await provision(good)).toBe('changed');
  const before = await written();
  const other = { key_fingerprint: OTHER_FINGERPRINT };
  expect([
    await provision({ ...fetched, ...other, key_url: `${ADDRESS}/lab.asc` }),
    await provision({ ...good, key: 'files/both.asc', ...other }),
    await provision({ ...good, uri: `file:${FOLDER}/gone` }),
  ]).toEqual([
    expect.stringContaining(`has the fingerprint ${LAB_FINGERPRINT}, wanted was ${OTHER_FINGERPRINT}`),
    expect.stringContaining(`wanted was ${OTHER_FINGERPRINT}; nothing was changed`),
    expect.stringContaining('does not have a Release file'),
  ]);
  expect(await written()).toBe(before);
});
