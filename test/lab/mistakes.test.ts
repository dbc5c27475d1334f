import { beforeAll, describe, expect, test } from '@jest/globals';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const FILE = '/srv/mistakes';
const TASK = { file: { path: FILE, content: 'kept\n' } };

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
}, LAB_TIMEOUT_MS);

const projectWith = (play: unknown, files: Readonly<Record<string, string>> = {}) =>
  lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([play]),
    ...files,
  });

/** Connections that sshd of the jump host and of the machine beside it have seen. */
const logins = async () => {
  const counts = ['gate', 'pi'].map((host) =>
    lab.shell(host, 'journalctl --sync; journalctl -q -u ssh | grep -c "Connection\\|Accepted" || true'),
  );
  return (await Promise.all(counts)).map(Number);
};

describe('a mistake is told with its place before any connection', () => {
  test('(a plan without a mistake is seen)', async () => {
    const before = await logins();
    const folder = projectWith({ name: 'Right', hosts: 'all', tasks: [TASK] });
    expect((await lab.homelab(['plan', 'gate', 'pi'], { cwd: folder })).code).toBe(2);
    const after = await logins();
    expect(after.map((count, index) => count > (before[index] ?? 0))).toEqual([true, true]);
  });

  const PLAY = { name: 'Wrong', hosts: 'all' };
  test.each([
    ['a key', { ...PLAY, task: [] }, {}, 'playbooks/site.yml:1:', 'tasks'],
    ['a kind', { ...PLAY, tasks: [{ fiel: TASK.file }] }, {}, 'playbooks/site.yml:1:', 'file'],
    [
      'a parameter',
      { ...PLAY, tasks: [{ file: { ...TASK.file, mod: '0644' } }] },
      {},
      'playbooks/site.yml:1:',
      'mode',
    ],
    ['a group', { ...PLAY, hosts: 'gatee', tasks: [TASK] }, {}, 'playbooks/site.yml:1:', 'gate'],
    [
      'a variable',
      { ...PLAY, vars: { colour: 'blue' }, tasks: [{ file: { path: FILE, content: '{{vars.color}}' } }] },
      {},
      'playbooks/site.yml:1:',
      'colour',
    ],
    [
      'a template',
      { ...PLAY, vars: { colour: 'blue' }, tasks: [{ template: { path: FILE, template: 'wrong.hbs' } }] },
      { 'templates/wrong.hbs': 'first\n  {{vars.color}}\n' },
      'templates/wrong.hbs:2:',
      'colour',
    ],
  ])('%s', async (_what, play, files, place, nearest) => {
    const folder = projectWith(play, files);
    const before = await logins();
    for (const args of [
      ['plan', 'all'],
      ['provision', 'all', '--yes'],
    ]) {
      const { code, stdout, stderr } = await lab.homelab(args, { cwd: folder });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(place);
      expect(stderr).toContain(nearest);
    }
    expect(await logins()).toEqual(before);
  });
});
