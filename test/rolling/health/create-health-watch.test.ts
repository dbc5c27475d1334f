import { describe, expect, test } from '@jest/globals';
import type { Check } from '../../../src/core/check.js';
import { HomelabError } from '../../../src/core/errors.js';
import { bareHost, type GroupConfig, type HostConfig } from '../../../src/core/host-config.js';
import { NO_ROLLING, type HealthCheck } from '../../../src/core/rolling-settings.js';
import type { RemoteShell, Section, SectionResult } from '../../../src/core/shell.js';
import type { Transport } from '../../../src/core/transport.js';
import { createHealthWatch } from '../../../src/rolling/health/create-health-watch.js';
import { FakeClock } from './fake-clock.js';

const at = (host: string): Check => ({ kind: 'tcp', host, port: 53 });
const health = (name: string, check: Check, from?: string): HealthCheck => ({
  name,
  check,
  from,
  source: undefined,
});

type Answer = 'up' | 'down' | 'hangs';

/** Hosts that are up or not, services that answer or not, and what was asked of them. */
class House {
  readonly clock = new FakeClock();
  /** By the address or program that is asked for; default: up. */
  readonly services = new Map<string, Answer>();
  /** Code of the error with which a host cannot be reached; `silent`: nothing at all comes. */
  readonly away = new Map<string, string>();
  readonly logins: string[] = [];
  readonly opened: FakeShell[] = [];
  openTransports = 0;
  asked = 0;

  transport(): Transport {
    this.openTransports += 1;
    let isClosed = false;
    return {
      open: (host) => this.#open(host),
      routeOf: async (host) => host.via ?? [],
      afresh: () => this.transport(),
      close: async () => {
        if (!isClosed) this.openTransports -= 1;
        isClosed = true;
      },
    };
  }

  answerOf(words: string): Answer {
    this.asked += 1;
    return [...this.services].find(([word]) => words.includes(word))?.[1] ?? 'up';
  }

  /** It goes down: whoever is connected is cut off. */
  cut(host: string, code: string): void {
    this.away.set(host, code);
    for (const shell of this.opened.filter((one) => one.host === host)) shell.isLost = true;
  }

  #open(host: HostConfig): Promise<RemoteShell> {
    this.logins.push(host.name);
    for (const name of [...(host.via ?? []), host.name]) {
      const code = this.away.get(name);
      if (code === 'silent') return new Promise(() => undefined);
      if (code !== undefined) {
        const own = name === host.name ? code : 'jump-failed';
        return Promise.reject(
          new HomelabError({ code: `transport/${own}`, host: host.name, message: `${name} does not answer` }),
        );
      }
    }
    const shell = new FakeShell(host.name, this);
    this.opened.push(shell);
    return Promise.resolve(shell);
  }
}

class FakeShell implements RemoteShell {
  readonly roundTrips = 0;
  readonly host: string;
  readonly #house: House;
  isLost = false;
  isClosed = false;

  constructor(host: string, house: House) {
    this.host = host;
    this.#house = house;
  }

  read(): Promise<never> {
    return Promise.reject(new Error('not scripted'));
  }

  async run([section]: readonly Section[]): Promise<SectionResult[]> {
    const lost = new HomelabError({ code: 'transport/connection-lost', host: this.host, message: 'cut off' });
    if (this.isLost) throw lost;
    const asked = (section?.script ?? '').split('{ attempt').slice(1);
    const held = asked.flatMap((words, index) =>
      this.#house.answerOf(words) === 'up' ? [`${index}\n`] : [],
    );
    return [{ code: 0, stdout: Buffer.from(held.join('')), stderr: Buffer.alloc(0), truncated: false }];
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function host(name: string, via: readonly string[], ...checks: HealthCheck[]): HostConfig {
  return bareHost(name, { via, rolling: { ...NO_ROLLING, health: checks } });
}

const DNS_GROUP: GroupConfig = {
  name: 'dns',
  hosts: ['dns1', 'dns2'],
  vars: new Map(),
  rolling: { maxUnavailable: 1, quorum: undefined, health: [] },
};

function watchOf(house: House, hosts: readonly HostConfig[], groups: readonly GroupConfig[] = []) {
  return createHealthWatch({
    inventory: {
      hosts: new Map(hosts.map((one) => [one.name, one])),
      groups: new Map(groups.map((one) => [one.name, one])),
      files: [],
    },
    transport: house.transport(),
    clock: house.clock,
    askHere: async (check, signal) => {
      const answer = check.kind === 'tcp' ? house.answerOf(check.host) : 'up';
      if (answer === 'hangs') await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { isUp: answer === 'up', said: 'refused' };
    },
  });
}

const stateOf = (watch: ReturnType<typeof watchOf>, name: string) =>
  watch.now().find((one) => one.name === name)?.state;
const downtimeOf = (watch: ReturnType<typeof watchOf>, name: string) =>
  watch.downtimes().find((one) => one.name === name);

describe('from here', () => {
  const nas = host('nas', [], health('smb', at('10.0.0.5')), health('web', at('10.0.0.6')));

  test('is asked twice a second, and what is away is counted', async () => {
    const house = new House();
    const watch = watchOf(house, [nas]);
    await watch.start();
    expect(house.logins).toEqual([]);
    await house.clock.pass(2000);
    house.services.set('10.0.0.5', 'down');
    await house.clock.pass(3000);
    expect(watch.now()).toEqual([
      { name: 'nas/smb', host: 'nas', state: 'down', said: 'tcp 10.0.0.5:53: refused' },
      { name: 'nas/web', host: 'nas', state: 'up', said: undefined },
    ]);
    house.services.clear();
    await house.clock.pass(2000);
    await watch.stop();
    expect(watch.downtimes()).toEqual([
      expect.objectContaining({
        name: 'nas/smb',
        longestMs: 3500,
        interruptions: 1,
        samples: 15,
        isDown: false,
      }),
      expect.objectContaining({ name: 'nas/web', longestMs: 0, interruptions: 0, samples: 15 }),
    ]);
  });

  test('one that hangs delays nothing, and its time limit lengthens nothing', async () => {
    const house = new House();
    const watch = watchOf(house, [nas]);
    await watch.start();
    await house.clock.pass(1000);
    house.services.set('10.0.0.5', 'hangs');
    await house.clock.pass(1000);
    house.services.clear();
    await house.clock.pass(3000);
    expect(downtimeOf(watch, 'nas/smb')).toMatchObject({ longestMs: 1500, samples: 11 });
    expect(downtimeOf(watch, 'nas/web')).toMatchObject({ longestMs: 0, samples: 11 });
    await watch.stop();
    expect(house.clock.waiting).toBe(0);
  });
});

describe('from another host', () => {
  const gate = host('gate', []);
  const web = host('web', ['gate'], health('http', at('10.0.1.5')), health('own', at('127.0.0.1')));

  test('one login each, one round trip a beat', async () => {
    const house = new House();
    const watch = watchOf(house, [gate, web]);
    await watch.start();
    await house.clock.pass(5000);
    expect(house.logins.toSorted()).toEqual(['gate', 'web']);
    expect(downtimeOf(watch, 'web/http')).toMatchObject({ samples: 11, totalMs: 0 });
    expect(downtimeOf(watch, 'web/own')).toMatchObject({ samples: 11, totalMs: 0 });
    await watch.stop();
    expect(house.openTransports).toBe(1);
    expect(house.opened.every(({ isClosed }) => isClosed)).toBe(true);
    expect(house.clock.waiting).toBe(0);
  });

  test('a host that reboots is away with what only it can ask', async () => {
    const house = new House();
    const watch = watchOf(house, [gate, web]);
    await watch.start();
    await house.clock.pass(1000);
    house.cut('web', 'connection-refused');
    house.services.set('10.0.1.5', 'down');
    await house.clock.pass(4000);
    expect(stateOf(watch, 'web/own')).toBe('down');
    house.away.clear();
    house.services.clear();
    await house.clock.pass(3000);
    await watch.stop();
    expect(downtimeOf(watch, 'web/http')).toMatchObject({ longestMs: 4500, interruptions: 1, unseenMs: 0 });
    // Nobody logs in all the time: the next login comes up to half a second later.
    expect(downtimeOf(watch, 'web/own')).toMatchObject({ longestMs: 4200, interruptions: 1, unseenMs: 0 });
  });

  test('while the jump host is away nobody sees what is behind it', async () => {
    const house = new House();
    const watch = watchOf(house, [gate, web]);
    await watch.start();
    await house.clock.pass(1000);
    house.cut('gate', 'connection-refused');
    for (const shell of house.opened) shell.isLost = true;
    await house.clock.pass(4000);
    expect(watch.now().map(({ state }) => state)).toEqual(['unseen', 'unseen']);
    house.away.clear();
    await house.clock.pass(3000);
    await watch.stop();
    for (const name of ['web/http', 'web/own']) {
      const { interruptions, unseenMs = 0, isDown } = downtimeOf(watch, name) ?? {};
      expect({ interruptions, isDown, isUnseen: unseenMs >= 4000 }).toEqual({
        interruptions: 0,
        isDown: false,
        isUnseen: true,
      });
    }
  });

  test('a host that is silent is away once its jump host has said that it is there itself', async () => {
    const house = new House();
    const watch = watchOf(house, [gate, web]);
    await watch.start();
    await house.clock.pass(1000);
    house.cut('web', 'silent');
    await house.clock.pass(30_000);
    expect(stateOf(watch, 'web/own')).toBe('down');
    house.away.clear();
    await house.clock.pass(15_000);
    await watch.stop();
    expect(downtimeOf(watch, 'web/own')).toMatchObject({ interruptions: 1, unseenMs: 0, isDown: false });
    expect(house.openTransports).toBe(1);
  });

  test('one that was never there', async () => {
    const house = new House();
    house.away.set('web', 'unreachable');
    const watch = watchOf(house, [gate, web]);
    await watch.start();
    await house.clock.pass(3000);
    expect(stateOf(watch, 'web/own')).toBe('down');
    expect(downtimeOf(watch, 'web/own')).toMatchObject({ interruptions: 1, isDown: true });
    await watch.stop();
  });

  test('one that lets nobody in is not seen', async () => {
    const house = new House();
    house.away.set('web', 'auth-failed');
    const watch = watchOf(house, [gate, web]);
    await watch.start();
    await house.clock.pass(3000);
    expect(stateOf(watch, 'web/own')).toBe('unseen');
    await watch.stop();
  });

  test('stop ends a dial that hangs', async () => {
    const house = new House();
    house.away.set('gate', 'silent');
    const watch = watchOf(house, [gate, web]);
    const started = watch.start();
    await house.clock.pass(100);
    const stopped = watch.stop();
    await house.clock.pass(20_000);
    await stopped;
    await started;
    expect(house.openTransports).toBe(1);
    expect(house.clock.waiting).toBe(0);
  });
});

describe('a service of two hosts', () => {
  const hosts = [
    host('dns1', [], health('dns', at('10.0.0.11'))),
    host('dns2', [], health('dns', at('10.0.0.12'))),
  ];

  test('is away only when both are', async () => {
    const house = new House();
    const watch = watchOf(house, hosts, [DNS_GROUP]);
    await watch.start();
    for (const address of ['10.0.0.11', '10.0.0.12']) {
      house.services.set(address, 'down');
      await house.clock.pass(5000);
      expect(stateOf(watch, 'dns/dns')).toBe('up');
      house.services.clear();
      await house.clock.pass(2000);
    }
    expect(downtimeOf(watch, 'dns/dns')).toMatchObject({
      interruptions: 0,
      isRedundant: true,
      host: undefined,
    });
    expect(downtimeOf(watch, 'dns1/dns')).toMatchObject({ interruptions: 1, isRedundant: false });
    house.services.set('10.0.0.1', 'down');
    await house.clock.pass(2000);
    expect(watch.now().at(-1)).toEqual({
      name: 'dns/dns',
      host: undefined,
      state: 'down',
      said: 'dns2/dns: tcp 10.0.0.12:53: refused',
    });
    await watch.stop();
    expect(downtimeOf(watch, 'dns/dns')).toMatchObject({ interruptions: 1, isDown: true });
  });
});

describe('until it is up', () => {
  const nas = host('nas', [], health('smb', at('10.0.0.5')));
  const never = new AbortController().signal;

  test('twice in a row, by questions from now on', async () => {
    const house = new House();
    const watch = watchOf(house, [nas]);
    await watch.start();
    let isUp = false;
    const waiting = watch
      .untilUp(['nas/smb'], { timeoutMs: 60_000, signal: never })
      .then(() => (isUp = true));
    await house.clock.pass(500);
    expect(isUp).toBe(false);
    house.services.set('10.0.0.5', 'down');
    await house.clock.pass(2000);
    house.services.clear();
    await house.clock.pass(500);
    expect(isUp).toBe(false);
    await house.clock.pass(500);
    await waiting;
    await watch.stop();
    expect(house.clock.waiting).toBe(0);
  });

  test('the time is over', async () => {
    const house = new House();
    house.services.set('10.0.0.5', 'down');
    const watch = watchOf(house, [nas]);
    await watch.start();
    const failure = watch
      .untilUp(['nas/smb'], { timeoutMs: 5000, signal: never })
      .catch((error: unknown) => error);
    await house.clock.pass(5000);
    expect(await failure).toMatchObject({
      code: 'rolling/unhealthy',
      message: 'not up after 5 s:\nnas/smb: tcp 10.0.0.5:53: refused',
    });
    await watch.stop();
  });

  test.each([
    ['nothing to wait for', [], undefined],
    ['nobody watches it', ['nas/other'], { code: 'internal' }],
  ])('%s', async (_name, names, expected) => {
    const house = new House();
    const watch = watchOf(house, [nas]);
    await watch.start();
    const thrown: unknown = await watch
      .untilUp(names, { timeoutMs: 5000, signal: never })
      .catch((error: unknown) => error);
    if (expected === undefined) expect(thrown).toBeUndefined();
    else expect(thrown).toMatchObject(expected);
    await watch.stop();
  });

  test('somebody interrupts', async () => {
    const house = new House();
    const watch = watchOf(house, [nas]);
    await watch.start();
    const interrupt = new AbortController();
    const failure = watch
      .untilUp(['nas/smb'], { timeoutMs: 5000, signal: interrupt.signal })
      .catch((error: unknown) => error);
    interrupt.abort(new Error('interrupted'));
    expect(await failure).toMatchObject({ code: 'rolling/interrupted' });
    await watch.stop();
    expect(house.clock.waiting).toBe(0);
  });
});

test('nothing is declared', async () => {
  const house = new House();
  const watch = watchOf(house, [host('nas', [])]);
  await watch.start();
  await watch.stop();
  expect([watch.now(), watch.downtimes(), house.clock.waiting]).toEqual([[], [], 0]);
});
