import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES, type Facts } from '../../src/core/facts.js';
import kernelModule from '../../src/tasks/kernel_module.js';
import { ALPINE, fakeHost, fileEntry } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const BOOT = '/etc/modules-load.d/br_netfilter.conf';
const OPTIONS = '/etc/modprobe.d/homelab-br_netfilter.conf';

interface Situation {
  readonly running?: 'loaded' | 'builtin' | 'missing';
  readonly boot?: string;
  readonly options?: string;
  readonly hasProgram?: boolean;
  readonly facts?: Facts;
}

function having({ running = 'missing', boot, options, hasProgram = true, facts = FACT_EXAMPLES }: Situation) {
  const texts = { [facts.init === 'systemd' ? BOOT : '/etc/modules']: boot, [OPTIONS]: options };
  const of = <Value>(make: (text: string) => Value) =>
    Object.fromEntries(
      Object.entries(texts).map(([path, text]) => [path, text === undefined ? null : make(text)]),
    );
  return fakeHost(
    {
      'kernel-modules': { br_netfilter: running },
      programs: { modprobe: hasProgram },
      files: of(() => fileEntry()),
      'file-contents': of((text) => ({ bytes: Buffer.from(text), isComplete: true })),
    },
    { facts },
  );
}

const ON = { running: 'loaded', boot: 'br_netfilter\n' } as const;

describe('kernel_module', () => {
  test.each<[string, object, Situation, readonly string[], readonly string[]]>([
    ['in sync', {}, ON, [], []],
    ['in sync, by another spelling', { name: 'br-netfilter' }, ON, [], []],
    ['in sync, a part of the kernel', {}, { ...ON, running: 'builtin' }, [], []],
    [
      'new',
      {},
      {},
      ['loaded: false -> true', 'boot: false -> true'],
      [`write ${BOOT} 0644 : "br_netfilter\\n"`, 'modprobe -- br_netfilter'],
    ],
    [
      'its options before it is loaded',
      { options: 'a=1 b=x,y', persistent: false },
      {},
      ['loaded: false -> true', 'options: null -> a=1 b=x,y'],
      [
        'mkdir -p -- /etc/modprobe.d',
        `write ${OPTIONS} 0644 : "options br_netfilter a=1 b=x,y\\n"`,
        'modprobe -- br_netfilter',
      ],
    ],
    ['options in sync', { options: 'a=1' }, { ...ON, options: 'options br-netfilter  a=1\n' }, [], []],
    ['not at boot', { persistent: false }, ON, ['boot: true -> false'], [`rm -f -- ${BOOT}`]],
    [
      'absent',
      { state: 'absent' },
      { ...ON, options: 'options br_netfilter a=1\n' },
      ['loaded: true -> false', 'boot: true -> false', 'options: a=1 -> null'],
      [`rm -f -- ${OPTIONS}`, `rm -f -- ${BOOT}`, 'modprobe -r -- br_netfilter'],
    ],
    ['absent and gone', { state: 'absent' }, {}, [], []],
    [
      'the list of OpenRC',
      {},
      { running: 'loaded', boot: '# at boot\nloop max_loop=8\n', facts: ALPINE },
      ['boot: false -> true'],
      ['write /etc/modules 0644 root:root "# at boot\\nloop max_loop=8\\nbr_netfilter\\n"'],
    ],
    [
      'the list of OpenRC stays, empty',
      { state: 'absent' },
      { boot: 'br-netfilter arg=1\n', facts: ALPINE },
      ['boot: true -> false'],
      ['write /etc/modules 0644 root:root ""'],
    ],
  ])('%s', async (_name, params, situation, changes, steps) => {
    const planned = await plan(kernelModule, { name: 'br_netfilter', ...params }, having(situation));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('without modprobe, which is asked for only where it is needed', async () => {
    const without = (situation: Situation) =>
      plan(kernelModule, { name: 'br_netfilter' }, having({ ...situation, hasProgram: false }));
    expect((await without({})).unknown).toContain('no modprobe here (package kmod)');
    expect(await without(ON)).toMatchObject({ unknown: undefined, changes: [] });
    const host = having(ON);
    await plan(kernelModule, { name: 'br_netfilter' }, host);
    expect(host.asked.filter((asked) => asked.startsWith('programs'))).toEqual([]);
  });

  test('a part of the kernel does not go', async () => {
    const host = having({ running: 'builtin' });
    await expect(plan(kernelModule, { name: 'br_netfilter', state: 'absent' }, host)).rejects.toMatchObject({
      code: 'task/unsupported',
    });
  });

  test('is a barrier: devices, settings and file systems may come with it', () => {
    expect(kernelModule.touches).toBeUndefined();
  });

  test.each<[string, object, string]>([
    ['a path', { name: '../x' }, 'name: must be the name of a module'],
    ['an option', { name: '-r' }, 'name: must be the name of a module'],
    ['a file', { name: 'x.ko' }, 'name: must be the name of a module'],
    ['two lines', { name: 'x', options: 'a=1\ninstall x sh' }, 'options: must be `name=value'],
    ['options without a value', { name: 'x', options: 'debug' }, 'options: must be `name=value'],
    ['options of what is absent', { name: 'x', options: 'a=1', state: 'absent' }, 'options: make no sense'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(kernelModule, params).join('\n')).toContain(problem);
  });
});
