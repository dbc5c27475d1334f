import { beforeEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { NotifyMessage, NotifyTarget } from '../../../src/core/notification.js';
import { Secret } from '../../../src/core/secret.js';
import { targetKey } from '../../../src/drift/telling/target-key.js';
import { tellDrift, tellDriftFailure, type Telling } from '../../../src/drift/telling/tell-drift.js';
import { toldSchema, type Told, type ToldMemory } from '../../../src/drift/telling/told.js';
import { checkResult, task, type FoundInShort } from './check.js';

/** Keeps JSON, as a store does. */
class JsonMemory implements ToldMemory {
  readonly texts = new Map<string, string>();
  saves = 0;

  async load(target: string): Promise<Told | undefined> {
    const text = this.texts.get(target);
    return text === undefined ? undefined : toldSchema.parse(JSON.parse(text));
  }

  async save(target: string, told: Told): Promise<void> {
    this.saves += 1;
    this.texts.set(target, JSON.stringify(toldSchema.parse(told)));
  }
}

const target = (name: string, rest: Partial<NotifyTarget> = {}): NotifyTarget =>
  ({
    to: 'slack',
    number: 1,
    url: new Secret(`https://hooks.lan/${name}`),
    on: undefined,
    digestMinutes: undefined,
    ...rest,
  }) as NotifyTarget;

const at = (hour: number, minute = 0, day = 31): Date => new Date(2026, 0, day, hour, minute);

class World {
  readonly memory = new JsonMemory();
  readonly sent: { readonly target: NotifyTarget; readonly message: NotifyMessage }[] = [];
  readonly pings: string[] = [];
  /** What the next deliveries answer; undefined: taken. */
  readonly answers: (string | undefined)[] = [];

  async check(found: Readonly<Record<string, FoundInShort>>, rest: Partial<Telling> = {}) {
    return tellDrift({
      targets: [target('a')],
      memory: this.memory,
      now: at(12),
      deliver: this.deliver,
      result: checkResult(found),
      inventory: new Set(['web1', 'web2', 'nas', 'tv']),
      isWhole: true,
      scope: '',
      pingUrl: undefined,
      ping: async (url) => void this.pings.push(url.reveal()),
      ...rest,
    });
  }

  readonly deliver = async (to: NotifyTarget, message: NotifyMessage): Promise<string | undefined> => {
    const said = this.answers.shift();
    if (said === undefined) this.sent.push({ target: to, message });
    return said;
  };

  get titles(): readonly string[] {
    return this.sent.map(({ message }) => message.title);
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('a check is told', () => {
  test('in one message, without values, the weightiest first', async () => {
    const found = {
      web1: { items: ['/etc/motd', '/etc/hosts'] },
      nas: { state: 'lost' },
      web2: { items: ['/etc/motd'] },
      tv: { state: 'off' },
    } as const;
    expect(await world.check(found)).toEqual([]);
    const since = '2026-01-31T02:00:00.000Z';
    expect(world.sent.map(({ message }) => message)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/),
        title: 'lost: nas; drift on web1, web2 (3 items)',
        text: expect.stringMatching(
          /^nas: lost, not reached \(transport\/unreachable\)\nweb1: file \/etc\/motd changed on the host \(content\), since (?:\d{4}-\d\d-\d\d )?\d\d:\d\d\nweb1: file \/etc\/hosts [^\n]+\nweb2: file [^\n]+\n$/,
        ),
        outcomes: ['lost', 'drift'],
        document: {
          event: 'drift-check',
          run: '20260131T020000.000-abcdef',
          at: since,
          digest: false,
          recoveredFrom: null,
          transitions: [
            {
              host: 'web1',
              change: 'drift',
              reason: null,
              items: ['/etc/motd', '/etc/hosts'].map((name) => ({
                id: name,
                kind: 'file',
                name,
                cause: 'host',
                fields: ['content'],
                since,
              })),
            },
            { host: 'nas', change: 'lost', reason: 'not reached (transport/unreachable)', items: [] },
            {
              host: 'web2',
              change: 'drift',
              reason: null,
              items: [expect.objectContaining({ cause: 'host' })],
            },
          ],
          hosts: [
            { host: 'web1', state: 'drifted', items: { host: 2, inventory: 0, both: 0 } },
            { host: 'nas', state: 'lost', items: { host: 0, inventory: 0, both: 0 } },
            { host: 'web2', state: 'drifted', items: { host: 1, inventory: 0, both: 0 } },
            { host: 'tv', state: 'off', items: { host: 0, inventory: 0, both: 0 } },
          ],
        },
      },
    ]);
    expect(JSON.stringify(world.sent)).not.toMatch(/VALUE/);
  });

  test('once, and again when it changes', async () => {
    await world.check({ web1: { items: ['a'] } });
    await world.check({ web1: { items: ['a'] } });
    const { saves } = world.memory;
    await world.check({ web1: { items: ['a'] } });
    expect(world.memory.saves).toBe(saves);
    await world.check({ web1: { items: ['a', 'b'] } });
    await world.check({ web1: { state: 'lost' } });
    await world.check({ web1: {} });
    await world.check({ web1: {} });
    expect(world.titles).toEqual([
      'drift on web1 (1 item)',
      'drift on web1 (1 item)',
      'lost: web1',
      'back: web1; in sync again: web1',
    ]);
    // The same news anew is another message.
    await world.check({ web1: { items: ['a'] } }, { now: at(14) });
    await world.check({ web1: {} }, { now: at(14) });
    expect(new Set(world.sent.map(({ message }) => message.id)).size).toBe(6);
  });

  test('to each as it wants', async () => {
    const targets = [
      target('a', { on: ['lost'] }),
      target('b', { on: ['drift'] }),
      target('c', { on: ['done'] }),
    ];
    await world.check({ web1: { items: ['a'] }, nas: { state: 'lost' } }, { targets });
    expect(world.sent.map(({ target, message }) => [target.on, message.title, message.outcomes])).toEqual([
      [['lost'], 'lost: nas', ['lost']],
      [['drift'], 'drift on web1 (1 item)', ['drift']],
    ]);
  });

  test('once to who is named twice with the same wishes', async () => {
    const targets = [target('a'), target('a', { number: 2 }), target('a', { on: ['drift'], number: 3 })];
    world.answers.push('no', 'no');
    expect(await world.check({ web1: { items: ['a'] } }, { targets })).toEqual([
      { target: 'slack, number 1 of notify', message: 'no' },
      { target: 'slack, number 3 of notify', message: 'no' },
    ]);
  });

  test('many hosts and items in few words', async () => {
    const items = Array.from({ length: 12 }, (_, index) => `/f${index}`);
    const hosts = Array.from({ length: 6 }, (_, index) => [`h${index}`, { items }] as const);
    await world.check(Object.fromEntries(hosts), { inventory: new Set(hosts.map(([host]) => host)) });
    expect(world.titles).toEqual(['drift on h0, h1, h2, h3 and 2 more (72 items)']);
    expect(world.sent[0]?.message.text).toContain('h5: and 2 further items\n');
  });

  test('names from hosts stay on their line, and fields of what is secret are not named', async () => {
    const result = checkResult({ web1: { items: ['a'] } });
    const tasks = [
      task('a', true, { name: 'a\nnas: lost\u202e', changes: [] }),
      task('b', true, { sensitive: true, subject: '/etc/key' }),
      task('c', true, { drift: undefined, status: 'unknown', changes: [] }),
    ];
    await world.check({}, { result: { ...result, hosts: result.hosts.map((one) => ({ ...one, tasks })) } });
    const lines = world.sent[0]?.message.text.split('\n').map((line) => line.replace(/, since.*/, ''));
    expect(lines).toEqual([
      'web1: file a nas: lost changed on the host (content)',
      'web1: file /etc/key changed on the host',
      'web1: file c differs',
      '',
    ]);
  });
});

describe('who could not be told', () => {
  test('is told by the next check, by the same id, and the others are not told twice', async () => {
    const targets = [target('a'), target('b', { number: 2 })];
    world.answers.push('it answered with status 500', undefined);
    const found = { web1: { items: ['a'] } };
    expect(await world.check(found, { targets })).toEqual([
      { target: 'slack, number 1 of notify', message: 'it answered with status 500' },
    ]);
    expect(await world.check(found, { targets })).toEqual([]);
    expect(world.sent.map(({ target }) => target.number)).toEqual([2, 1]);
    const other = new World();
    await other.check(found, { targets });
    expect(other.sent[0]?.message.id).toBe(world.sent[1]?.message.id);
  });

  test('is told what holds then', async () => {
    world.answers.push('no', 'no');
    await world.check({ web1: { items: ['a'] }, nas: { state: 'lost' } });
    await world.check({ web1: {}, nas: { state: 'lost' } });
    await world.check({ web1: { items: ['b'] }, nas: {} });
    expect(world.titles).toEqual(['drift on web1 (1 item)']);
  });

  test.each<readonly [string, 'load' | 'save', string, number]>([
    ['its memory cannot be read', 'load', 'what it was told before could not be read', 0],
    ['its memory cannot be written', 'save', 'what it was told could not be noted', 1],
  ])('%s', async (_name, method, message, times) => {
    Object.assign(world.memory, { [method]: () => Promise.reject(new Error('disk full')) });
    expect(await world.check({ web1: { items: ['a'] } })).toEqual([
      { target: 'slack, number 1 of notify', message },
    ]);
    expect(world.sent).toHaveLength(times);
  });

  test('whatever is thrown', async () => {
    const thrower = (): Promise<never> => Promise.reject(new Error('S3CRET'));
    const failures = await world.check(
      { web1: { items: ['a'] } },
      { deliver: thrower, ping: thrower, pingUrl: new Secret('https://hc.lan/x') },
    );
    expect(failures.map(({ target }) => target)).toEqual(['slack, number 1 of notify', 'drift.ping']);
    expect(JSON.stringify(failures)).not.toContain('S3CRET');
  });
});

describe('a host that flaps', () => {
  test('is told six times an hour at most, and what holds once there is room', async () => {
    // The last of those that are held back has drift.
    for (let minute = 0; minute < 57; minute += 2)
      await world.check({ web1: minute % 4 === 0 ? { items: ['a'] } : {} }, { now: at(12, minute) });
    expect(world.sent).toHaveLength(6);
    expect(world.titles.at(-1)).toBe('in sync again: web1');
    await world.check({ web1: { items: ['a'] } }, { now: at(13, 1) });
    await world.check({ web1: { items: ['a'] } }, { now: at(13, 2) });
    expect(world.titles.slice(6)).toEqual(['drift on web1 (1 item)']);
  });

  test('a clock that went back holds nobody up', async () => {
    for (let minute = 0; minute < 12; minute += 2)
      await world.check({ web1: minute % 4 === 0 ? { items: ['a'] } : {} }, { now: at(20, minute) });
    await world.check({ web1: { items: ['b'] } }, { now: at(9) });
    expect(world.sent).toHaveLength(7);
  });
});

describe('a digest', () => {
  const daily = [target('a', { digestMinutes: 8 * 60, on: ['digest'] })];
  const checkAt = (now: Date, found: Readonly<Record<string, FoundInShort>> = { web1: {}, nas: {} }) =>
    world.check(found, { now, targets: daily, inventory: new Set(Object.keys(found)) });

  test('the first check after the time of each day', async () => {
    await checkAt(at(7, 0, 1));
    await checkAt(at(7, 59, 1));
    await checkAt(at(8, 0, 1));
    await checkAt(at(12, 0, 1));
    await checkAt(at(7, 0, 2));
    await checkAt(at(23, 0, 2));
    // Nothing was checked on the day before.
    await checkAt(at(3, 0, 4));
    expect(world.memory.texts.get(targetKey(daily[0] as NotifyTarget))).toContain(at(3, 0, 4).toISOString());
    // The very first one shows that it works.
    expect(world.titles).toEqual(Array.from({ length: 4 }, () => 'all 2 hosts in sync'));
  });

  test.each<readonly [string, Partial<Telling>]>([
    ['hosts', { inventory: new Set(['web1', 'nas', 'tv']) }],
    ['items', { isWhole: false }],
  ])('is not of a check of a part of the %s, and is still due after it', async (_name, rest) => {
    const found = { web1: {}, nas: {} };
    const whole = { now: at(9), targets: daily, inventory: new Set(['web1', 'nas']) };
    await world.check(found, { ...whole, ...rest });
    expect(world.sent).toEqual([]);
    await world.check(found, whole);
    expect(world.titles).toEqual(['all 2 hosts in sync']);
  });

  test('a clock that went back does not put it off', async () => {
    await checkAt(at(9, 0, 20));
    await checkAt(at(9, 0, 5));
    await checkAt(at(10, 0, 5));
    expect(world.sent).toHaveLength(2);
  });

  test('the state of every host that was checked', async () => {
    await checkAt(at(9), {
      web1: {},
      web2: { items: ['a', 'b'] },
      nas: { state: 'lost' },
      tv: { state: 'off' },
    });
    const [first] = world.sent;
    expect(first?.message).toMatchObject({
      title: '4 hosts: 1 lost, 1 drifted, 1 in sync, 1 off',
      outcomes: ['digest'],
      document: { digest: true, transitions: [] },
    });
    expect(first?.message.text.replaceAll(/, since [\d: -]+/g, '')).toBe(
      [
        'nas: not reached (transport/unreachable)',
        'web2: file a changed on the host (content)',
        'web2: file b changed on the host (content)',
        'in sync: web1',
        'off: tv',
        '',
      ].join('\n'),
    );
  });

  test('one message with what changed, which is told again where it could not be', async () => {
    world.answers.push('no');
    const targets = [target('a', { digestMinutes: 0 })];
    const found = { web1: { items: ['a'] }, nas: {}, tv: { state: 'off' } } as const;
    const inventory = new Set(Object.keys(found));
    for (let time = 0; time < 3; time++) await world.check(found, { targets, inventory });
    expect(world.sent.map(({ message }) => message.outcomes)).toEqual([['drift', 'digest']]);
    expect(world.sent[0]?.message.text).toMatch(
      /^web1: file a .*\n\n3 hosts: 1 drifted, 1 in sync, 1 off\nweb1: file a .*\nin sync: nas\noff: tv\n$/,
    );
  });
});

describe('the ping', () => {
  test.each<readonly [string, number, boolean]>([
    ['in sync', 0, true],
    ['with drift', 2, true],
    ['with hosts that are lost', 1, true],
    ['interrupted', 130, false],
  ])('a check that ended %s', async (_name, exitCode, isTold) => {
    const result = checkResult({ web1: { items: ['a'] } }, { exitCode });
    const failures = await world.check({}, { result, pingUrl: new Secret('https://hc.lan/x') });
    expect(failures).toEqual([]);
    expect(world.pings).toEqual(isTold ? ['https://hc.lan/x'] : []);
    expect(world.sent).toHaveLength(isTold ? 1 : 0);
  });

  test('one that nobody hears is a failure', async () => {
    const ping = async (): Promise<string> => 'it answered with status 404';
    const pingUrl = new Secret('https://hc.lan/x');
    expect(await world.check({ web1: {} }, { ping, pingUrl, targets: [] })).toEqual([
      { target: 'drift.ping', message: 'it answered with status 404' },
    ]);
  });
});

test('a check that could not be made is told once, until one was made', async () => {
  const { memory, deliver } = world;
  const fail = (code: string) =>
    tellDriftFailure(
      { targets: [target('a'), target('b', { on: ['lost'] })], memory, deliver, now: at(12), scope: '' },
      code,
    );
  world.answers.push('no');
  expect(await fail('yaml/syntax')).toEqual([{ target: 'slack, number 1 of notify', message: 'no' }]);
  await fail('yaml/syntax');
  await fail('yaml/syntax');
  expect(world.titles).toEqual(['the drift check could not be made']);
  await world.check({ web1: {} });
  await fail('yaml/syntax');
  await fail('secret/no-identity');
  const failed = (code: string) => [['failed'], { event: 'drift-check-failed', code }];
  expect(world.sent.map(({ message }) => [message.outcomes, message.document])).toEqual([
    failed('yaml/syntax'),
    [['back'], expect.objectContaining({ event: 'drift-check', recoveredFrom: 'yaml/syntax' })],
    failed('yaml/syntax'),
    failed('secret/no-identity'),
  ]);
  expect(world.sent[1]?.message).toMatchObject({
    title: 'drift checks can be made again',
    text: 'Until now they ended with yaml/syntax.\n',
  });
});

describe('that checks can be made again', () => {
  const { targets, on } = {
    targets: [target('a')],
    on: (...on: NonNullable<NotifyTarget['on']>) => [target('a', { on })],
  };
  const fail = (to: readonly NotifyTarget[]) =>
    tellDriftFailure(
      { targets: to, memory: world.memory, deliver: world.deliver, now: at(12), scope: '' },
      'usage/unknown-host',
    );

  test('is told with what such a check found, until it could be told', async () => {
    await fail(targets);
    world.answers.push('no');
    await world.check({ web1: { items: ['a'] } }, { targets });
    await world.check({ web1: { items: ['a'] } }, { targets });
    await world.check({ web1: { items: ['a'] } }, { targets });
    expect(world.sent.slice(1).map(({ message }) => message)).toMatchObject([
      {
        title: 'drift checks can be made again; drift on web1 (1 item)',
        text: expect.stringMatching(/^Until now they ended with usage\/unknown-host\.\n\nweb1: file a /),
        outcomes: ['drift', 'back'],
      },
    ]);
  });

  test.each<readonly [string, readonly NotifyTarget[], number]>([
    ['who wants both', on('failed', 'back'), 2],
    ['who wants no word of what is back', on('failed'), 1],
    ['who was not told that they fail', on('back'), 0],
  ])('%s', async (_name, targets, messages) => {
    await fail(targets);
    await world.check({ web1: {} }, { targets });
    await world.check({ web1: {} }, { targets });
    expect(world.sent).toHaveLength(messages);
  });

  test('is no word where nobody could be told that they fail', async () => {
    world.answers.push('no');
    await fail(targets);
    await world.check({ web1: {} }, { targets });
    expect(world.sent).toEqual([]);
  });
});

describe('whatever checks find and whoever cannot be told', () => {
  const HOSTS = ['web1', 'web2', 'nas'];
  const foundInShort: fc.Arbitrary<FoundInShort> = fc.oneof(
    fc.record({ state: fc.constantFrom('lost', 'off', 'busy' as const) }),
    fc.record({ items: fc.subarray(['a', 'b', 'c']) }),
  );
  const step = fc.record({
    found: fc.dictionary(fc.constantFrom(...HOSTS), foundInShort, { maxKeys: 3 }),
    minutes: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) },
      fc.integer({ min: 7, max: 70 }),
    ),
    isTaken: fc.boolean(),
  });

  interface Seen {
    isLost: boolean;
    isDrifted: boolean;
  }

  /** What somebody knows who reads every message. */
  function read(known: Map<string, Seen>, message: NotifyMessage): void {
    const { transitions } = message.document as {
      readonly transitions: readonly { readonly host: string; readonly change: string }[];
    };
    for (const { host, change } of transitions) {
      const seen = known.get(host) ?? { isLost: false, isDrifted: false };
      known.set(host, seen);
      if (change === 'lost') expect(seen.isLost).toBe(false);
      if (change === 'back') expect(seen.isLost).toBe(true);
      if (change === 'cleared') expect(seen.isDrifted).toBe(true);
      if (change === 'lost' || change === 'back') seen.isLost = change === 'lost';
      else seen.isDrifted = change === 'drift';
    }
  }

  test('nobody is told twice, nothing is lost, and nobody is flooded', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const world = new World();
        const known = new Map<string, Seen>();
        const times: number[] = [];
        let now = at(0).getTime();
        for (const { found, minutes, isTaken } of steps) {
          now += minutes * 60_000;
          world.sent.length = 0;
          world.answers.splice(0, 1, ...(isTaken ? [] : ['no']));
          const failures = await world.check(found, { now: new Date(now) });
          for (const { message } of world.sent) {
            times.push(now);
            read(known, message);
          }
          const isFull = times.filter((time) => now - time < 3_600_000).length >= 6;
          expect(times.filter((time) => now - time < 3_600_000).length).toBeLessThanOrEqual(6);
          if (failures.length > 0 || isFull) continue;
          // Who was told all knows how everything is.
          for (const [host, { state, items = [] }] of Object.entries(found)) {
            if (state === 'off' || state === 'busy') continue;
            expect(known.get(host)?.isLost ?? false).toBe(state === 'lost');
            if (state === undefined) expect(known.get(host)?.isDrifted ?? false).toBe(items.length > 0);
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the key of a target', () => {
  const webhook = (url: string): NotifyTarget => ({
    ...target(''),
    to: 'webhook',
    url: new Secret(url),
    headers: new Map(),
  });

  test('tells nothing, and is the same for the same address and wishes', () => {
    const key = targetKey(webhook('https://hooks.lan/S3CRET'));
    expect(key).toMatch(/^[0-9a-f]{32}$/);
    expect(targetKey({ ...webhook('https://hooks.lan/S3CRET'), number: 7, digestMinutes: 5 })).toBe(key);
    const others = [
      webhook('https://hooks.lan/other'),
      target('S3CRET'),
      target('S3CRET', { on: ['drift'] }),
      { ...target('x'), to: 'matrix', homeserver: 'https://m.lan', room: '!a' } as NotifyTarget,
      { ...target('x'), to: 'matrix', homeserver: 'https://m.lan', room: '!b' } as NotifyTarget,
      { ...target('x'), to: 'email', address: 'a@x.lan' } as NotifyTarget,
      { ...target('x'), to: 'command', argv: ['a', 'b'] } as NotifyTarget,
      { ...target('x'), to: 'command', argv: ['a b'] } as NotifyTarget,
    ];
    expect(targetKey(webhook('https://hooks.lan/S3CRET'), 'scope')).not.toBe(key);
    expect(new Set([key, ...others.map((one) => targetKey(one))]).size).toBe(others.length + 1);
  });

  test('the order of the wishes is none', () => {
    expect(targetKey(target('a', { on: ['drift', 'lost'] }))).toBe(
      targetKey(target('a', { on: ['lost', 'drift'] })),
    );
  });
});
