import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { documentOf, hostOf, statusesOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';

const FOLDER = '/srv/assert';
const HOSTS = ['pi', 'dns1'];

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  for (const host of HOSTS) await lab.shell(host, `rm -rf ${FOLDER}`);
});

const folder = (name: string) => ({ name, directory: { path: `${FOLDER}/${name}` } });
const run = async (command: string, tasks: readonly object[]) => {
  const cwd = lab.project({
    'inventory/hosts.yml': lab.hostsFile(
      {},
      { pi: { vars: { role: 'desk' } }, dns1: { vars: { role: 'server' } } },
    ),
    'playbooks/site.yml': JSON.stringify([{ name: 'Assert', hosts: 'all', tasks }]),
  });
  const flags = command === 'provision' ? ['--yes', '--json'] : ['--json'];
  const result = await lab.homelab([command, ...HOSTS, ...flags], { cwd });
  return { code: result.code, document: documentOf(result) };
};

const ROLE = {
  name: 'server',
  assert: { that: [{ os_family: 'debian' }, { 'vars.role': 'server' }], message: 'only for servers' },
};

describe('an assertion', () => {
  test.each(['plan', 'provision'])(
    'that fails: %s says what was found, and nothing is applied there',
    async (command) => {
      const { code, document } = await run(command, [folder('before'), ROLE, folder('after')]);
      expect(code).toBe(1);
      expect(hostOf(document, 'pi')).toMatchObject({
        status: 'failed',
        error: { code: 'task/assertion-failed', message: 'only for servers: vars.role is desk, not server' },
      });
      expect(hostOf(document, 'pi').tasks.find(({ name }) => name === 'server')?.status).toBe('failed');
      expect(await lab.shell('pi', `ls ${FOLDER} 2>/dev/null || true`)).toBe('');
    },
  );

  test('that holds is in sync, and the other host goes on', async () => {
    expect(await lab.shell('dns1', `ls ${FOLDER}`)).toBe('after\nbefore\n');
    const { document } = await run('plan', [folder('before'), ROLE, folder('after')]);
    expect(hostOf(document, 'dns1').tasks.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    expect(statusesOf(document)).toEqual({ pi: 'failed', dns1: 'ok' });
  });
});
