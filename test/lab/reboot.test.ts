import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bootIdOf, startMachine } from '../../src/lab/machine-control.js';
import { documentOf, hostOf, statusesOf, type RunDocument } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { waitUntil } from './harness/wait-until.js';

const FOLDER = '/srv/reboot';
/** The jump host, one behind it, and one behind both. */
const CHAIN = ['gate', 'dns1', 'vault'];
const ASK = 'touch /run/reboot-required; echo linux-base >/run/reboot-required.pkgs';
/** Writes which boot it ran in. */
const noteBoot = (name: string) => ({
  name,
  command: { shell: `cat /proc/sys/kernel/random/boot_id >${FOLDER}/${name}`, creates: `${FOLDER}/${name}` },
});

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  for (const host of CHAIN) await lab.shell(host, `rm -rf ${FOLDER} /run/reboot-required*`);
});

const onEach = (script: string) => Promise.all(CHAIN.map((host) => lab.shell(host, script)));
const bootIds = () => Promise.all(CHAIN.map((host) => bootIdOf(lab.id, host)));
/** Whether the machine still runs this boot. */
const isBoot = (host: string, id: string) =>
  bootIdOf(lab.id, host).then(
    (found) => found === id,
    () => false,
  );
const items = (document: RunDocument, host: string) =>
  hostOf(document, host).tasks.map(({ name, status }) => `${name} ${status}`);

async function provision(plays: readonly object[], args: readonly string[] = CHAIN) {
  const cwd = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify(plays),
  });
  const result = await lab.homelab(['provision', ...args, '--yes', '--json'], { cwd });
  return { code: result.code, document: documentOf(result) };
}

const PLAY = {
  name: 'Reboot',
  hosts: 'all',
  tasks: [noteBoot('before'), { name: 'reboot', reboot: { timeout: 120 } }, noteBoot('after')],
};

describe('a jump host and those behind it', () => {
  test.each<[string, readonly string[], object]>([
    ['all at once', [], {}],
    ['one at a time, the jump host first', ['--concurrency', '1'], {}],
    ['in waves of one', [], { serial: 1 }],
  ])('reboot in one run, %s, and each goes on in its new boot', async (_name, flags, rest) => {
    await onEach(`rm -rf ${FOLDER}; mkdir ${FOLDER}; ${ASK}`);
    const before = await bootIds();
    const { code, document } = await provision(
      [
        { ...PLAY, ...rest },
        { name: 'Next', hosts: 'all', tasks: [noteBoot('later')] },
      ],
      [...CHAIN, ...flags],
    );
    expect({ code, statuses: statusesOf(document) }).toEqual({
      code: 0,
      statuses: { gate: 'changed', dns1: 'changed', vault: 'changed' },
    });
    const after = await bootIds();
    for (const [index, host] of CHAIN.entries()) {
      expect(after[index]).not.toBe(before[index]);
      expect(await lab.shell(host, `cd ${FOLDER} && cat before after later`)).toBe(
        [before[index], after[index], after[index], ''].join('\n'),
      );
      expect(hostOf(document, host).tasks[1]?.changes).toEqual([
        { field: 'reboot', before: 'needed by linux-base', after: 'done' },
      ]);
    }
  });

  test('in sync: nothing is rebooted', async () => {
    const before = await bootIds();
    const { code, document } = await provision([PLAY]);
    expect({ code, ...statusesOf(document) }).toEqual({ code: 0, gate: 'ok', dns1: 'ok', vault: 'ok' });
    expect(await bootIds()).toEqual(before);
  });

  test('one that is done is not cut off by a later reboot of its jump host', async () => {
    await onEach(`rm -rf ${FOLDER}; mkdir ${FOLDER}`);
    const before = await bootIdOf(lab.id, 'gate');
    const { code, document } = await provision(
      [
        { name: 'Inner', hosts: 'dns1', tasks: [noteBoot('inner')] },
        {
          name: 'Outer',
          hosts: 'gate',
          tasks: [{ ...noteBoot('outer'), on_change: ['boot'] }],
          actions: { boot: always() },
        },
      ],
      ['gate', 'dns1'],
    );
    expect({ code, statuses: statusesOf(document) }).toEqual({
      code: 0,
      statuses: { gate: 'changed', dns1: 'changed' },
    });
    expect(await bootIdOf(lab.id, 'gate')).not.toBe(before);
    expect(await lab.shell('dns1', 'cat /var/lib/homelab/lock.*')).toBe('free\n');
  });
});

const always = (rest: object = {}) => ({ reboot: { when: 'always', timeout: 120, ...rest } });

describe('a reboot that an item asks for', () => {
  test('as an action, before the action after it', async () => {
    await onEach(`rm -rf ${FOLDER}; mkdir ${FOLDER}`);
    const before = await bootIdOf(lab.id, 'dns1');
    const play = {
      name: 'Action',
      hosts: 'all',
      tasks: [{ ...noteBoot('before'), on_change: ['boot', 'note'] }],
      actions: {
        boot: always(),
        note: { command: { shell: `cp /proc/sys/kernel/random/boot_id ${FOLDER}/after`, always: true } },
      },
    };
    const { code, document } = await provision([play], ['dns1']);
    expect({ code, items: items(document, 'dns1') }).toEqual({
      code: 0,
      items: ['before changed', 'boot changed', 'note changed'],
    });
    const after = await lab.shell('dns1', `cat ${FOLDER}/after`);
    expect(after.trim()).toBe(await bootIdOf(lab.id, 'dns1'));
    expect(after.trim()).not.toBe(before);
    expect(items((await provision([play], ['dns1'])).document, 'dns1')).toEqual(['before ok']);
  });

  test('as an item that waits for a change, once', async () => {
    await onEach(`rm -rf ${FOLDER}; mkdir ${FOLDER}`);
    const before = await bootIdOf(lab.id, 'dns1');
    const tasks = [
      { ...noteBoot('before'), id: 'noted' },
      { name: 'boot', ...always(), when: { changed: 'noted' } },
      noteBoot('after'),
    ];
    const play = { name: 'Changed', hosts: 'all', tasks };
    const { document } = await provision([play], ['dns1']);
    expect(items(document, 'dns1')).toEqual(['before changed', 'boot changed', 'after changed']);
    const after = await bootIdOf(lab.id, 'dns1');
    expect(after).not.toBe(before);
    expect(items((await provision([play], ['dns1'])).document, 'dns1')).toEqual([
      'before ok',
      'boot skipped',
      'after ok',
    ]);
    expect(await bootIdOf(lab.id, 'dns1')).toBe(after);
  });

  test('without a return: the host takes no further part', async () => {
    await onEach(`rm -rf ${FOLDER}; mkdir ${FOLDER}; ${ASK}`);
    const before = await bootIdOf(lab.id, 'dns1');
    const tasks = [noteBoot('before'), { name: 'boot', reboot: { returns: false } }, noteBoot('after')];
    const { code, document } = await provision([{ name: 'Leave', hosts: 'all', tasks }], ['dns1']);
    expect({ code, items: items(document, 'dns1') }).toEqual({
      code: 0,
      items: ['before changed', 'boot changed', 'after skipped'],
    });
    await waitUntil('dns1 has gone down', async () => !(await isBoot('dns1', before)));
    await startMachine(lab.id, 'dns1');
    expect(await lab.shell('dns1', `ls ${FOLDER}`)).toBe('before\n');
  });

  test('that never happens is a failure, and what comes after is left out', async () => {
    await onEach(`rm -rf ${FOLDER}; mkdir ${FOLDER}; ${ASK}`);
    const before = await bootIdOf(lab.id, 'dns1');
    // Masked for this boot alone: systemd then refuses the job.
    await lab.shell('dns1', 'systemctl mask --runtime reboot.target');
    const tasks = [{ name: 'boot', reboot: { timeout: 2 } }, noteBoot('after')];
    const { code, document } = await provision([{ name: 'Refuse', hosts: 'all', tasks }], ['dns1']);
    await lab.shell('dns1', 'systemctl unmask --runtime reboot.target; rm /run/reboot-required*');
    expect({ code, items: items(document, 'dns1') }).toEqual({
      code: 1,
      items: ['boot failed', 'after skipped'],
    });
    expect(hostOf(document, 'dns1').error?.code).toBe('engine/reboot-refused');
    expect(await bootIdOf(lab.id, 'dns1')).toBe(before);
  });
});
