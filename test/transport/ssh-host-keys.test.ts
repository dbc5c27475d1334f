import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { scratchFolder } from './local-shell.js';
import { makeKey, startSshd, type PrivateSshd } from './private-sshd.js';
import { testProject, type TestProject } from './test-project.js';

const folder = scratchFolder();
const key = makeKey(folder.file('key'));
const other = makeKey(folder.file('other'));
let sshd: PrivateSshd;
let project: TestProject;
beforeAll(async () => {
  sshd = await startSshd({ authorized: [key.line], hostKeys: ['ed25519', 'ecdsa', 'rsa'] });
});
afterAll(async () => {
  await sshd.stop();
  folder.dispose();
});
beforeEach(() => {
  project = testProject();
  mkdirSync(project.file('.ssh'));
});
afterEach(() => project.dispose());

const name = (): string => `[127.0.0.1]:${sshd.port}`;
const known = (index: number): string => `${name()} ${sshd.publicKeys[index]}\n`;
const stranger = (): string => `${name()} ${other.line}\n`;
const pins = (): string => project.file('inventory/known_hosts');
const userFile = (): string => project.file('.ssh/known_hosts');

async function login(acceptNew = false): Promise<void> {
  const transport = project.transport({ acceptNew });
  const shell = await transport.open(project.host('nas', { port: sshd.port, identity: [key.file] }));
  await shell.run([{ script: 'true' }]);
}

describe('a real server is checked', () => {
  test.each([0, 1, 2])('and accepted by whichever of its keys is known (%i)', async (index) => {
    writeFileSync(userFile(), known(index));
    await expect(login()).resolves.toBeUndefined();
  });

  test('by a hashed name', async () => {
    writeFileSync(userFile(), known(0));
    execFileSync('ssh-keygen', ['-q', '-H', '-f', userFile()], { stdio: 'ignore' });
    expect(readFileSync(userFile(), 'utf8')).toMatch(/^\|1\|/);
    await expect(login()).resolves.toBeUndefined();
  });

  const cases: [what: string, lines: () => string, code: string][] = [
    ['unknown', () => '', 'host-key-unknown'],
    ['changed', stranger, 'host-key-changed'],
    ['revoked', () => `${known(0)}@revoked ${known(0)}`, 'host-key-revoked'],
    ['known by a certificate authority only', () => `@cert-authority ${stranger()}`, 'host-certificate-only'],
  ];
  test.each(cases)('and refused when %s', async (what, lines, code) => {
    writeFileSync(userFile(), lines());
    for (const acceptNew of what === 'unknown' ? [false] : [false, true])
      await expect(login(acceptNew)).rejects.toMatchObject({ code: `transport/${code}`, host: 'nas' });
    expect(existsSync(pins())).toBe(false);
  });

  test('and nothing is sent to it before: no login is tried', async () => {
    const tried = makeKey(project.file('tried'));
    const opened = project.transport().open(project.host('nas', { port: sshd.port, identity: [tried.file] }));
    await expect(opened).rejects.toMatchObject({ code: 'transport/host-key-unknown' });
  });
});

test('--accept-new pins on first sight, and the next login knows the host', async () => {
  await login(true);
  expect(readFileSync(pins(), 'utf8')).toBe(known(0));
  await expect(login()).resolves.toBeUndefined();
});

test('trust shows every key of the server without logging in, and pins them', async () => {
  const transport = project.transport();
  const host = project.host('nas', { port: sshd.port, identity: [project.file('absent')] });
  const keys = await transport.scanHostKeys(host);
  const shown = execFileSync('ssh-keygen', ['-l', '-f', '-'], {
    input: sshd.publicKeys.join('\n'),
    encoding: 'utf8',
  });
  expect(keys.map((shownKey) => shownKey.fingerprint)).toEqual(shown.match(/SHA256:\S+/g));
  expect(await transport.pinHostKeys(host, keys)).toBe(3);
  expect(await transport.pinHostKeys(host, keys)).toBe(0);
  expect(readFileSync(pins(), 'utf8')).toBe([0, 1, 2].map(known).join(''));
  await expect(login()).resolves.toBeUndefined();
});

test('trust refuses to pin beside another key, and names the line', async () => {
  mkdirSync(project.file('inventory'));
  appendFileSync(pins(), `# ours\n${stranger()}`);
  const transport = project.transport();
  const host = project.host('nas', { port: sshd.port });
  const pinned = transport.pinHostKeys(host, await transport.scanHostKeys(host));
  await expect(pinned).rejects.toMatchObject({ code: 'transport/host-key-changed' });
  await expect(pinned).rejects.toThrow(`${pins()}:2`);
});
