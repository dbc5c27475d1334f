import { afterEach, describe, expect, test } from '@jest/globals';
import { forgetSecrets, registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { toPrinted } from '../../src/engine/late-items.js';

afterEach(forgetSecrets);

describe('what a step printed', () => {
  test.each<[string, string, boolean, boolean]>([
    ['of any item', 'plain', false, false],
    ['of a sensitive one', 'plain', true, true],
    ['with a secret of the project in it', 'token: hunter22!', false, true],
  ])('%s', (_name, text, isSensitive, isSecret) => {
    registerSecret(new Secret('hunter22'));
    const bytes = Buffer.from(`${text}\n\n`);
    const { stdout, stderr, code } = toPrinted(
      { stdout: bytes, stderr: bytes, code: 3, truncated: false },
      isSensitive,
    );
    for (const output of [stdout, stderr]) {
      expect(output instanceof Secret).toBe(isSecret);
      expect(output instanceof Secret ? output.reveal() : output).toBe(text);
    }
    expect(code).toBe(3);
  });
});
