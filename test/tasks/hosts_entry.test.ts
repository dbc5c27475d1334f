import { describe, expect, test } from '@jest/globals';
import hostsEntry from '../../src/tasks/hosts_entry.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const PATH = '/etc/hosts';
const address = '10.0.0.5';
const holding = (text: string): Answers => ({
  files: { [PATH]: fileEntry() },
  'file-contents': { [PATH]: { bytes: Buffer.from(text), isComplete: true } },
});
const missing: Answers = { files: { [PATH]: null }, 'file-contents': { [PATH]: null } };

describe('hosts_entry', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', { names: ['nas.lan', 'nas'] }, holding('10.0.0.5 x nas.lan nas # a\n'), [], []],
    ['in sync, IPv6', { address: '2001:DB8:0::5', names: ['nas'] }, holding('2001:db8::5 nas\n'), [], []],
    [
      'added',
      { names: ['nas.lan', 'nas'] },
      holding('::1 localhost\n'),
      ['names.nas.lan: null -> 10.0.0.5', 'names.nas: null -> 10.0.0.5'],
      [`write ${PATH} 0644 root:root "::1 localhost\\n10.0.0.5\\tnas.lan nas\\n"`],
    ],
    [
      'taken from another address',
      { names: ['nas', 'x'] },
      holding('10.0.0.4 nas\n10.0.0.5 x\n'),
      ['names.nas: 10.0.0.4 -> 10.0.0.5'],
      [`write ${PATH} 0644 root:root "10.0.0.5 nas x\\n"`],
    ],
    [
      'at two addresses',
      { names: ['nas'] },
      holding('10.0.0.5 nas\n10.0.0.4 nas\n'),
      ['names.nas: 10.0.0.5 10.0.0.4 -> 10.0.0.5'],
      [`write ${PATH} 0644 root:root "10.0.0.5 nas\\n"`],
    ],
    [
      'in another order',
      { names: ['nas.lan', 'nas'] },
      holding('10.0.0.5 nas nas.lan\n'),
      ['order: nas nas.lan -> nas.lan nas'],
      [`write ${PATH} 0644 root:root "10.0.0.5 nas.lan nas\\n"`],
    ],
    [
      'first, in sync',
      { names: ['nas.lan', 'nas'], first: true },
      holding('10.0.0.5 NAS.lan nas x\n'),
      [],
      [],
    ],
    [
      'first, before those that were there',
      { names: ['box.lan', 'box'], first: true },
      holding('10.0.0.5 nas.lan nas # a\n'),
      ['names.box.lan: null -> 10.0.0.5', 'names.box: null -> 10.0.0.5', 'canonical: nas.lan -> box.lan'],
      [`write ${PATH} 0644 root:root "10.0.0.5 box.lan box nas.lan nas # a\\n"`],
    ],
    [
      'first, and somebody put another before',
      { names: ['box'], first: true },
      holding('10.0.0.5 x box\n'),
      ['canonical: x -> box'],
      [`write ${PATH} 0644 root:root "10.0.0.5 box x\\n"`],
    ],
    [
      'no file',
      { names: ['nas'] },
      missing,
      ['names.nas: null -> 10.0.0.5'],
      [`write ${PATH} 0644 : "10.0.0.5\\tnas\\n"`],
    ],
    [
      'one name removed',
      { names: ['NAS'], state: 'absent' },
      holding('10.0.0.5 nas x\n10.0.0.4 nas\n'),
      ['names.nas: present -> null'],
      [`write ${PATH} 0644 root:root "10.0.0.5 x\\n10.0.0.4 nas\\n"`],
    ],
    [
      'all names removed',
      { state: 'absent' },
      holding('10.0.0.5 nas x\n'),
      ['names.nas: present -> null', 'names.x: present -> null'],
      [`write ${PATH} 0644 root:root ""`],
    ],
    ['gone', { names: ['nas'], state: 'absent' }, holding('10.0.0.4 nas\n10.0.0.5 x\n'), [], []],
    ['gone with its file', { state: 'absent' }, missing, [], []],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(hostsEntry, { address, ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each<[string, object, string]>([
    ['no names', { address }, 'names: are missing'],
    ['an empty list', { address, names: [] }, 'names: are empty'],
    ['an empty list that is to go', { address, names: [], state: 'absent' }, 'names: are empty'],
    ['a name twice', { address, names: ['a', 'A'] }, 'names: names a host twice'],
    ['a name with a space', { address, names: ['a b'] }, 'names.0: must be a host name'],
    ['a name of two lines', { address, names: ['a\nb'] }, 'names.0: must be a host name'],
    ['a name with a dash before it', { address, names: ['-a'] }, 'names.0: must be a host name'],
    ['a long name', { address, names: ['a'.repeat(254)] }, 'names.0: must be a host name'],
    ['an address as a name', { address, names: ['10.0.0.6'] }, 'names.0: is an address, not a name'],
    ['no address', { address: '10.0.0', names: ['a'] }, 'address: must be an IPv4 or IPv6 address'],
    ['localhost elsewhere', { address, names: ['LocalHost'] }, 'names: hold localhost'],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(hostsEntry, params).join('\n')).toContain(problem);
  });

  test.each(['127.0.0.1', '::1', '0::1'])('localhost may be %s', (loopback) => {
    expect(problems(hostsEntry, { address: loopback, names: ['localhost'] })).toEqual([]);
  });

  test('touches the file', () => {
    expect(hostsEntry.touches?.(hostsEntry.params.parse({ address, names: ['a'] }))).toEqual([
      `path:${PATH}`,
    ]);
  });
});
