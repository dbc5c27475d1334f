import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setLink, startMachine, stopMachine } from '../../src/lab/machine-control.js';
import {
  documentOf,
  hostOf,
  statusesOf,
  type HostDocument,
  type RunDocument,
} from './harness/run-document.js';
import { HOUSE } from './harness/lab-inventory.js';
import { LAB_TIMEOUT_MS, sharedLab, type TestLab } from './harness/shared-lab.js';
import { leftoversOn } from './harness/snapshot.js';
import { waitUntilNone } from './harness/wait-until.js';

const FOLDER = '/srv/unreachable';
/** Whoever hangs is killed after this long, and its exit code is 137. */
const NEVER_MS = 90_000;

/** Shell text that says on the machine that it runs, and ends once it is let go. */
const held = (name: string) => `touch ${FOLDER}/${name}; while [ -e ${FOLDER}/hold ]; do sleep 0.05; done`;

const TASKS = [
  { name: 'Folder', directory: { path: FOLDER } },
  { name: 'Before', command: { argv: ['touch', `${FOLDER}/before`], creates: `${FOLDER}/before` } },
  { name: 'Long work', command: { shell: held('working'), creates: `${FOLDER}/working` } },
  { name: 'After', file: { path: `${FOLDER}/after`, content: 'after\n' } },
];
const LONG_READING = {
  name: 'Long reading',
  command: { argv: ['true'], only_if: `${held('reading')}; false` },
};

let lab: TestLab;
let project: string;

beforeAll(async () => {
  lab = await sharedLab();
  project = lab.project({
    'inventory/hosts.yml': lab.hostsFile(),
    'playbooks/site.yml': JSON.stringify([{ name: 'Reach', hosts: 'all', tasks: TASKS }]),
    'playbooks/reading.yml': JSON.stringify([{ name: 'Read', hosts: 'all', tasks: [LONG_READING] }]),
  });
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  await Promise.all(lab.state.plan.machines.map(({ host }) => lab.shell(host, `rm -rf ${FOLDER}`)));
});

/** Without power a machine's interfaces are dead too; in the lab they live in a namespace of their own. */
const cutOff = async (host: string) => {
  await stopMachine(lab.id, host);
  await setLink(lab.id, host, 'down');
};
const mend = async (host: string) => {
  await setLink(lab.id, host, 'up');
  await startMachine(lab.id, host);
};

const provision = async (): Promise<{ code: number; document: RunDocument }> => {
  const result = await lab.homelab(['provision', ...HOUSE, '--yes', '--json'], {
    cwd: project,
    timeoutMs: NEVER_MS,
  });
  return { code: result.code, document: documentOf(result) };
};
/** What was told about a host that was not reached. */
const told = ({ status, error }: HostDocument) => `${status}: ${error?.code}: ${error?.message}`;
/** The hosts that were not reached. */
const notReached = (document: RunDocument) =>
  Object.fromEntries(
    document.hosts
      .filter(({ status }) => !['ok', 'changed'].includes(status))
      .map((host) => [host.host, told(host)]),
  );

/** Starts a run, pulls the cable of `host` once it is held there, and waits for the end of the run. */
async function whilePulled(host: string, held: string, args: readonly string[]) {
  await lab.shell(host, `rm -rf ${FOLDER}; mkdir ${FOLDER}; touch ${FOLDER}/hold`);
  const run = lab.startHomelab([...args, '--json'], { cwd: project });
  const isHeld = async () => (await lab.onMachine(host, ['test', '-e', `${FOLDER}/${held}`])).code === 0;
  try {
    await run.reaches(`is ${held} ${host}`, isHeld);
    await setLink(lab.id, host, 'down');
    return { code: await run.ended(), document: documentOf(run) };
  } finally {
    run.kill('SIGKILL');
    await lab.shell(host, `rm ${FOLDER}/hold`);
    await setLink(lab.id, host, 'up');
    // Whoever still worked for the lost run hears only now that nobody listens any more.
    await waitUntilNone(`nothing is left on ${host}`, () => leftoversOn(lab, host));
  }
}

describe('a cable is pulled', () => {
  let whileRead: { code: number; document: RunDocument };
  let whileWorking: typeof whileRead;

  // That a connection is dead shows after some 12 s: both at once.
  beforeAll(async () => {
    [whileRead, whileWorking] = await Promise.all([
      whilePulled('pi', 'reading', ['plan', 'pi', 'gate', '-p', 'playbooks/reading.yml']),
      whilePulled('nas', 'working', ['provision', 'nas', 'dns1', '--yes']),
    ]);
  }, LAB_TIMEOUT_MS);

  test('while the machine is read: it is unreachable, the others go on', () => {
    expect(whileRead.code).toBe(1);
    expect(notReached(whileRead.document)).toEqual({
      pi: 'unreachable: transport/connection-lost: pi (192.168.77.10:22) no longer answers',
    });
    expect(statusesOf(whileRead.document)).toMatchObject({ gate: 'ok' });
  });

  test('while work is under way: it has failed, and what is known of each item is told', () => {
    expect(whileWorking.code).toBe(1);
    expect(notReached(whileWorking.document)).toEqual({
      nas: 'failed: transport/connection-lost: nas (10.77.1.12:2222) no longer answers',
    });
    expect(hostOf(whileWorking.document, 'nas').tasks.map(({ name, status }) => `${name} ${status}`)).toEqual(
      ['Folder ok', 'Before changed', 'Long work failed', 'After skipped'],
    );
  });

  test('the next run converges', async () => {
    const { code, document } = await provision();
    expect({ code, notReached: notReached(document) }).toEqual({ code: 0, notReached: {} });
    expect(hostOf(document, 'nas').tasks.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'Folder ok',
      'Before ok',
      'Long work ok',
      'After changed',
    ]);
  });
});

describe('the others go on, exit 1', () => {
  test('a machine that is off, behind two jump hosts', async () => {
    await cutOff('vault');
    try {
      const { code, document } = await provision();
      expect(code).toBe(1);
      expect(notReached(document)).toEqual({
        vault: expect.stringMatching(
          /^unreachable: transport\/(unreachable|timeout): .*\bvault \(vault\.lan:22\)/,
        ),
      });
      expect(document.summary).toMatchObject({ hosts: 5, unreachable: 1, failed: 0 });
    } finally {
      await mend('vault');
    }
  });

  test('a jump host whose sshd forwards nothing', async () => {
    const rule = '/etc/ssh/sshd_config.d/00-no-forwarding.conf';
    await lab.shell('gate', `echo 'AllowTcpForwarding no' >${rule} && systemctl reload ssh`);
    try {
      const { code, document } = await provision();
      expect(code).toBe(1);
      expect(notReached(document)).toEqual({
        dns1: 'unreachable: transport/forwarding-refused: gate does not forward connections to dns1 (10.77.1.11:22)',
        nas: 'unreachable: transport/forwarding-refused: gate does not forward connections to nas (10.77.1.12:2222)',
        vault:
          'unreachable: transport/jump-failed: unreachable via dns1: gate does not forward connections to dns1 (10.77.1.11:22)',
      });
      expect(hostOf(document, 'nas').error?.hint).toContain('AllowTcpForwarding');
    } finally {
      await lab.shell('gate', `rm ${rule} && systemctl reload ssh`);
    }
  });

  test('a jump host that is off', async () => {
    await cutOff('gate');
    try {
      const { code, document } = await provision();
      expect(code).toBe(1);
      const behind = expect.stringMatching(
        /^unreachable: transport\/jump-failed: unreachable via gate: .*\bgate \(192\.168\.77\.2:22\)/,
      );
      expect(notReached(document)).toEqual({
        gate: expect.stringMatching(
          /^unreachable: transport\/(unreachable|timeout): .*\bgate \(192\.168\.77\.2:22\)/,
        ),
        dns1: behind,
        nas: behind,
        vault: behind,
      });
    } finally {
      await mend('gate');
    }
  });
});
