import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { chooseScript, isSecurityOrigin } from '../../../src/rolling/systems/apt-scope.js';

/** The origins of a line `Inst NAME [OLD] (NEW ORIGINS [ARCH])`, and whether one of them mends security. */
test.each([
  ['Debian-Security:12/stable-security', true],
  ['Debian:12.8/stable, Debian-Security:12/stable-security', true],
  ['Debian-Security:12/stable-security, Debian:12.8/stable', true],
  ['Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security', true],
  ['Ubuntu:24.04/noble-security, Ubuntu:24.04/noble-updates', true],
  ['Debian:12.8/stable', false],
  ['Debian:12-updates/stable-updates', false],
  ['My-security-tools:1/stable', false],
  ['localhost', false],
])('%s: %p, on the host as in a plan', (origins, isSecure) => {
  expect(isSecurityOrigin(origins)).toBe(isSecure);
  const line = `Inst libssl3 [3.0.11-1~deb12u2] (3.0.15-1~deb12u1 ${origins} [amd64])`;
  const script = chooseScript({ only: 'security', packages: undefined }, 'simulate');
  const text = `query() { printf 'ii '; }
simulate() { echo '${line}'; }
${script.replaceAll('dpkg-query', 'query')}
printf '%s' "$h_choice"`;
  for (const shell of [['dash'], ['bash', '--posix']]) {
    const { stdout } = spawnSync(shell[0] ?? '', [...shell.slice(1), '-c', text]);
    expect(stdout.toString().trim()).toBe(
      isSecure ? 'install --only-upgrade --no-remove libssl3=3.0.15-1~deb12u1' : '',
    );
  }
});
