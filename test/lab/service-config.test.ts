import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { NO_PAGER, PAGER } from './fixtures/pager.js';
import { documentOf, hostOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { waitUntil } from './harness/wait-until.js';

/** Behind the jump host. */
const HOST = 'left';

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
}, LAB_TIMEOUT_MS);

beforeEach(async () => {
  await lab.shell(HOST, `${PAGER}\necho good >/etc/pager.d/a.conf; systemctl restart pager`);
  await waitUntil('the service answers', async () => (await pager()) === 'good\n');
});

afterEach(() => lab.shell(HOST, NO_PAGER));
afterAll(() => lab.shell(HOST, NO_PAGER));

const pager = () => lab.shell(HOST, 'cat /run/pager 2>/dev/null || echo silent');
const left = () =>
  lab.shell(HOST, 'find /etc/pager.d /var/lib/homelab/trials -mindepth 1 2>/dev/null || true');

function projectOf(params: object): string {
  const tasks = [{ service_config: { service: 'pager', timeout: 3, ...params } }];
  return lab.project({
    'inventory/hosts.yml': lab.hostsFile({}),
    'playbooks/site.yml': JSON.stringify([{ name: 'P', hosts: HOST, tasks }]),
  });
}

async function provision(params: object) {
  const run = await lab.homelab(['provision', HOST, '--yes', '--json'], { cwd: projectOf(params) });
  const [task] = hostOf(documentOf(run), HOST).tasks;
  return { code: run.code, said: task?.error?.message ?? task?.status ?? '' };
}

const answers = [{ command: ['grep', '-q', '.', '/run/pager'] }];
const file = (content: string) => [{ path: '/etc/pager.d/a.conf', content }];
const pid = () => lab.shell(HOST, 'systemctl show -p MainPID --value pager');

test.each<[string, object, string]>([
  [
    'is refused by its check',
    { files: file('bad\n'), validate: ['sh', '-c', '! grep bad /etc/pager.d/a.conf'] },
    'bad',
  ],
  [
    'cannot be written',
    { files: [...file('new\n'), { path: '/etc/hostname/x.conf', content: 'x' }] },
    '/etc/hostname',
  ],
  [
    'is for a newer version',
    {
      files: [
        {
          path: '/etc/pager.d/b.conf',
          variants: [{ since: '1.9', content: 'x' }, { refuse: 'colour is new' }],
        },
      ],
      version: ['pager-version'],
    },
    'pager.service 1.8.7 cannot be configured so: colour is new',
  ],
])('what %s leaves the service as it runs', async (_name, params, reason) => {
  const before = await pid();
  const { code, said } = await provision(params);
  expect(code).toBe(1);
  expect(said).toContain(reason);
  expect(await pager()).toBe('good\n');
  expect(await pid()).toBe(before);
  expect(await left()).toMatch(/a\.conf\n/);
  expect(await left()).not.toMatch(/b\.conf|x\.conf|\.homelab|trials/);
});

test.each<[string, string, object, string]>([
  ['ends at once', 'die\n', {}, 'the service does not stay'],
  ['ends again and again', 'flap\n', {}, 'the service does not stay'],
  [
    'ends again and again, and nothing held before',
    'flap\n',
    { keeps: [{ command: ['false'] }] },
    'the service does not stay',
  ],
  ['does not answer', 'mute\n', { checks: answers }, 'grep -q . /run/pager does not hold after 3 s'],
  ['answers no longer', 'mute\n', { keeps: answers }, 'grep -q . /run/pager does not hold after 3 s'],
  [
    'cannot be told',
    'new\n',
    { apply: ['grep', 'good', '/etc/pager.d/a.conf'] },
    'what was there before is back',
  ],
])('where the service %s, what was there comes back', async (_name, content, params, reason) => {
  const files = [...file(content), { path: '/etc/pager.d/sub/new.conf', content: 'n\n' }];
  const { code, said } = await provision({ ...params, files });
  expect(said).toContain(reason);
  expect(said).toContain('what was there before is back');
  expect(code).toBe(1);
  await waitUntil('the service answers', async () => (await pager()) === 'good\n');
  expect(await left()).not.toMatch(/sub|\.homelab|trials/);
});

test('what the service made of the new files goes with them', async () => {
  await lab.shell(HOST, 'echo old >/run/pager.key; rm -f /run/pager.ring');
  const start =
    'if grep -q mute /etc/pager.d/a.conf; then echo new | tee /run/pager.key >/run/pager.ring; fi; systemctl restart pager';
  const made = ['/run/pager.key', '/run/pager.ring'];
  const { said } = await provision({
    files: file('mute\n'),
    checks: answers,
    apply: ['sh', '-c', start],
    made,
  });
  expect(said).toContain('what was there before is back');
  expect(await lab.shell(HOST, 'cat /run/pager.key; test -e /run/pager.ring || echo gone')).toBe(
    'old\ngone\n',
  );
});

test('what is removed through a link is kept where the check refuses it', async () => {
  await lab.shell(HOST, 'mkdir -p /opt/pager; echo x >/opt/pager/x; ln -s /opt/pager /etc/pager.d/out');
  const { said } = await provision({
    files: [{ path: '/etc/pager.d/out/x', state: 'absent' }],
    validate: ['false'],
  });
  expect(said).toContain('/etc/pager.d/out leads out of /etc');
  expect(await lab.shell(HOST, 'cat /opt/pager/x; rm -r /opt/pager')).toBe('x\n');
});

test('what a full disk keeps from coming back is there for the next run', async () => {
  await lab.shell(
    HOST,
    `mkdir /etc/pager.d/small; mount -t tmpfs -o size=16k none /etc/pager.d/small
     head -c 7000 /dev/zero | tr '\\0' o >/etc/pager.d/small/a; cp /etc/pager.d/small/a /run/pager.was`,
  );
  const fill = 'cat /dev/zero >/etc/pager.d/small/filler; false';
  const files = [{ path: '/etc/pager.d/small/a', content: 'new\n' }];
  const { said } = await provision({ files, checks: [{ command: fill }], timeout: 1 });
  expect(said).toContain('it is in /var/lib/homelab/trials/pager.service/was');
  await lab.shell(HOST, 'rm /etc/pager.d/small/filler');
  expect(await provision({ files: file('other\n') })).toEqual({ code: 0, said: 'changed' });
  await lab.shell(
    HOST,
    'cmp /etc/pager.d/small/a /run/pager.was; umount /etc/pager.d/small; rmdir /etc/pager.d/small',
  );
  expect(await left()).not.toMatch(/trials|small/);
});

test('what did not hold before need not hold after', async () => {
  expect(await provision({ files: file('new\n'), keeps: [{ command: ['false'] }] })).toEqual({
    code: 0,
    said: 'changed',
  });
  expect(await pager()).toBe('new\n');
});

test('a service that did not run is stopped again', async () => {
  await lab.shell(HOST, 'systemctl stop pager; rm -f /run/pager /etc/pager.d/a.conf');
  const { said } = await provision({ files: file('mute\n'), checks: answers });
  expect(said).toContain('what was there before is back');
  expect(await lab.shell(HOST, 'systemctl is-active pager || true; ls -A /etc/pager.d')).toBe('inactive\n');
});

test('it comes to its end on a host that nobody is connected to any more', async () => {
  const run = lab.startHomelab(['provision', HOST, '--yes'], {
    cwd: projectOf({ files: file('mute\n'), checks: answers, timeout: 5 }),
  });
  await waitUntil('it has begun', async () => (await pager()) === 'silent\n');
  run.kill('SIGKILL');
  await lab.shell(HOST, `pkill -KILL -f '[s]shd: admin' || true`);
  await waitUntil('what was there is back', async () => (await pager()) === 'good\n');
  expect(await left()).not.toMatch(/trials/);
});

test('a trial that a power cut ended is begun again, and ends with what was there before it', async () => {
  await lab.shell(
    HOST,
    `mkdir -p /var/lib/homelab/trials/pager.service/was/etc/pager.d /var/lib/homelab/trials/pager.service/began
     cp -p /etc/pager.d/a.conf /var/lib/homelab/trials/pager.service/was/etc/pager.d/
     : >/var/lib/homelab/trials/pager.service/ran; echo mute >/etc/pager.d/a.conf; systemctl restart pager`,
  );
  const { said } = await provision({ files: file('mute\n'), checks: answers });
  expect(said).toContain('what was there before is back');
  expect(await pager()).toBe('good\n');
  expect(await provision({ files: file('better\n'), checks: answers })).toEqual({ code: 0, said: 'changed' });
  expect(await pager()).toBe('better\n');
});
