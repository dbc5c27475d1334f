import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import sysctl from '../../src/tasks/sysctl.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const FILE = '/etc/sysctl.d/90-homelab.conf';
const having = (
  text: string | null,
  running: Readonly<Record<string, string | undefined | null>> = {},
  isWritable = true,
): Answers => ({
  files: { [FILE]: text === null ? null : fileEntry() },
  'file-contents': { [FILE]: text === null ? null : { bytes: Buffer.from(text), isComplete: true } },
  sysctl: Object.fromEntries(
    Object.entries(running).map(([path, value]) => [path, value === null ? null : { value, isWritable }]),
  ),
});
const forward = { settings: { 'net.ipv4.ip_forward': 1 } };
const ranges = { settings: { 'net.ipv4.ip_local_port_range': '20000  50000' } };

describe('sysctl', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', forward, having('net.ipv4.ip_forward = 1\n', { 'net/ipv4/ip_forward': '1' }), [], []],
    [
      'in sync, blanks of any sort',
      ranges,
      having('net.ipv4.ip_local_port_range=20000\t50000', { 'net/ipv4/ip_local_port_range': '20000\t50000' }),
      [],
      [],
    ],
    [
      'new',
      forward,
      having(null, { 'net/ipv4/ip_forward': '0' }),
      ['file.net.ipv4.ip_forward: null -> 1', 'running.net.ipv4.ip_forward: 0 -> 1'],
      [
        'mkdir -p -- /etc/sysctl.d',
        `write ${FILE} 0644 : "net.ipv4.ip_forward = 1\\n"`,
        'tee -- /proc/sys/net/ipv4/ip_forward < 1\n',
      ],
    ],
    [
      'the running value alone, words and all',
      ranges,
      having('net.ipv4.ip_local_port_range = 20000 50000\n', {
        'net/ipv4/ip_local_port_range': '32768\t60999',
      }),
      ['running.net.ipv4.ip_local_port_range: 32768 60999 -> 20000 50000'],
      ['tee -- /proc/sys/net/ipv4/ip_local_port_range < 20000 50000\n'],
    ],
    [
      'the file alone, of somebody else as well',
      forward,
      having('a.b=1\nnet/ipv4/ip_forward=0\n# end', { 'net/ipv4/ip_forward': '1' }),
      ['file.net.ipv4.ip_forward: 0 -> 1'],
      [`write ${FILE} 0644 root:root "a.b=1\\nnet.ipv4.ip_forward = 1\\n# end"`],
    ],
    [
      'absent: the kernel is not asked',
      { ...forward, state: 'absent' },
      having('a.b=1\nnet.ipv4.ip_forward=1\n'),
      ['file.net.ipv4.ip_forward: 1 -> null'],
      [`write ${FILE} 0644 root:root "a.b=1\\n"`],
    ],
    [
      'absent: a file with nothing left goes',
      { ...forward, state: 'absent' },
      having('net.ipv4.ip_forward=1\n\n'),
      ['file.net.ipv4.ip_forward: 1 -> null'],
      [`rm -f -- ${FILE}`],
    ],
    ['absent and gone', { ...forward, state: 'absent' }, having(null), [], []],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(sysctl, params, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test('a setting the kernel has not may come with a module', async () => {
    const { unknown } = await plan(sysctl, forward, fakeHost(having(null, { 'net/ipv4/ip_forward': null })));
    expect(unknown).toContain('the kernel has no setting net.ipv4.ip_forward');
  });

  describe('with ignore_missing', () => {
    const lenient = { ...forward, ignore_missing: true };
    const inFile = ['file.net.ipv4.ip_forward: null -> 1'];
    const both = [...inFile, 'running.net.ipv4.ip_forward: 0 -> 1'];
    test.each<[string, string | undefined | null, boolean, string, readonly string[]]>([
      ['one that the kernel has not', null, true, '', inFile],
      ['one that a container may not set', '0', false, 'lxc', inFile],
      ['one that a container may not even read', undefined, false, 'lxc', inFile],
      ['one that a container may set', '0', true, 'lxc', both],
      ['one that may not be set by this account', '0', false, '', both],
    ])('%s', async (_name, value, isWritable, container, changes) => {
      const host = fakeHost(having(null, { 'net/ipv4/ip_forward': value }, isWritable), {
        facts: { ...FACT_EXAMPLES, container },
      });
      expect((await plan(sysctl, lenient, host)).changes).toEqual(changes);
    });
  });

  test('a setting that may not be read is named', async () => {
    const host = fakeHost(having(null, { 'net/ipv4/ip_forward': undefined }));
    await expect(plan(sysctl, forward, host)).rejects.toMatchObject({
      code: 'task/permission-denied',
      message: expect.stringContaining('/proc/sys/net/ipv4/ip_forward'),
    });
  });

  test('an interface with a dot in its name', async () => {
    const path = 'net/ipv4/conf/eth0.200/forwarding';
    const host = fakeHost(having(null, { [path]: '0' }));
    const { steps } = await plan(sysctl, { settings: { 'net.ipv4.conf.eth0/200.forwarding': 1 } }, host);
    expect(steps.at(-1)).toBe(`tee -- /proc/sys/${path} < 1\n`);
  });

  test.each<[string, object, string]>([
    ['no setting', { settings: {} }, 'settings: names no setting'],
    ['a way out', { settings: { 'net/../../etc/passwd': 1 } }, 'must be the name of a setting'],
    ['an option', { settings: { '-w.x': 1 } }, 'must be the name of a setting'],
    ['two lines', { settings: { 'a.b': '1\nc=2' } }, 'settings.a.b: must be one line of text'],
    ['no value', { settings: { 'a.b': ' ' } }, 'settings.a.b: is empty'],
    [
      'one setting twice',
      { settings: { 'net.ipv4.ip_forward': 1, 'net/ipv4/ip_forward': 0 } },
      'settings.net/ipv4/ip_forward: is named twice',
    ],
  ])('%s is refused', (_name, params, problem) => {
    const found = problems(sysctl, params);
    expect(found).not.toEqual([]);
    expect(found.join('\n')).toContain(problem);
  });

  test('touches its file and its settings', () => {
    expect(sysctl.touches?.(sysctl.params.parse(forward))).toEqual([
      `path:${FILE}`,
      'path:/proc/sys/net/ipv4/ip_forward',
    ]);
  });
});
