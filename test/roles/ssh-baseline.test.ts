import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { SSH_BASELINE } from './ssh-baseline.js';

const text = readFileSync(new URL('../../docs/hardening.md', import.meta.url), 'utf8').replaceAll(
  /\s+/g,
  ' ',
);

describe('the controls of ssh-baseline', () => {
  test('are all there, each once', () => {
    const numbers = (length: number): string[] =>
      Array.from({ length }, (_, index) => String(index + 1).padStart(2, '0'));
    expect(SSH_BASELINE.map(({ id }) => id)).toEqual([
      ...numbers(50)
        .filter((number) => number !== '26')
        .map((number) => `sshd-${number}`),
      ...numbers(22).map((number) => `ssh-${number}`),
    ]);
  });

  const waived = SSH_BASELINE.flatMap(({ id, judged }) =>
    'waived' in judged ? [[id, judged.waived] as const] : [],
  );

  test.each(waived)('%s is waived with a reason that people can read', (id, reason) => {
    const row = new RegExp(String.raw`\| [^|]*\b${id}\b[^|]*\| ([^|]*) \|`).exec(text)?.[1]?.trim();
    expect(row).toBe(reason);
  });

  test('others are not called waived', () => {
    const [, table = ''] = /### Outside judges(.*?)(?:## |$)/.exec(text) ?? [];
    const named = [...table.matchAll(/\bsshd?-\d\d\b/g)].map(([id]) => id);
    expect(named.toSorted()).toEqual(waived.map(([id]) => id).toSorted());
  });
});
