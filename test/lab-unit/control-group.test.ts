import { describe, expect, test } from '@jest/globals';
import { groupHierarchies } from '../../src/lab/control-group.js';

describe('groupHierarchies', () => {
  test.each([
    ['version 2', 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n', ['/sys/fs/cgroup']],
    [
      'both versions',
      [
        'tmpfs /sys/fs/cgroup tmpfs rw 0 0',
        'cgroup /sys/fs/cgroup/cpu cgroup rw,cpu 0 0',
        'cgroup /sys/fs/cgroup/systemd cgroup rw,xattr,name=systemd 0 0',
        'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0',
      ].join('\n'),
      ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified'],
    ],
    ['none', 'proc /proc proc rw 0 0\n', []],
  ])('%s', (_what, mounts, expected) => {
    expect(groupHierarchies(mounts)).toEqual(expected);
  });
});
