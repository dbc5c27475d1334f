import { afterEach, describe, expect, test } from '@jest/globals';
import { forgetSecrets, registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { runStep } from '../../src/core/step.js';
import { stepFailed } from '../../src/engine/apply-items.js';
import type { Item } from '../../src/core/item.js';
import { item, SET } from './fake-world.js';

afterEach(() => forgetSecrets());

function errorOf(stderr: string, of = item(SET, 'one')) {
  const result = { code: 1, stdout: Buffer.from(''), stderr: Buffer.from(stderr), truncated: false };
  return stepFailed(of, runStep(['probe']), result, 'h1');
}

const saidOf = (stderr: string): string => errorOf(stderr).message;

test('a failed step says the end of what it printed', () => {
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  expect(saidOf(lines.join('\n'))).toBe(`probe: exit code 1\n${lines.slice(-12).join('\n')}`);
});

test('a long line is shown by its end, and a secret in it is masked before it is cut', () => {
  registerSecret(new Secret('abcdefghijklmnopqrstuvwxyz'));
  const rest = 'x'.repeat(995);
  expect(saidOf(`${'y'.repeat(5000)}abcdefghijklmnopqrstuvwxyz${rest}`)).toBe(
    `probe: exit code 1\n…yy***${rest}`,
  );
});

describe('what even root may not do', () => {
  const about = (touches: readonly string[], rest: Partial<Item> = {}): Item => {
    const one = item(SET, 'one');
    return { ...one, task: { ...one.task, touches: () => touches }, ...rest };
  };
  const REFUSED = "mv: cannot move '/etc/.homelab.abc' to '/etc/motd': Operation not permitted";

  test.each<readonly [string, Item, string, string | undefined]>([
    ['to a file', about(['path:/etc/motd', 'user:a']), REFUSED, '`lsattr -d /etc/motd /etc`'],
    ['to the root of all', about(['path:/']), REFUSED, '`lsattr -d /`'],
    ['to a file with blanks', about(['path:/srv/a b/c']), REFUSED, "`lsattr -d '/srv/a b/c' '/srv/a b'`"],
    ['to what is no file', about(['user:a']), REFUSED, undefined],
    ['for another reason', about(['path:/etc/motd']), 'mv: No space left on device', undefined],
  ])('%s', (_name, of, printed, expected) => {
    const { hint } = errorOf(printed, of);
    if (expected === undefined) expect(hint).toBeUndefined();
    else expect(hint).toContain(`${expected} on the host`);
  });

  test('is told of what is secret, too', () => {
    const { message, hint } = errorOf(`S3CRET: ${REFUSED}`, about(['path:/etc/key'], { sensitive: true }));
    expect(message).toBe('a step: exit code 1');
    expect(hint).toMatch(/^Its command and output are hidden[^]*`lsattr -d \/etc\/key \/etc`/);
    expect(hint).not.toContain('S3CRET');
  });
});
