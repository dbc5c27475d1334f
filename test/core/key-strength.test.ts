import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { keyFacts, keyFactsOfLine, keyWeakness, type KeyFacts } from '../../src/core/key-strength.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-strength-'));
  keygen('-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'ca'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const keygen = (...args: readonly string[]): string => execFileSync('ssh-keygen', args, { encoding: 'utf8' });

/** What ssh-keygen says of a file: bits and fingerprint. */
function told(file: string): Pick<KeyFacts, 'bits' | 'fingerprint'> {
  const [bits, fingerprint = ''] = keygen('-lf', file).split(' ');
  return { bits: Number(bits), fingerprint };
}

function made(name: string, type: string, bits?: string): string {
  const file = join(folder, name);
  const size = bits === undefined ? [] : ['-b', bits];
  keygen('-q', '-t', type, ...size, '-N', '', '-C', 'a comment', '-f', file);
  return file;
}

/** A key of these fields, as a line. */
function lineOf(...fields: readonly (string | Buffer)[]): string {
  const parts = fields.flatMap((field) => {
    const bytes = Buffer.from(field as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return `${fields[0]?.toString()} ${Buffer.concat(parts).toString('base64')} me@here`;
}
const POINT = Buffer.alloc(65, 4);
const bitsOf = (bits: number): Buffer => Buffer.from(`00${'f'.repeat(bits / 4)}`, 'hex');

const REFUSED = 'is an ECDSA key, which a hardened host does not accept';
const short = (bits: number): string =>
  `is an RSA key of ${bits} bits, and 3072 are the least that a hardened host accepts`;

describe('keys and certificates that ssh-keygen makes are read as it reads them', () => {
  test.each<[name: string, type: string, bits: string | undefined, of: string, weakness: string | undefined]>(
    [
      ['ed25519', 'ed25519', undefined, 'ssh-ed25519', undefined],
      ['rsa3072', 'rsa', '3072', 'ssh-rsa', undefined],
      ['rsa2048', 'rsa', '2048', 'ssh-rsa', short(2048)],
      ['rsa1025', 'rsa', '1025', 'ssh-rsa', short(1025)],
      ['ecdsa256', 'ecdsa', '256', 'ecdsa-sha2-nistp256', REFUSED],
      ['ecdsa384', 'ecdsa', '384', 'ecdsa-sha2-nistp384', REFUSED],
      ['ecdsa521', 'ecdsa', '521', 'ecdsa-sha2-nistp521', REFUSED],
    ],
  )('%s', (name, type, bits, of, weakness) => {
    const file = made(name, type, bits);
    keygen('-q', '-s', join(folder, 'ca'), '-I', 'test', `${file}.pub`);
    for (const half of [`${file}.pub`, `${file}-cert.pub`]) {
      const facts = keyFactsOfLine(readFileSync(half, 'utf8'));
      expect(facts).toEqual({ type: of, ...told(half) });
      expect(facts === undefined ? 'none' : keyWeakness(facts)).toBe(weakness);
    }
  });
});

describe('keys that need hardware or an old program', () => {
  const sk = 'sk-ssh-ed25519@openssh.com';
  const ecdsaSk = 'sk-ecdsa-sha2-nistp256@openssh.com';
  test.each<[what: string, line: string, facts: Partial<KeyFacts>, weakness: string | undefined]>([
    ['ed25519', lineOf(sk, Buffer.alloc(32, 7), 'ssh:'), { type: sk, bits: 256 }, undefined],
    [
      'its certificate',
      lineOf('sk-ssh-ed25519-cert-v01@openssh.com', 'nonce', Buffer.alloc(32, 7), 'ssh:', 'more'),
      { type: sk, bits: 256 },
      undefined,
    ],
    ['ecdsa', lineOf(ecdsaSk, 'nistp256', POINT, 'ssh:'), { type: ecdsaSk, bits: 256 }, REFUSED],
    [
      'dsa',
      lineOf('ssh-dss', bitsOf(1024), bitsOf(160), bitsOf(1024), bitsOf(1024)),
      { type: 'ssh-dss', bits: 1024 },
      'is a DSA key, which OpenSSH has given up',
    ],
  ])('%s', (_what, line, { type = '', bits = 0 }, weakness) => {
    expect(keyFactsOfLine(line)).toMatchObject({ type, bits });
    expect(keyWeakness({ type, bits })).toBe(weakness);
  });
});

test('a type that is not known is refused, and shown only where it can be', () => {
  expect(keyWeakness({ type: 'ssh-mldsa', bits: 1 })).toBe('is of a type that is not known here (ssh-mldsa)');
  expect(keyWeakness({ type: '\u001b[2J', bits: 1 })).toBe(
    'is of a type that is not known here (unreadable)',
  );
});

describe('what is no public key', () => {
  const good = lineOf('ssh-ed25519', Buffer.alloc(32, 7));
  test.each([
    ['nothing', ''],
    ['a word', 'ssh-ed25519'],
    ['no base64', 'ssh-ed25519 AAAA!AAA'],
    ['a type that is another', good.replace('ssh-ed25519', 'ssh-rsa')],
    ['a key cut short', good.split(' ').slice(0, 2).join(' ').slice(0, -8)],
    ['more than a key', lineOf('ssh-ed25519', Buffer.alloc(32, 7), 'more')],
    ['a short point', lineOf('ssh-ed25519', Buffer.alloc(31, 7))],
    ['another curve', lineOf('ecdsa-sha2-nistp256', 'nistp384', POINT)],
    ['a number that is negative', lineOf('ssh-rsa', 'e', Buffer.alloc(384, 0xff))],
    ['a number that is nothing', lineOf('ssh-rsa', 'e', Buffer.alloc(384))],
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ])('%s', (_what, line) => {
    expect(keyFactsOfLine(line)).toBeUndefined();
  });
});

test('any bytes are a key or are not, and nothing is thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(keyFacts(bytes)?.bits ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});

test('the length of an RSA key is that of its modulus', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4096 }), (bits) => {
      const digits = (1n << BigInt(bits - 1)).toString(16);
      const modulus = Buffer.from(`00${digits.length % 2 === 0 ? '' : '0'}${digits}`, 'hex');
      expect(keyFactsOfLine(lineOf('ssh-rsa', 'e', modulus))?.bits).toBe(bits);
    }),
  );
});
