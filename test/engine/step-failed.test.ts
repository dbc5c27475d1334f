import { afterEach, expect, test } from '@jest/globals';
import { forgetSecrets, registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { runStep } from '../../src/core/step.js';
import { stepFailed } from '../../src/engine/apply-items.js';
import { item, SET } from './fake-world.js';

afterEach(() => forgetSecrets());

function saidOf(stderr: string): string {
  const result = { code: 1, stdout: Buffer.from(''), stderr: Buffer.from(stderr), truncated: false };
  return stepFailed(item(SET, 'one'), runStep(['probe']), result, 'h1').message;
}

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
