import { describe, expect, test } from '@jest/globals';
import type { MountSource } from '../../../src/probes/mount-sources.js';
import type { Mount } from '../../../src/probes/mounts.js';
import { flagsOf, foundFlags, isWantedMount } from '../../../src/tasks/shared/mount-match.js';

const mount = (options: Partial<Mount> = {}): Mount => ({
  device: '8:1',
  root: '/',
  path: '/srv/a',
  options: ['rw'],
  type: 'ext4',
  source: '/dev/sda1',
  superOptions: ['rw'],
  ...options,
});
const SDA1: MountSource = { path: '/dev/sda1', device: '8:1' };

describe('isWantedMount', () => {
  test.each<[string, Partial<Mount>, string, MountSource | null, boolean]>([
    ['the same device', {}, '/dev/sda1 ext4', SDA1, true],
    ['by a name of it', {}, 'UUID=x ext4', SDA1, true],
    [
      'by its number',
      { source: '/dev/mapper/vg-x', device: '253:0' },
      'LABEL=x ext4',
      { path: '/dev/dm-0', device: '253:0' },
      true,
    ],
    ['another device', {}, '/dev/sdb1 ext4', { path: '/dev/sdb1', device: '8:17' }, false],
    ['a device that is not there', {}, 'UUID=x ext4', null, false],
    ['another type', {}, '/dev/sda1 xfs', SDA1, false],
    ['any type', {}, '/dev/sda1 auto', SDA1, true],
    ['one of two types', {}, '/dev/sda1 xfs,ext4', SDA1, true],
    ['memory has no source', { type: 'tmpfs', source: 'none' }, 'scratch tmpfs', null, true],
    ['a server', { type: 'nfs4', source: 'nas:/x' }, 'nas:/x/ nfs', null, true],
    ['another server', { type: 'nfs4', source: 'nas:/x' }, 'nas2:/x nfs', null, false],
    ['another share', { type: 'nfs4', source: 'nas:/x' }, 'nas:/xy nfs', null, false],
    ['a newer name', { type: 'cifs', source: '//nas/x' }, '//nas/x smb3', null, true],
    ['a program', { type: 'fuse.sshfs', source: 'u@h:' }, 'sshfs#u@h: fuse', null, true],
    [
      'a file on a loop device',
      { source: '/srv/disk.img' },
      '/srv/disk.img ext4',
      { path: '/srv/disk.img', device: undefined },
      true,
    ],
  ])('%s', (_name, found, wanted, source, is) => {
    const [from = '', type = ''] = wanted.split(' ');
    const only = mount(found);
    expect(
      isWantedMount(only, { source: from, type, options: ['defaults'] }, { table: [only], source }),
    ).toBe(is);
  });

  const ROOT = mount({ path: '/', device: '8:2' });
  const DATA = mount({ path: '/data', device: '8:3', root: '/vol' });
  test.each<[string, string, Partial<Mount>, boolean]>([
    ['of the root', '/opt/x', { device: '8:2', root: '/opt/x' }, true],
    ['of another mount', '/data/www', { device: '8:3', root: '/vol/www' }, true],
    ['of a whole mount', '/data', { device: '8:3', root: '/vol' }, true],
    ['of what only begins alike', '/data2', { device: '8:2', root: '/data2' }, true],
    ['of another folder', '/data/www', { device: '8:3', root: '/vol' }, false],
    ['of another file system', '/opt/x', { device: '8:3', root: '/opt/x' }, false],
    ['of the root itself', '/', { device: '8:2', root: '/' }, true],
  ])('a view %s', (_name, source, found, is) => {
    const view = mount({ path: '/srv/view', ...found });
    const wanted = { source, type: 'none', options: ['bind', 'ro'] };
    const given = { table: [ROOT, DATA, view], source: { path: source, device: undefined } };
    expect(isWantedMount(view, wanted, given)).toBe(is);
  });

  test('a folder that waits to be entered', () => {
    const waiting = mount({ type: 'autofs', source: 'systemd-1' });
    const is = (options: readonly string[]) =>
      isWantedMount(
        waiting,
        { source: '/dev/sda1', type: 'ext4', options },
        { table: [waiting], source: SDA1 },
      );
    expect([is(['noauto', 'x-systemd.automount']), is(['defaults'])]).toEqual([true, false]);
  });
});

test.each<[string, string]>([
  ['defaults', ''],
  ['noexec,size=1m,ro', 'ro,noexec'],
  ['ro,rw', 'rw'],
  ['nosuid,nodev,exec', 'nosuid,nodev,exec'],
  ['errors=remount-ro', ''],
])('%s names the flags %j', (options, flags) => {
  expect(flagsOf(options.split(',')).join(',')).toBe(flags);
});

test.each<[string, Partial<Mount>, string, string]>([
  ['as wanted', { options: ['rw', 'noexec'] }, 'rw,noexec', 'rw,noexec'],
  ['a file system that turned read-only', { options: ['rw'], superOptions: ['ro'] }, 'rw', 'ro'],
  ['a view that is read-only', { options: ['ro'] }, 'ro', 'ro'],
  ['not as wanted', {}, 'nosuid,nodev', 'suid,dev'],
  ['what is not asked for is not told', { options: ['ro', 'nosuid'] }, 'nodev', 'dev'],
])('%s', (_name, found, wanted, flags) => {
  expect(foundFlags(mount(found), wanted.split(',')).join(',')).toBe(flags);
});
