import { describe, expect, test } from '@jest/globals';
import link from '../../src/tasks/link.js';
import { fakeHost, fileEntry } from './fake-host.js';
import { plan, problems } from './plan-task.js';

const path = '/etc/site';
const linkTo = (target: string) => fileEntry({ type: 'link', target });

describe('link', () => {
  test.each<[string, object, ReturnType<typeof fileEntry> | null, readonly string[], readonly string[]]>([
    ['in sync', { target: '../x' }, linkTo('../x'), [], []],
    [
      'new',
      { target: 'a b' },
      null,
      ['state: absent -> present', 'target: null -> a b'],
      [`ln -sfn -- 'a b' ${path}`],
    ],
    ['elsewhere', { target: '-f' }, linkTo('/x'), ['target: /x -> -f'], [`ln -sfn -- -f ${path}`]],
    ['absent', { state: 'absent' }, linkTo('/x'), ['state: present -> absent'], [`rm -f -- ${path}`]],
    ['absent and gone', { state: 'absent' }, null, [], []],
  ])('%s', async (_name, params, entry, changes, steps) => {
    const planned = await plan(link, { path, ...params }, fakeHost({ files: { [path]: entry } }));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
  });

  test.each(['file', 'directory', 'other'] as const)('a %s in its place is refused', async (type) => {
    const host = fakeHost({ files: { [path]: fileEntry({ type }) } });
    await expect(plan(link, { path, target: '/x' }, host)).rejects.toMatchObject({ code: 'task/wrong-type' });
    await expect(plan(link, { path, state: 'absent' }, host)).rejects.toMatchObject({
      code: 'task/wrong-type',
    });
  });

  test('a target is named, on one line', () => {
    expect(problems(link, { path })).toEqual(['target: says not where the link points']);
    expect(problems(link, { path, target: 'a\nb' })).toEqual(['target: must not hold control characters']);
  });

  test('touches its path', () => {
    expect(link.touches?.(link.params.parse({ path, target: '/x' }))).toEqual([`path:${path}`]);
  });
});
