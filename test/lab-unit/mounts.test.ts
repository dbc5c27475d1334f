import { describe, expect, test } from '@jest/globals';
import { mountsBelow } from '../../src/lab/mounts.js';

const line = (path: string) => `36 35 98:0 / ${path} rw shared:1 - ext4 /dev/root rw`;

describe('mountsBelow', () => {
  test.each([
    [
      'inner ones first',
      ['/lab/a', '/lab/a/root', '/lab/a/root/proc'],
      ['/lab/a/root/proc', '/lab/a/root', '/lab/a'],
    ],
    ['not a neighbour with a longer name', ['/lab/ab', '/lab', '/'], []],
    ['escaped characters', ['/lab/a/with\\040space'], ['/lab/a/with space']],
  ])('%s', (_what, paths, expected) => {
    expect(mountsBelow(`${paths.map(line).join('\n')}\n`, '/lab/a')).toEqual(expected);
  });
});
