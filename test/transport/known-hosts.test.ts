import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  fingerprint,
  knownHostName,
  matchesName,
  parseKnownHosts,
  parsePublicKey,
} from '../../src/transport/known-hosts.js';
import { scratchFolder } from './local-shell.js';
import { makeKey } from './private-sshd.js';

const folder = scratchFolder();
afterAll(() => folder.dispose());
const { file, line } = makeKey(folder.file('key'));
const [type = '', base64 = ''] = line.split(' ');
const key = `${type} ${base64}`;

/** Lines that OpenSSH finds for a name, as numbers. */
function linesByOpenSsh(path: string, name: string): number[] {
  try {
    const output = execFileSync('ssh-keygen', ['-F', name, '-f', path], { encoding: 'utf8' });
    return [...output.matchAll(/found: line (\d+)/g)].map((found) => Number(found[1]));
  } catch {
    return [];
  }
}

function linesByUs(path: string, name: string): number[] {
  return parseKnownHosts(readFileSync(path, 'utf8'), path)
    .filter((entry) => matchesName(entry.names, name))
    .map((entry) => entry.line);
}

const FILE = [
  `# a comment`,
  `web1 ${key} a comment`,
  `web2,10.0.0.2 ${key}`,
  `[web1]:2222 ${key}`,
  `*.lan,!bad.lan ${key}`,
  `10.0.1.? ${key}`,
  `@revoked web3 ${key}`,
  `@cert-authority *.example ${key}`,
  `  indented ${key}`,
  `web4 ssh-ed25519 not-base64!`,
  `web5`,
  ``,
  `[*.lan]:22 ${key}`,
  `UPPER ${key}`,
  `fe80::1 ${key}`,
].join('\n');

describe('lines for a name are those that ssh-keygen -F finds', () => {
  const plain = folder.file('plain');
  const hashed = folder.file('hashed');
  writeFileSync(plain, FILE);
  // ssh-keygen -H refuses a file with lines that make no sense.
  writeFileSync(hashed, FILE.replaceAll(/^web[45].*$/gm, ''));
  execFileSync('ssh-keygen', ['-q', '-H', '-f', hashed], { stdio: 'ignore' });
  const names = [
    'web1',
    'web2',
    '10.0.0.2',
    '[web1]:2222',
    '[web1]:2223',
    'a.lan',
    'bad.lan',
    'lan',
    '10.0.1.7',
    '10.0.1.77',
    'web3',
    'a.example',
    'indented',
    'web5',
    'upper',
    'fe80::1',
    '|1|x|y',
    '*',
  ];
  test.each(names)('%s', (name) => {
    expect(linesByUs(plain, name)).toEqual(linesByOpenSsh(plain, name));
    expect(linesByUs(hashed, name)).toEqual(linesByOpenSsh(hashed, name));
  });

  test('a line whose key cannot be read knows nobody', () => {
    expect(linesByUs(plain, 'web4')).toEqual([]);
  });

  test('hashed names are really hashed', () => {
    expect(readFileSync(hashed, 'utf8')).toMatch(/^\|1\|.*\n/m);
    expect(linesByUs(hashed, '[web1]:2222')).toHaveLength(1);
  });
});

test.each([
  ['10.0.0.1', 22, '10.0.0.1'],
  ['Web1.LAN', 22, 'web1.lan'],
  ['10.0.0.1', 2222, '[10.0.0.1]:2222'],
  ['fe80::1', 2222, '[fe80::1]:2222'],
])('%s port %i is known as %s', (address, port, name) => {
  expect(knownHostName(address, port)).toBe(name);
});

test('markers are kept apart, an unknown one is no entry', () => {
  const entries = parseKnownHosts(
    `@revoked a ${key}\n@cert-authority b ${key}\n@other c ${key}\nd ${key}`,
    'f',
  );
  expect(entries.map((entry) => [entry.marker, entry.names, entry.line])).toEqual([
    ['revoked', 'a', 1],
    ['cert-authority', 'b', 2],
    [undefined, 'd', 4],
  ]);
});

test('the fingerprint is the one ssh-keygen shows', () => {
  const shown = execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' }).split(' ')[1];
  const parsed = parsePublicKey(line);
  expect(parsed && fingerprint(parsed)).toBe(shown);
});

test.each([
  ['nothing', ''],
  ['no key', 'ssh-ed25519'],
  ['a label that lies', `ssh-rsa ${base64}`],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ['a cut key', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5'],
])('%s is no public key', (_name, text) => {
  expect(parsePublicKey(text)).toBeUndefined();
});

test('no file makes the reader throw, and no pattern matches by being a regular expression', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, name) => {
      for (const entry of parseKnownHosts(text, 'f')) matchesName(entry.names, name);
      expect(typeof matchesName(text, name)).toBe('boolean');
    }),
  );
  expect(matchesName('a.b', 'axb')).toBe(false);
  expect(matchesName('[ab]', 'a')).toBe(false);
  expect(matchesName('(a|b)', 'a')).toBe(false);
});
