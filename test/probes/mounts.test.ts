import { describe, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isLocalSource, mountSources } from '../../src/probes/mount-sources.js';
import { mounts } from '../../src/probes/mounts.js';
import { parseText, readHere, SHELLS } from './shells.js';

// Lines of the kernel, proc_pid_mountinfo(5).
const TABLE = [
  '22 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw,errors=remount-ro',
  '30 22 0:44 / /srv/a\\040b\\011\\134\\043 ro,nosuid - tmpfs it\\040is rw,size=1024k',
  '31 22 8:2 /data/www /srv/view rw shared:1 master:2 propagate_from:3 - ext4 /dev/sda2 rw',
  '32 22 0:50 / /srv/nas rw - nfs4 nas:/x rw,vers=4.2,addr=10.0.0.1',
  '33 22 7:0 / /srv/image ro - squashfs /dev/loop0 ro',
  'broken',
  '34 22 0:1 / relative rw - tmpfs x rw',
  '35 22 0:1 / /no-type rw -',
].join('\n');
const LOOPS = '\0/dev/loop0:/srv/disk: 1.img\0';

describe('mounts', () => {
  test('as the kernel tells them', () => {
    const [found = []] = parseText(mounts, `${TABLE}\n${LOOPS}`, ['']);
    expect(found.map(({ path, root, type, source, device }) => [path, root, type, source, device])).toEqual([
      ['/', '/', 'ext4', '/dev/sda2', '8:2'],
      ['/srv/a b\t\\#', '/', 'tmpfs', 'it is', '0:44'],
      ['/srv/view', '/data/www', 'ext4', '/dev/sda2', '8:2'],
      ['/srv/nas', '/', 'nfs4', 'nas:/x', '0:50'],
      ['/srv/image', '/', 'squashfs', '/srv/disk: 1.img', '7:0'],
    ]);
    expect(found[1]).toMatchObject({ options: ['ro', 'nosuid'], superOptions: ['rw', 'size=1024k'] });
  });

  test.each(['', 'cat: not found\n', '\0'])('%j says nothing', (answer) => {
    expect(() => parseText(mounts, answer, [''])).toThrow(
      expect.objectContaining({ code: 'probes/no-answer' }),
    );
  });

  test.each(SHELLS)('this computer, by %s', (_name, shell) => {
    const [found = []] = readHere(shell, mounts, ['']);
    expect(found.find(({ path }) => path === '/proc')).toMatchObject({ type: 'proc', root: '/' });
  });
});

describe('mount-sources', () => {
  test.each(SHELLS)('paths with and without links, by %s', (_name, shell) => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sources-')));
    const odd = join(folder, `-a b'"*$(id)`);
    mkdirSync(odd);
    writeFileSync(join(folder, 'image'), '');
    symlinkSync(odd, join(folder, 'link'));
    const keys = [
      odd,
      join(folder, 'link'),
      join(folder, 'image'),
      join(folder, 'none/x'),
      'UUID=none-such',
      '/dev/null',
    ];
    expect(readHere(shell, mountSources, keys)).toEqual([
      { path: odd, device: undefined },
      { path: odd, device: undefined },
      { path: join(folder, 'image'), device: undefined },
      null,
      null,
      { path: '/dev/null', device: undefined },
    ]);
    rmSync(folder, { recursive: true });
  });

  test('a block device has a number', () => {
    const answer = '0>/dev/dm-0\x000#fd:a\n\x001>/x\x001#zz\n\x002#8:1\n\0';
    expect(parseText(mountSources, answer, ['LABEL=a', '/x', '/y'])).toEqual([
      { path: '/dev/dm-0', device: '253:10' },
      { path: '/x', device: undefined },
      null,
    ]);
  });

  test.each<[string, boolean]>([
    ['/dev/sda1', true],
    ['UUID=x', true],
    ['PARTLABEL=a b', true],
    ['//nas/share', false],
    ['nas:/export', false],
    ['tmpfs', false],
    ['UUID=', false],
  ])('%s is local: %s', (source, is) => {
    expect(isLocalSource(source)).toBe(is);
  });
});
