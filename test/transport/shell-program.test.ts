import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { quote } from '../../src/core/quote.js';
import { helloText, requestText } from '../../src/transport/shell-program.js';
import { scratchFolder, SHELLS } from './local-shell.js';

const NONCE = '0'.repeat(32);
/** A first section that tells where the scratch folder is, and lasts until `hold` is gone; then a second one. */
const request = (told: string, hold: string) =>
  requestText({
    nonce: NONCE,
    sections: [
      { script: `printf %s "$h_dir" >${quote(told)}; while [ -e ${quote(hold)} ]; do sleep 0.01; done` },
      { script: 'echo second' },
    ],
    isStoppedByFailure: false,
    isAtOnce: false,
    limitBytes: 1024,
  });

describe.each(SHELLS.map((argv) => [argv.join(' '), argv] as const))('%s', (_name, [shell = '', ...args]) => {
  test.each([
    ['whole', (text: string) => text],
    ['cut off inside of a word', (text: string) => text.slice(0, text.indexOf('second'))],
    ['cut off between two lines', (text: string) => text.slice(0, text.lastIndexOf('\nh_answer') + 1)],
  ])('nobody reads the answer to a request that came %s: the scratch folder goes', async (_how, cut) => {
    const folder = scratchFolder();
    const [told, hold] = [folder.file('told'), folder.file('hold')];
    try {
      writeFileSync(hold, '');
      const child = spawn(shell, args, { stdio: ['pipe', 'pipe', 'pipe'] });
      const ended = once(child, 'exit');
      child.stdin.end(helloText(NONCE) + cut(request(told, hold)));
      while (!existsSync(told) || readFileSync(told, 'utf8') === '')
        await new Promise((resolve) => setTimeout(resolve, 10));
      const scratch = readFileSync(told, 'utf8');
      expect(existsSync(scratch)).toBe(true);
      child.stdout.destroy();
      child.stderr.destroy();
      folder.dispose();
      await ended;
      expect(existsSync(scratch)).toBe(false);
    } finally {
      folder.dispose();
    }
  });
});
