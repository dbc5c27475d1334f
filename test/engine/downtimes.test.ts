import { describe, expect, test } from '@jest/globals';
import { Downtimes } from '../../src/engine/downtimes.js';

/** A door that somebody waits at until it is opened. */
function door() {
  let open = (): void => undefined;
  const isOpen = new Promise<void>((resolve) => (open = resolve));
  return { open, isOpen };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Hosts and what they need; `log` fills as things begin and end. */
function start(needs: Readonly<Record<string, readonly string[]>>) {
  const downtimes = new Downtimes();
  for (const [host, needed] of Object.entries(needs)) downtimes.add(host, needed);
  const log: string[] = [];
  const work = (host: string, until: Promise<void>) =>
    downtimes.during(host, async () => {
      log.push(`${host} begins`);
      await until;
      log.push(`${host} ends`);
    });
  const reboot = (host: string, until: Promise<void> = Promise.resolve()) =>
    downtimes.during(host, async () => {
      await settle();
      await downtimes.reboot(host, 5000, async () => {
        log.push(`${host} down`);
        await until;
        log.push(`${host} up`);
      });
    });
  return { downtimes, log, work, reboot };
}

const BEHIND = { gate: [], inner: ['gate'], deep: ['gate', 'inner'], other: [] };

describe('a host that others need', () => {
  test.each(['inner', 'deep'])('goes down only when %s is not at work', async (host) => {
    const { log, work, reboot } = start(BEHIND);
    const held = door();
    const both = [work(host, held.isOpen), reboot('gate')];
    await settle();
    expect(log).toEqual([`${host} begins`]);
    held.open();
    await Promise.all(both);
    expect(log).toEqual([`${host} begins`, `${host} ends`, 'gate down', 'gate up']);
  });

  test('does not wait for those that do not need it', async () => {
    const { log, work, reboot } = start(BEHIND);
    const held = door();
    const both = [work('other', held.isOpen), reboot('gate')];
    await settle();
    await settle();
    expect(log).toEqual(['other begins', 'gate down', 'gate up']);
    held.open();
    await Promise.all(both);
  });

  test('while it is down nobody behind it begins', async () => {
    const { log, work, reboot } = start(BEHIND);
    const held = door();
    const all = [reboot('gate', held.isOpen)];
    await settle();
    await settle();
    all.push(work('deep', Promise.resolve()), work('other', Promise.resolve()));
    await settle();
    expect(log).toEqual(['gate down', 'other begins', 'other ends']);
    held.open();
    await Promise.all(all);
    expect(log.slice(3)).toEqual(['gate up', 'deep begins', 'deep ends']);
  });

  test('a chain goes down from its end', async () => {
    const { log, reboot } = start(BEHIND);
    await Promise.all(['gate', 'inner', 'deep'].map((host) => reboot(host)));
    expect(log.filter((line) => line.endsWith('down'))).toEqual(['deep down', 'inner down', 'gate down']);
  });

  test('two that need each other go down one after the other', async () => {
    const { log, reboot } = start({ gate: ['pve'], pve: ['gate'] });
    await Promise.all([reboot('gate'), reboot('pve')]);
    expect(log.map((line) => line.split(' ')[1])).toEqual(['down', 'up', 'down', 'up']);
  });

  test('one that fails to come back holds nobody up', async () => {
    const { downtimes, log, work } = start(BEHIND);
    const failing = downtimes.during('gate', () =>
      downtimes.reboot('gate', 5000, () => Promise.reject(new Error('not back'))),
    );
    await expect(failing).rejects.toThrow('not back');
    await work('inner', Promise.resolve());
    expect(log).toEqual(['inner begins', 'inner ends']);
    expect(downtimes.before('inner')).toEqual({ count: 1, patienceMs: 0 });
  });
});

test('those behind learn how often they were cut off, and how long to be patient', async () => {
  const { downtimes, reboot } = start(BEHIND);
  await reboot('gate');
  await reboot('inner');
  expect(downtimes.before('deep')).toEqual({ count: 2, patienceMs: 5000 });
  expect(downtimes.before('inner')).toEqual({ count: 1, patienceMs: 5000 });
  expect(downtimes.before('gate')).toEqual({ count: 0, patienceMs: 0 });
});
