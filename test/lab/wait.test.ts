import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { killSessions } from './contract/kill-sessions.js';
import { documentOf, hostOf } from './harness/run-document.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { leftoversOn } from './harness/snapshot.js';
import { waitUntilNone } from './harness/wait-until.js';

const FOLDER = '/run/wait-test';
const HOST = 'dns1';

let lab: TestLab;

beforeAll(async () => {
  lab = await sharedLab();
  await lab.shell(HOST, `mkdir -p ${FOLDER}`);
}, LAB_TIMEOUT_MS);

afterAll(() => lab.shell(HOST, `rm -rf ${FOLDER}`));

const projectOf = (wait: object) =>
  lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([
      {
        name: 'Wait',
        hosts: 'all',
        tasks: [
          { name: 'wait', wait_for: wait },
          { name: 'after', command: { argv: ['touch', `${FOLDER}/after`], creates: `${FOLDER}/after` } },
        ],
      },
    ]),
  });

describe('waiting', () => {
  test.each<[string, object, string]>([
    ['a port that nobody opens', { tcp: 'gate:1' }, 'last seen: '],
    ['a path that nobody makes', { path: `${FOLDER}/never` }, 'last seen: it is not there'],
    ['a command that hangs', { command: ['sleep', '98765'] }, 'last seen: no answer within'],
  ])(
    'in vain for %s: fails with what was seen, and what comes after is left out',
    async (_what, params, seen) => {
      const cwd = projectOf({ ...params, timeout: 2 });
      const result = await lab.homelab(['provision', HOST, '--yes', '--json'], { cwd });
      expect(result.code).toBe(1);
      const { tasks, error } = hostOf(documentOf(result), HOST);
      expect(tasks.map(({ name, status }) => `${name} ${status}`)).toEqual(['wait failed', 'after skipped']);
      expect(error?.message).toContain('not ready after 2 s');
      expect(error?.message).toContain(seen);
      expect(await lab.shell(HOST, `ls ${FOLDER}; pgrep -fx 'sleep 98765' || true`)).toBe('');
    },
  );

  test('ends on the machine when the connection is killed', async () => {
    const cwd = projectOf({ path: `${FOLDER}/never`, timeout: 86_400 });
    const run = lab.startHomelab(['provision', HOST, '--yes', '--json-events'], { cwd });
    const waiting = async () =>
      (await lab.shell(HOST, `pgrep -fx 'sh -s -- path ${FOLDER}/never 86400s' || true`)) !== '';
    await run.reaches('waits', waiting);
    expect(killSessions(lab, HOST)).toBeGreaterThan(0);
    expect(await run.ended()).toBe(1);
    await waitUntilNone('nothing waits any more', async () => ((await waiting()) ? ['it waits'] : []));
    await waitUntilNone('nothing of homelab is left', () => leftoversOn(lab, HOST));
  });
});
