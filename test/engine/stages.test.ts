import { describe, expect, test } from '@jest/globals';
import { stagesOf } from '../../src/engine/stages.js';

const host = (name: string, ...needs: readonly string[]) => ({ name, needs });

describe('the order of a change that may lock us out', () => {
  test.each<[string, ReturnType<typeof host>[], readonly string[], string[]]>([
    ['none', [], [], []],
    ['one', [host('a')], [], ['a']],
    ['a canary, then the rest', [host('a'), host('b'), host('c')], [], ['a', 'b c']],
    [
      'the jump host last',
      [host('gate'), host('a', 'gate'), host('b', 'gate')],
      ['gate'],
      ['a', 'b', 'gate'],
    ],
    [
      'jump hosts one by one, the farthest first',
      [host('gate'), host('inner', 'gate'), host('a', 'gate', 'inner')],
      ['gate', 'inner'],
      ['a', 'inner', 'gate'],
    ],
    ['jump hosts alone: the first is the canary', [host('g1'), host('g2')], ['g1', 'g2'], ['g1', 'g2']],
    [
      'a jump host whose hosts are not chosen is still last',
      [host('gate'), host('pi')],
      ['gate'],
      ['pi', 'gate'],
    ],
  ])('%s', (_name, hosts, needed, stages) => {
    const found = stagesOf(hosts, (name) => needed.includes(name));
    expect(found.map((stage) => stage.hosts.join(' '))).toEqual(stages);
    expect(found.filter(({ isCanary }) => isCanary)).toHaveLength(Math.min(1, hosts.length));
  });
});
