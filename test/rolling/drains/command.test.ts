import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { scratchFolder } from '../../transport/local-shell.js';
import { adapterWith, closeHosts, drainHost } from './drain-host.js';

const scratch = scratchFolder();
afterAll(async () => {
  await closeHosts();
  scratch.dispose();
});

const OUT = scratch.file('out');

describe('command', () => {
  test('programs move the work, and learn whose it is', async () => {
    const host = drainHost();
    const drain = await adapterWith('command', {
      drain: `printf %s "$HOMELAB_HOST" >'${OUT}'`,
      undrain: ['rm', '-f', OUT],
      ready: `[ ! -e '${OUT}' ] || { echo 'it is out'; exit 3; }`,
    });
    const found = await drain.find(host);
    expect([found, drain.describe(found)]).toEqual([{}, 'runs its own command']);
    await drain.drain(host, found);
    expect(readFileSync(OUT, 'utf8')).toBe('box');
    expect(await drain.pending(host, found)).toMatch(/: it is out$/);
    await drain.undrain(host, found);
    await drain.undrain(host, found);
    expect(existsSync(OUT)).toBe(false);
    expect(await drain.pending(host, found)).toBeUndefined();
  });

  test('words stay words', async () => {
    const words = ["a 'b' $(id)", '', '-n', '\\'];
    const drain = await adapterWith('command', {
      drain: ['sh', '-c', `printf '%s|' "$@" >'${OUT}'`, 'sh', ...words],
      undrain: 'true',
    });
    await drain.drain(drainHost(), {});
    expect(readFileSync(OUT, 'utf8')).toBe(words.map((word) => `${word}|`).join(''));
    expect(await drain.pending(drainHost(), {})).toBeUndefined();
  });

  test.each<[string, unknown, number, RegExp]>([
    ['fails', 'echo one; echo " too\tbad " >&2; exit 7', 60, /exit code 7: too bad$/],
    ['is not there', ['no-such-program-here'], 60, /exit code 127/],
    ['takes too long', ['sleep', '60'], 1, /was not done after 1 s/],
  ])('one that %s is an error', async (_name, written, timeout, message) => {
    const drain = await adapterWith('command', { drain: written, undrain: 'true', timeout });
    await expect(drain.drain(drainHost(), {})).rejects.toMatchObject({
      code: 'drain/command-failed',
      message: expect.stringMatching(message),
    });
  });
});
