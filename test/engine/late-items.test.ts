import { afterEach, describe, expect, test } from '@jest/globals';
import { HomelabError, HomelabErrors } from '../../src/core/errors.js';
import type { Item } from '../../src/core/item.js';
import { forgetSecrets, registerSecret } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { completeItem, toPrinted } from '../../src/engine/late-items.js';

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

describe('an item that cannot be made of what was printed', () => {
  const at = (line: number) => ({ file: 'site.yml', line, column: 1 });
  const mistake = (message: string, line: number) =>
    new HomelabError({ code: 'playbook/parameter', message, hint: `see ${line}`, source: at(line) });

  test('tells every reason, at the place of the first', async () => {
    const complete = () =>
      Promise.reject(new HomelabErrors([mistake('path: no', 2), mistake('mode: no', 3)]));
    const item = { name: 'x', source: at(1), late: { needs: ['a'], complete } } as unknown as Item;
    const error = await completeItem(item, new Map([['a', { stdout: '', stderr: '', code: 0 }]]), 'm1');
    expect(error).toMatchObject({
      code: 'playbook/parameter',
      message: 'path: no\nmode: no',
      hint: 'see 2',
      host: 'm1',
      task: 'x',
      source: at(2),
    });
  });
});
