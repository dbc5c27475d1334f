import { describe, expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../../src/core/facts.js';
import type { Item } from '../../../src/core/item.js';
import type { ReadableHost } from '../../../src/core/task.js';
import { lockoutBy } from '../../../src/engine/guard/lockout.js';
import { item, SET } from '../fake-world.js';

const CHANGES = [{ field: 'x', before: 'present', after: 'absent' }];

function host(hasLoginToLose: boolean | undefined): ReadableHost {
  const read = (): Promise<never> => Promise.reject(new Error('not scripted'));
  return { name: 'h', facts: FACT_EXAMPLES, hasLoginToLose, read };
}

function losing(losses: readonly string[] | undefined, guarded?: boolean): Item {
  const task = { ...SET, losesLogin: losses === undefined ? undefined : () => losses };
  return item(task as Item['task'], 'x', { guarded });
}

describe('what would lose the login for good', () => {
  test('is refused, and says why and how it is meant', async () => {
    const error = await lockoutBy(host(true), losing(['sshd goes', 'sudo goes']), CHANGES);
    expect(error).toMatchObject({
      code: 'guard/lockout',
      message: expect.stringContaining('sshd goes; sudo goes') as unknown as string,
      hint: expect.stringContaining('guarded: false') as unknown as string,
    });
  });

  test.each<[string, boolean | undefined, Item, readonly object[]]>([
    ['nothing differs', true, losing(['sshd goes']), []],
    ['nothing is lost', true, losing([]), CHANGES],
    ['a kind that loses none', true, losing(undefined), CHANGES],
    ['this machine', false, losing(['sshd goes']), CHANGES],
    ['nobody knows of a login', undefined, losing(['sshd goes']), CHANGES],
    ['it is meant', true, losing(['sshd goes'], false), CHANGES],
  ])('%s: it is not', async (_name, hasLogin, one, changes) => {
    await expect(lockoutBy(host(hasLogin), one, changes as typeof CHANGES)).resolves.toBeUndefined();
  });
});
