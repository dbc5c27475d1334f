import { describe, expect, test } from '@jest/globals';
import { isLabId, labNames } from '../../src/lab/lab-id.js';

describe('labNames', () => {
  test.each(['lab', 'a', 'test-1234-abc', '9', 'a'.repeat(24)])('takes %s', (id) => {
    expect(labNames(id).id).toBe(id);
  });

  test.each(['', '-a', 'a-', 'A', 'a.b', 'a/b', '..', 'a b', 'a'.repeat(25), 'ä'])('refuses %p', (id) => {
    expect(isLabId(id)).toBe(false);
    expect(() => labNames(id)).toThrow(expect.objectContaining({ code: 'lab/bad-id' }));
  });

  test("no lab's names begin another's", () => {
    expect(labNames('lab-2').switchNamespace.startsWith(`${labNames('lab').prefix}.`)).toBe(false);
  });
});
