import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../src/core/facts.js';
import group from '../../src/tasks/group.js';
import { ALPINE, fakeHost } from './fake-host.js';
import { plan } from './plan-task.js';

const host = (gid: number | null, facts = FACT_EXAMPLES) =>
  fakeHost({ accounts: { media: { user: null, group: gid === null ? null : { gid } } } }, { facts });

describe('group', () => {
  test.each<[string, object, number | null, readonly string[], readonly string[], readonly string[]]>([
    ['in sync', { gid: 2000 }, 2000, [], [], []],
    ['new', {}, null, ['state: absent -> present'], ['groupadd -- media'], ['addgroup media']],
    [
      'new, with everything given',
      { gid: 2000, system: true },
      null,
      ['state: absent -> present', 'gid: null -> 2000'],
      ['groupadd --system --gid 2000 -- media'],
      ['addgroup -S -g 2000 media'],
    ],
    [
      'absent',
      { state: 'absent' },
      2000,
      ['state: present -> absent'],
      ['groupdel -- media'],
      ['delgroup media'],
    ],
    ['absent and gone', { state: 'absent' }, null, [], [], []],
  ])('%s', async (_name, params, gid, changes, steps, busyboxSteps) => {
    const planned = await plan(group, { name: 'media', ...params }, host(gid));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps).toEqual(steps);
    expect((await plan(group, { name: 'media', ...params }, host(gid, ALPINE))).steps).toEqual(busyboxSteps);
  });

  test('another number', async () => {
    const planned = await plan(group, { name: 'media', gid: 2000 }, host(1));
    expect(planned).toMatchObject({ changes: ['gid: 1 -> 2000'], steps: ['groupmod --gid 2000 -- media'] });
    const busybox = plan(group, { name: 'media', gid: 2000 }, host(1, ALPINE));
    await expect(busybox).rejects.toMatchObject({ code: 'task/cannot-renumber' });
  });

  test('touches its account, and says that it is a group', () => {
    expect(group.touches?.(group.params.parse({ name: 'media' }))).toEqual(['account:media', 'group:media']);
  });
});
