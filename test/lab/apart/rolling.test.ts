import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bootIdOf, startMachine } from '../../../src/lab/machine-control.js';
import { stopLab } from '../../../src/lab/stop-lab.js';
import { addressOf, ALL, CONSULS, RESOLVERS, WEBS } from '../fixtures/upgrade/house.js';
import { TOOL, TOOL_LOG } from '../fixtures/upgrade/house-tool.js';
import {
  awaiting,
  badPages,
  BEGUN,
  fullDisk,
  goesOff,
  HOLD,
  noVote,
  slow,
} from '../fixtures/upgrade/mishaps.js';
import { doOverlap, tallyOf, type Sample } from '../fixtures/upgrade/outages.js';
import { startHouse, type House } from '../fixtures/upgrade/start-house.js';
import { failuresOf, upgradeOf, type UpgradeDocument } from '../fixtures/upgrade/upgrade-document.js';
import { LAB_TIMEOUT_MS } from '../harness/shared-lab.js';
import { leftoversOn } from '../harness/snapshot.js';
import { waitUntil } from '../harness/wait-until.js';

const ID = `rolling-${process.pid}`;
/** Those of which one may be away: nobody may notice. */
const REDUNDANT = ['dns', 'consul', 'consul-dns'];
/** What a service without a twin may be away beside the reboot itself. */
const GRACE_MS = 5000;
/** Far beyond what it takes: one that hangs is not to take the tests after it along. */
const UPGRADE_TIMEOUT_MS = 300_000;

type Name = (typeof ALL)[number];

let house: House;

beforeAll(async () => {
  house = await startHouse(ID);
}, LAB_TIMEOUT_MS);

afterAll(async () => {
  house?.world.end();
  await stopLab(ID);
});

const shell = (host: string, script: string) => house.lab.shell(host, script);

/** What this prints on each of the machines, by name. */
async function onEach(hosts: readonly Name[], script: string): Promise<Record<string, string>> {
  const found = hosts.map(async (host) => [host, (await shell(host, script)).trim()] as const);
  return Object.fromEntries(await Promise.all(found));
}

const versions = (hosts: readonly Name[] = ALL) => onEach(hosts, `dpkg-query -W -f '\${Version}' ${TOOL}`);
const all = <Value>(value: Value) => Object.fromEntries(ALL.map((host) => [host, value]));

async function bootIds(): Promise<Record<string, string>> {
  const found = ALL.map(async (host) => [host, await bootIdOf(ID, host)] as const);
  return Object.fromEntries(await Promise.all(found));
}

const upgrade = async (...words: readonly string[]) => {
  const argv = ['upgrade', ...words, '--rolling', '--json'];
  const result = await house.lab.homelab(argv, { cwd: house.cwd, timeoutMs: UPGRADE_TIMEOUT_MS });
  const document = upgradeOf(result);
  return { code: result.code, document, failures: failuresOf(document) };
};

const wavesOf = ({ waves }: UpgradeDocument) => waves.map(({ hosts }) => hosts.map(({ host }) => host));

const statusOf = ({ hosts }: UpgradeDocument, name: Name) => hosts.find(({ host }) => host === name)?.status;

const away = (samples: readonly Sample[], names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, tallyOf(samples, name).failures]));
const none = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, []]));

describe('a newer package for every machine, which wants a reboot', () => {
  let samples: readonly Sample[];
  let services: UpgradeDocument['services'];
  let before: Record<string, string>;

  beforeAll(async () => {
    await house.publish({ version: '1.1', wantsReboot: true });
    before = await bootIds();
  });

  test('a plan shows the waves, and changes nothing', async () => {
    const { code, document, failures } = await upgrade('all', '--plan', '--concurrency', '9');
    expect({ code, failures }).toEqual({ code: 2, failures: [] });
    const waves = wavesOf(document);
    expect(waves.flat().toSorted()).toEqual([...ALL].toSorted());
    expect(waves.at(-1)).toEqual(['gate']);
    for (const twins of [RESOLVERS, CONSULS, WEBS])
      expect(
        waves.filter((wave) => wave.some((host) => (twins as readonly string[]).includes(host))),
      ).toHaveLength(twins.length);
    expect(await versions()).toEqual(all('1.0'));
  });

  test('every machine gets it, once, and is booted anew', async () => {
    await house.world.samples();
    const { code, failures, document } = await upgrade('all', '--yes', '--soak', '0', '--concurrency', '9');
    samples = await house.world.samples();
    ({ services } = document);
    expect({ code, failures }).toEqual({ code: 0, failures: [] });
    expect(await onEach(ALL, `cat ${TOOL_LOG}`)).toEqual(all('1.0\n1.0 1.1'));
    const after = await bootIds();
    expect(ALL.filter((host) => before[host] === after[host])).toEqual([]);
  });

  test('nobody who asked for what is redundant was left without an answer', () => {
    expect(away(samples, REDUNDANT)).toEqual(none(REDUNDANT));
    for (const name of REDUNDANT) expect(tallyOf(samples, name).asked).toBeGreaterThan(50);
  });

  test('Consul had two servers at any time', () => {
    const absences = CONSULS.map((name) => tallyOf(samples, name).absences);
    expect(absences.map(({ length }) => length > 0)).toEqual([true, true, true]);
    expect(doOverlap(absences)).toBe(false);
  });

  test('the web was away no longer than its only proxy, and a little', () => {
    const proxy = tallyOf(samples, 'front');
    expect(proxy.failed).toBeGreaterThan(0);
    const web = tallyOf(samples, 'http');
    expect(web.awayMs).toBeLessThanOrEqual(proxy.awayMs + GRACE_MS);
    // The two machines behind it were booted as well, and nobody noticed.
    expect(web.absences.filter((absence) => !doOverlap([[absence], proxy.absences]))).toEqual([]);
  });

  test('the report tells the same, and that the plan was kept', () => {
    const told = (services ?? []).map(({ service, interruptions, down, kept }) => [
      service,
      { isAway: interruptions > 0, down, kept },
    ]);
    const up = { isAway: false, down: false, kept: true };
    expect(Object.fromEntries(told)).toMatchObject({
      'dns/dns': up,
      'consul_servers/consul': up,
      'web/http': up,
      'front/http': { ...up, isAway: true },
    });
  });

  test('the machines of the web were taken out of the proxy before, and put back', async () => {
    expect(await onEach(WEBS, 'uniq /var/log/web-state')).toEqual(
      Object.fromEntries(WEBS.map((host) => [host, 'drain\nready\nup'])),
    );
  });

  test('a second run has nothing to do', async () => {
    const now = await bootIds();
    const { code, document } = await upgrade('all', '--yes');
    expect({ code, statuses: new Set(document.hosts.map(({ status }) => status)) }).toEqual({
      code: 0,
      statuses: new Set(['ok']),
    });
    expect(await bootIds()).toEqual(now);
  });
});

/** The server that leads the others of Consul. */
async function leader(): Promise<(typeof CONSULS)[number]> {
  const said = await shell(CONSULS[0], 'curl -fsS http://127.0.0.1:8500/v1/status/leader');
  const found = CONSULS.find((name) => said.includes(`"${addressOf(name)}:`));
  if (found === undefined) throw new Error(`nobody leads Consul: ${said}`);
  return found;
}

describe('one mishap after the other: the run stops, the rest is untouched and serves, and goes on from there', () => {
  const SERVED = [...REDUNDANT, 'http'];
  let follower: (typeof CONSULS)[number];
  let before: Record<string, string>;
  /** In the order of the plan. */
  let order: readonly Name[];

  /** That those have the new version that the report says so of, and no others. What is off is not asked. */
  const isAsTold = async ({ hosts }: UpgradeDocument, off: readonly Name[] = []) => {
    const on = ALL.filter((host) => !off.includes(host));
    const told = new Map(hosts.map(({ host, status }) => [host, status === 'skipped' ? '1.1' : '1.2']));
    expect(await versions(on)).toEqual(Object.fromEntries(on.map((host) => [host, told.get(host)])));
    expect(told.get('gate')).toBe('1.1');
  };
  const resume = (...words: readonly string[]) => upgrade('--resume', '--yes', ...words);
  const stillServes = async () => expect(away(await house.world.samples(), SERVED)).toEqual(none(SERVED));

  beforeAll(async () => {
    await house.publish({ version: '1.2', wantsReboot: false });
    const led = await leader();
    const followers = CONSULS.filter((name) => name !== led);
    [follower = CONSULS[0]] = followers;
    order = [...followers, led, 'front', 'dns1', 'dns2', 'web1', 'web2', 'gate'];
    await shell(follower, awaiting(noVote));
    await shell('front', `${awaiting(slow)}; touch ${HOLD}`);
    await shell('dns1', awaiting(goesOff));
    await shell('web1', awaiting(badPages));
    before = await bootIds();
    await house.world.samples();
  });

  test('the order is known beforehand', async () => {
    const { code, document } = await upgrade('all', '--plan');
    expect({ code, order: wavesOf(document).flat() }).toEqual({ code: 2, order });
  });

  test('a full disk: nothing begins', async () => {
    await shell('web2', fullDisk.happens);
    const { code, failures } = await upgrade('all', '--yes', '--soak', '0');
    expect({ code, failures }).toEqual({
      code: 1,
      failures: [expect.stringMatching(/^web2: rolling\/preflight: \/var\/cache\/apt\/archives has /)],
    });
    expect(await versions()).toEqual(all('1.1'));
    await stillServes();
    await shell('web2', fullDisk.repair);
  });

  test('a server of Consul that does not regain its vote', async () => {
    const { code, failures, document } = await resume('--health-timeout', '10');
    expect({ code, failures }).toEqual({
      code: 1,
      failures: [expect.stringMatching(new RegExp(`^${follower}: rolling/not-serving: `))],
    });
    await isAsTold(document);
    expect(statusOf(document, 'front')).toBe('skipped');
    await stillServes();
    await shell(follower, noVote.repair);
    const votes = `consul operator raft list-peers | grep -q "^${follower} .* true "`;
    await waitUntil(
      'it is given its vote',
      async () => (await house.lab.onMachine(follower, ['sh', '-c', votes])).code === 0,
    );
  });

  test('the controller is killed while a package is set up: the machine finishes by itself', async () => {
    const words = ['upgrade', '--resume', '--rolling', '--yes', '--health-timeout', '120', '--json'];
    const run = house.lab.startHomelab(words, { cwd: house.cwd });
    try {
      await run.reaches('is at work on front', async () => {
        const { code } = await house.lab.onMachine('front', ['test', '-e', BEGUN]);
        return code === 0;
      });
    } finally {
      run.kill('SIGKILL');
    }
    expect(await run.ended()).toBe(137);
    expect(await shell('front', `tail -n 1 ${TOOL_LOG}; dpkg-query -W -f '\${Status}' ${TOOL}`)).toBe(
      '1.1 1.2\ninstall ok half-configured',
    );
    const again = await house.lab.homelab(['upgrade', 'all', '--yes', '--json'], { cwd: house.cwd });
    expect(again).toMatchObject({ code: 1, stdout: expect.stringContaining('"rolling/unfinished"') });
    await shell('front', slow.repair);
    await waitUntil(
      'the package is set up',
      async () => (await shell('front', `dpkg-query -W -f '\${Status}' ${TOOL}`)) === 'install ok installed',
    );
    expect(await versions(['gate', 'front'])).toEqual({ gate: '1.1', front: '1.2' });
    await stillServes();
  });

  test('a machine that does not come back', async () => {
    const { code, failures, document } = await resume('--reboot-timeout', '10');
    expect({ code, failures }).toEqual({
      code: 1,
      failures: [expect.stringMatching(/^dns1: engine\/reboot-not-back: /)],
    });
    expect(statusOf(document, 'front')).toBe('changed');
    await isAsTold(document, ['dns1']);
    await stillServes();
    await startMachine(ID, 'dns1');
  });

  test('a web server that answers with errors', async () => {
    const { code, failures, document } = await resume('--health-timeout', '15');
    expect({ code, failures }).toEqual({
      code: 1,
      failures: [expect.stringMatching(/^web1: rolling\/unhealthy: .*web1\/http/s)],
    });
    await isAsTold(document);
    expect(await shell('web1', 'tail -n 1 /var/log/web-state')).toBe('drain\n');
    await stillServes();
    await shell('web1', badPages.repair);
  });

  test('then all are done: each was set up once, and runs what is new', async () => {
    expect(await resume('--health-timeout', '120')).toMatchObject({ code: 0, failures: [] });
    expect(await onEach(ALL, `grep -c ' 1.2$' ${TOOL_LOG}`)).toEqual(all('1'));
    const running = `readlink /proc/$(systemctl show -P MainPID ${TOOL})/exe`;
    expect(await onEach(ALL, running)).toEqual(all('/usr/lib/house-tool/idle'));
    const after = await bootIds();
    expect(ALL.filter((host) => before[host] !== after[host])).toEqual(['dns1']);
    await stillServes();
    const left = await Promise.all(ALL.map((host) => leftoversOn(house.lab, host)));
    expect(Object.fromEntries(ALL.map((host, index) => [host, left[index]]))).toEqual(all([]));
  });
});
