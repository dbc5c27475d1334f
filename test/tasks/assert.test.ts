import { describe, expect, test } from '@jest/globals';
import assertKind from '../../src/tasks/assert.js';
import { fakeHost } from './fake-host.js';
import { plan, problems, project } from './plan-task.js';

/** Conditions hold unless they are named `wrong`. */
const judging = {
  ...project(),
  judge: (condition: object) => ('wrong' in condition ? ['wrong is a, not b'] : []),
};

describe('assert', () => {
  test.each([{ that: { os_family: 'debian' } }, { that: [{ os_family: 'debian' }, {}] }])(
    '%j holds: nothing to do, nothing read',
    async (params) => {
      const host = fakeHost({});
      expect(await plan(assertKind, params, host, judging)).toMatchObject({ changes: [], steps: [] });
      expect(host.asked).toEqual([]);
    },
  );

  test.each<[object, string]>([
    [{ that: { wrong: 1 } }, 'what is asserted does not hold: wrong is a, not b'],
    [{ that: [{}, { wrong: 1 }], message: 'needs b' }, 'needs b: wrong is a, not b'],
    [
      { that: [{ wrong: 1 }, { wrong: 2 }] },
      'what is asserted does not hold: wrong is a, not b; wrong is a, not b',
    ],
  ])('%j does not', async (params, message) => {
    const planned = plan(assertKind, params, fakeHost({}), judging);
    await expect(planned).rejects.toMatchObject({ code: 'task/assertion-failed', message });
  });

  test('asks for each condition where it stands', async () => {
    const asked: unknown[] = [];
    const judge = (_condition: object, at: readonly (string | number)[]) => {
      asked.push(at);
      return [];
    };
    await plan(assertKind, { that: [{ arch: 'amd64' }, { arch: 'arm64' }] }, fakeHost({}), {
      ...project(),
      judge,
    });
    await plan(assertKind, { that: { arch: 'amd64' } }, fakeHost({}), { ...project(), judge });
    expect(asked).toEqual([['that', 0], ['that', 1], ['that']]);
  });

  test('touches nothing', () => {
    expect(assertKind.touches?.({ that: [], message: undefined })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['nothing', {}, 'that'],
    ['an empty list', { that: [] }, 'that'],
    ['a text', { that: 'os_family == debian' }, 'that'],
    ['a null in it', { that: { os_family: null } }, 'that'],
    ['an empty message', { that: {}, message: '' }, 'message'],
  ])('%s is refused', (_name, written, field) => {
    expect(problems(assertKind, written).join()).toContain(field);
  });
});
