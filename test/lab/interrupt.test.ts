import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { documentOf, hostOf, type RunDocument } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { leftoversOn } from './harness/snapshot.js';
import { waitUntilNone } from './harness/wait-until.js';

const FOLDER = '/srv/interrupt';
const HOSTS = ['pi', 'nas'];

/** A step that says it has begun, and ends once it is let go; then two more, the last on its own. */
const LONG_PLAY = {
  name: 'Long',
  hosts: 'all',
  tasks: [
    {
      name: 'Long work',
      command: {
        shell: `touch ${FOLDER}/begun; while [ -e ${FOLDER}/hold ]; do sleep 0.05; done; touch ${FOLDER}/done`,
        creates: `${FOLDER}/done`,
      },
      on_change: ['note'],
    },
    { name: 'After', file: { path: `${FOLDER}/after`, content: 'after\n' } },
    { name: 'Last', command: { argv: ['touch', `${FOLDER}/last`], creates: `${FOLDER}/last` } },
  ],
  actions: { note: { command: { argv: ['touch', `${FOLDER}/noted`], always: true } } },
};

let lab: TestLab;
let project: string;

beforeAll(async () => {
  lab = await sharedLab();
  project = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([LONG_PLAY]),
  });
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  await Promise.all(HOSTS.map((host) => lab.shell(host, `rm -rf ${FOLDER}`)));
});

const onEach = (hosts: readonly string[], script: string) =>
  Promise.all(hosts.map((host) => lab.shell(host, script)));
const isThere = async (host: string, path: string) =>
  (await lab.onMachine(host, ['test', '-e', path])).code === 0;
const provision = async (folder: string, hosts: readonly string[]) => {
  const result = await lab.homelab(['provision', ...hosts, '--yes', '--json'], { cwd: folder });
  return { code: result.code, document: documentOf(result) };
};
const waitForNoLeftovers = (host: string) =>
  waitUntilNone(`nothing is left on ${host}`, () => leftoversOn(lab, host));
const items = (document: RunDocument, host: string) =>
  hostOf(document, host).tasks.map(({ name, status }) => `${name} ${status}`);

/** A run that is in the middle of the long step on every host. */
async function startHeld(flag: '--json' | '--json-events') {
  await onEach(HOSTS, `rm -rf ${FOLDER}; mkdir ${FOLDER}; touch ${FOLDER}/hold`);
  const run = lab.startHomelab(['provision', ...HOSTS, '--yes', flag], { cwd: project });
  for (const host of HOSTS)
    await run.reaches(`is at work on ${host}`, () => isThere(host, `${FOLDER}/begun`));
  return run;
}

describe('Ctrl-C', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s once: the running step ends, the rest is skipped, exit 130',
    async (signal) => {
      const run = await startHeld('--json');
      run.kill(signal);
      await run.printed('nterrupted');
      await onEach(HOSTS, `rm ${FOLDER}/hold`);
      expect(await run.ended()).toBe(130);
      const document = documentOf(run);
      expect(document.exitCode).toBe(130);
      for (const host of HOSTS) {
        expect(items(document, host)).toEqual([
          'Long work changed',
          'After skipped',
          'Last skipped',
          'note skipped',
        ]);
        expect(hostOf(document, host).error?.hint).toContain('Owed, and done by the next run: note.');
        expect(await lab.shell(host, `ls ${FOLDER}`)).toBe('begun\ndone\n');
        await waitForNoLeftovers(host);
      }
    },
  );

  test('a next provision does the rest, and what was owed', async () => {
    const { code, document } = await provision(project, HOSTS);
    expect(code).toBe(0);
    for (const host of HOSTS)
      expect(items(document, host)).toEqual([
        'Long work ok',
        'After changed',
        'Last changed',
        'note changed',
      ]);
  });

  test('twice: homelab leaves at once with 130; the step ends by itself and nothing stays behind', async () => {
    const run = await startHeld('--json-events');
    run.kill('SIGINT');
    await run.printed('"interrupted"');
    run.kill('SIGINT');
    expect(await run.ended()).toBe(130);
    for (const host of HOSTS) expect(await lab.shell(host, `ls ${FOLDER}`)).toBe('begun\nhold\n');
    await onEach(HOSTS, `rm ${FOLDER}/hold`);
    for (const host of HOSTS) {
      await waitForNoLeftovers(host);
      expect(await isThere(host, `${FOLDER}/after`)).toBe(false);
    }
  });
});

const FILES = ['one', 'two', 'three', 'four'];
/** A megabyte that no other version shares a line with. */
const bodyOf = (version: number) => Buffer.alloc(1 << 20, `version ${version}\n`);
const sumOf = (body: Buffer) => createHash('sha256').update(body).digest('hex');
/** One kill before the first file, one between each two, one after the last. */
const KILLS = FILES.map((_name, index) => index).concat(FILES.length);

/** A project that keeps the files at `version`, each checked by `check` before it takes its name. */
function bigFiles(version: number, check: string): string {
  const tasks = FILES.map((name) => ({
    file: {
      path: `${FOLDER}/${name}`,
      source: 'files/body',
      validate: ['sh', '-c', check, '{{candidate}}'],
    },
  }));
  return lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Big', hosts: 'all', tasks }]),
    'files/body': bodyOf(version),
  });
}

/** Which version each file is, of those up to `newest`; undefined where it is none of them. */
async function versionsOn(host: string, newest: number): Promise<(number | undefined)[]> {
  const known = new Map(
    Array.from({ length: newest + 1 }, (_, version) => [sumOf(bodyOf(version)), version]),
  );
  const sums = await lab.shell(host, `cd ${FOLDER} && for f in ${FILES.join(' ')}; do sha256sum <$f; done`);
  return sums
    .trimEnd()
    .split('\n')
    .map((line) => known.get(line.slice(0, 64)));
}

describe('a controller that is killed (SIGKILL)', () => {
  beforeAll(async () => {
    await onEach(HOSTS, `rm -rf ${FOLDER}; mkdir ${FOLDER}`);
    expect((await provision(bigFiles(0, 'true'), HOSTS)).code).toBe(0);
  });

  test('while a new file stands beside the old one: both are whole, and the new one’s other name goes', async () => {
    const check = `touch ${FOLDER}/begun; while [ -e ${FOLDER}/hold ]; do sleep 0.05; done`;
    await onEach(HOSTS, `touch ${FOLDER}/hold`);
    const run = lab.startHomelab(['provision', ...HOSTS, '--yes', '--json'], { cwd: bigFiles(1, check) });
    for (const host of HOSTS)
      await run.reaches(`checks a file on ${host}`, () => isThere(host, `${FOLDER}/begun`));
    expect(await versionsOn('nas', 1)).toEqual([0, 0, 0, 0]);
    expect(await leftoversOn(lab, 'nas')).toContainEqual(expect.stringContaining(`${FOLDER}/.homelab.`));
    run.kill('SIGKILL');
    expect(await run.ended()).toBe(137);
    await onEach(HOSTS, `rm ${FOLDER}/hold`);
    for (const host of HOSTS) {
      await waitForNoLeftovers(host);
      expect(await versionsOn(host, 1)).not.toContain(undefined);
    }
  });

  test.each(KILLS)('after %i of four files: each is old or new, and nothing is left', async (count) => {
    const version = 2 + count;
    await onEach(HOSTS, `: >${FOLDER}/checked`);
    const cwd = bigFiles(version, `echo >>${FOLDER}/checked; sleep 0.02`);
    const run = lab.startHomelab(['provision', ...HOSTS, '--yes', '--json-events'], { cwd });
    await run.printed('"task-started"');
    const checked = async () => Number(await lab.shell('pi', `wc -l <${FOLDER}/checked`));
    await run.reaches(`has come to file ${count}`, async () => (await checked()) >= count);
    run.kill('SIGKILL');
    await run.ended();
    for (const host of HOSTS) {
      await waitForNoLeftovers(host);
      expect(await versionsOn(host, version)).not.toContain(undefined);
    }
  });

  test('a next provision converges', async () => {
    const newest = 2 + KILLS.length;
    const folder = bigFiles(newest, 'true');
    expect((await provision(folder, HOSTS)).code).toBe(0);
    expect(await versionsOn('pi', newest)).toEqual(FILES.map(() => newest));
    expect((await lab.homelab(['plan', ...HOSTS], { cwd: folder })).code).toBe(0);
  });
});
