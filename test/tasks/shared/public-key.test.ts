import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  keyLine,
  keyOptionsSchema,
  keyText,
  parseKey,
  publicKeysSchema,
} from '../../../src/tasks/shared/public-key.js';
import { keyBlob, keyOf } from '../public-keys.js';

const BLOB = keyBlob('ssh-ed25519', Buffer.alloc(32, 1));

describe('parseKey', () => {
  test.each([
    ['ed25519', []],
    ['rsa', ['-b', '2048']],
    ['ecdsa', []],
  ])('%s as ssh-keygen makes and names it', (type, options) => {
    const folder = mkdtempSync(join(tmpdir(), 'public-key-'));
    const file = join(folder, 'key');
    spawnSync('ssh-keygen', ['-q', '-t', type, ...options, '-N', '', '-C', 'a b@c', '-f', file]);
    const line = readFileSync(`${file}.pub`, 'utf8').trim();
    const listed = spawnSync('ssh-keygen', ['-l', '-E', 'sha256', '-f', `${file}.pub`]).stdout.toString();
    rmSync(folder, { recursive: true });
    const key = parseKey(line);
    if (typeof key === 'string') throw new Error(key);
    expect(key).toMatchObject({ options: '', comment: 'a b@c' });
    expect(listed.split(' ')[1]).toBe(key.fingerprint);
    expect(keyLine(key)).toBe(line);
  });

  test.each<[string, string, string]>([
    ['bare', `ssh-ed25519 ${BLOB}`, 'ssh-ed25519'],
    ['spaces', `  ssh-ed25519\t${BLOB}   a  b  `, 'ssh-ed25519 a  b'],
    [
      'options',
      `no-pty,from="a b",command="echo \\"x\\" y" ssh-ed25519 ${BLOB} c`,
      'no-pty,from="a b",command="echo \\"x\\" y" ssh-ed25519 c',
    ],
    ['options that look like a key', `ssh-ed25519="x" ssh-ed25519 ${BLOB}`, 'ssh-ed25519="x" ssh-ed25519'],
    [
      'a security key',
      `sk-ssh-ed25519@openssh.com ${keyBlob('sk-ssh-ed25519@openssh.com', Buffer.alloc(32), 'ssh:')} c`,
      'sk-ssh-ed25519@openssh.com c',
    ],
    [
      'a certificate',
      `ssh-ed25519-cert-v01@openssh.com ${Buffer.concat([Buffer.from(keyBlob('ssh-ed25519-cert-v01@openssh.com', 'n'), 'base64'), Buffer.alloc(9, 255)]).toString('base64')}`,
      'ssh-ed25519-cert-v01@openssh.com',
    ],
  ])('%s', (_name, line, text) => {
    const key = parseKey(line);
    if (typeof key === 'string') throw new Error(key);
    expect(keyText(key)).toBe(text);
    const again = parseKey(keyLine(key));
    expect(again).toEqual(key);
  });

  test.each<[string, string, string]>([
    ['words', 'hello world', 'is no public key'],
    ['no key after the type', 'ssh-ed25519', 'is no public key'],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----', 'is a private key'],
    ['cut off', `ssh-ed25519 ${BLOB.slice(0, -8)}`, 'is cut off'],
    ['cut off at a part', `ssh-ed25519 ${keyBlob('ssh-ed25519')}A`, 'is damaged'],
    ['the type alone', `ssh-ed25519 ${keyBlob('ssh-ed25519')}`, 'is cut off'],
    ['a longer type alone', `ecdsa-sha2-nistp256 ${keyBlob('ecdsa-sha2-nistp256')}`, 'is cut off'],
    [
      'more than a key',
      `ssh-ed25519 ${Buffer.concat([Buffer.from(BLOB, 'base64'), Buffer.alloc(3)]).toString('base64')}`,
      'is cut off',
    ],
    ['another type', `ssh-rsa ${BLOB}`, 'says ssh-rsa, and is ssh-ed25519'],
    ['no base64', `ssh-ed25519 ${BLOB}=`, 'is damaged'],
    ['a quote that is not closed', `command="x ssh-ed25519 ${BLOB}`, 'is no public key'],
  ])('%s is none', (_name, line, why) => {
    expect(parseKey(line)).toEqual(expect.stringContaining(why));
  });
});

describe('publicKeysSchema', () => {
  test('a list, or a text with comments and empty lines', () => {
    const [a, b] = [keyOf(1, 'a'), keyOf(2, 'b')];
    const list = publicKeysSchema.parse([a, b]);
    expect(list.map(keyText)).toEqual(['ssh-ed25519 a', 'ssh-ed25519 b']);
    expect(publicKeysSchema.parse(`# all\r\n${a}\r\n\n  ${b}`)).toEqual(list);
  });

  test.each<[string, unknown, string]>([
    ['no key', [], 'names no key'],
    ['an empty text', '\n# nobody\n', 'names no key'],
    ['a wrong one', [keyOf(1), 'x'], '`x` is no public key'],
    ['the same twice', [keyOf(1, 'a'), keyOf(1, 'b')], 'is there twice'],
    ['a control character', [keyOf(1, 'a\u001B[2J')], 'holds control characters'],
  ])('%s is refused', (_name, given, message) => {
    expect(publicKeysSchema.safeParse(given).error?.issues[0]?.message).toContain(message);
  });

  test('a private key is not repeated', () => {
    const secret = '-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXktdjEAAAAABG5vbmU';
    expect(publicKeysSchema.safeParse(secret).error?.message).not.toContain('b3Blbn');
  });
});

test.each<[string, boolean]>([
  ['restrict', true],
  ['from="10.0.0.0/8",no-pty', true],
  ['command="a b \\"c\\""', true],
  ['', false],
  ['a b', false],
  ['command="a', false],
  ['a\nb', false],
])('options %j: %s', (options, isGood) => {
  expect(keyOptionsSchema.safeParse(options).success).toBe(isGood);
});
