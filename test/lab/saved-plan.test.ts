import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { documentOf, hostOf, type RunDocument } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { changesBetween, snapshotOf } from './harness/snapshot.js';

const FOLDER = '/srv/saved';
const HOSTS = ['gate', 'dns1', 'nas'];

const PLAY = {
  name: 'Site',
  hosts: 'all',
  vars: { greeting: 'hello' },
  tasks: [
    { name: 'Folder', directory: { path: FOLDER } },
    { name: 'Motd', file: { path: `${FOLDER}/motd`, content: '{{vars.greeting}}\n', mode: '0640' } },
    { name: 'Key', file: { path: `${FOLDER}/key`, content: 'canary-in-a-file', sensitive: true } },
  ],
};

let lab: TestLab;
let project: string;

beforeAll(async () => {
  lab = await sharedLab();
  project = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([PLAY]),
  });
}, LAB_TIMEOUT_MS);

beforeEach(async () => {
  for (const host of HOSTS)
    await lab.shell(
      host,
      `rm -rf ${FOLDER}; mkdir ${FOLDER}; echo old >${FOLDER}/motd; chmod 640 ${FOLDER}/motd`,
    );
});

const homelab = (...args: string[]) => lab.homelab(args, { cwd: project });
const save = (...args: string[]) => homelab('plan', ...HOSTS, '--out', 'all.plan.json', ...args);
async function apply(...args: string[]): Promise<{ code: number; document: RunDocument }> {
  const result = await homelab('provision', '--plan', 'all.plan.json', '--json', ...args);
  return { code: result.code, document: documentOf(result) };
}
const statuses = ({ hosts }: RunDocument): string[] => hosts.map(({ host, status }) => `${host} ${status}`);

describe('a saved plan', () => {
  test('is for its owner alone, tells no secret, and saving it changes no machine', async () => {
    // The first login through sudo leaves a mark of its own.
    await homelab('facts', 'nas');
    const before = await snapshotOf(lab, 'nas');
    const { code, stdout } = await save();
    expect(code).toBe(2);
    expect(stdout).toContain('Saved. Apply it with: homelab provision --plan all.plan.json\n');
    const file = join(project, 'all.plan.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain('canary');
    expect(changesBetween(before, await snapshotOf(lab, 'nas'))).toEqual([]);
  });

  test('is applied without a question, to its hosts', async () => {
    await save();
    const { code, document } = await apply();
    expect({ code, statuses: statuses(document) }).toEqual({
      code: 0,
      statuses: ['gate changed', 'dns1 changed', 'nas changed'],
    });
    expect(await lab.shell('nas', `cat ${FOLDER}/motd`)).toBe('hello\n');
    expect(
      document.hosts.flatMap(({ tasks }) => tasks.map((task) => task.differsFromPlan)),
    ).not.toContainEqual(expect.any(String));
    const again = await apply();
    expect(again.code).toBe(1);
    expect(hostOf(again.document, 'nas').error?.code).toBe('engine/changed-since-plan');
  });

  test('refuses a host that changed since, names what changed, and applies the others', async () => {
    await save();
    await lab.shell('dns1', `chmod 600 ${FOLDER}/motd; echo mine >${FOLDER}/key`);
    const { code, document } = await apply();
    expect({ code, statuses: statuses(document) }).toEqual({
      code: 1,
      statuses: ['gate changed', 'dns1 failed', 'nas changed'],
    });
    expect(hostOf(document, 'dns1').error).toMatchObject({
      code: 'engine/changed-since-plan',
      message: 'dns1 has changed since the plan was made: "Motd" (mode), "Key" (is there now)',
    });
    expect(await lab.shell('dns1', `cat ${FOLDER}/motd ${FOLDER}/key`)).toBe('old\nmine\n');
  });

  test('refuses where the project wants something else by now', async () => {
    await save('--set', 'greeting=hi');
    const { code, document } = await apply('gate');
    expect(code).toBe(1);
    expect(hostOf(document, 'gate').error).toMatchObject({
      code: 'engine/project-changed-since-plan',
      message: 'what is wanted of gate is not what it was when the plan was made: "Motd"',
    });
    const same = await apply('gate', '--set', 'greeting=hi');
    expect({ code: same.code, statuses: statuses(same.document) }).toEqual({
      code: 0,
      statuses: ['gate changed'],
    });
  });

  test('that is none, or for another host, is wrong usage', async () => {
    await save();
    expect((await homelab('provision', '--plan', 'inventory/hosts.yml')).code).toBe(64);
    expect((await homelab('provision', '--plan', 'all.plan.json', '--tags', 'x')).code).toBe(64);
    const { document } = await apply('pi', 'gate');
    expect(hostOf(document, 'pi').error?.code).toBe('engine/not-planned');
    expect(hostOf(document, 'gate').status).toBe('changed');
  });
});
