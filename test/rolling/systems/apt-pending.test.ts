import { expect, test } from '@jest/globals';
import { FACT_EXAMPLES } from '../../../src/core/facts.js';
import type { RemoteShell } from '../../../src/core/shell.js';
import { aptPending } from '../../../src/rolling/systems/apt-pending.js';

/** A host that says this to whatever it is asked. */
const saying = (text: string) =>
  ({
    run: async () => [{ code: 0, stdout: Buffer.from(text), stderr: Buffer.alloc(0), truncated: false }],
  }) as unknown as RemoteShell;

const pendingOf = (line: string) =>
  aptPending(saying(`sim:${line}\n`), FACT_EXAMPLES, { only: 'all', packages: undefined });

test('a package is told from its version to the next', async () => {
  const { packages } = await pendingOf(
    'Inst libssl3 [3.0.11-1~deb12u2] (1:3.0.15+b1 Debian:12/stable [amd64])',
  );
  expect(packages).toEqual([
    { name: 'libssl3', from: '3.0.11-1~deb12u2', to: '1:3.0.15+b1', isSecurity: false },
  ]);
});

test.each([
  ['the name', 'Inst $(id) [1.0] (1.1 Debian:12 [amd64])'],
  ['an option as name', 'Inst -o=x [1.0] (1.1 Debian:12 [amd64])'],
  ['the version of before', 'Inst tool [1.0\u001B[2J] (1.1 Debian:12 [amd64])'],
  ['the version of before, as shell text', 'Inst tool [1.0; reboot] (1.1 Debian:12 [amd64])'],
  ['the next version', 'Inst tool [1.0] (1.1\u0007 Debian:12 [amd64])'],
  ['a very long version', `Inst tool [1.0] (${'1'.repeat(300)} Debian:12 [amd64])`],
])('a line is passed over that is odd in %s', async (_what, line) => {
  const { packages, added } = await pendingOf(line);
  expect([packages, added]).toEqual([[], []]);
});
