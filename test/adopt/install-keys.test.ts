import { describe, expect, test } from '@jest/globals';
import { keysOfFile, keysToInstall, type CandidateKey } from '../../src/adopt/install-keys.js';
import { publicKeyLine } from '../transport/public-key-line.js';

const good = `${publicKeyLine('good')} me@laptop`;
const other = publicKeyLine('other');

/** A key of these fields, as a line. */
function lineOf(...fields: readonly (string | Buffer)[]): string {
  const parts = fields.flatMap((field) => {
    const bytes = Buffer.from(field as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  return `${fields[0]?.toString()} ${Buffer.concat(parts).toString('base64')}`;
}
const rsa = (bits: number): string => lineOf('ssh-rsa', 'e', Buffer.from(`00${'f'.repeat(bits / 4)}`, 'hex'));
const ecdsa = lineOf('ecdsa-sha2-nistp256', 'nistp256', Buffer.alloc(65, 4));

const named = (line: string): CandidateKey => ({ line, from: '~/.ssh/id', isNamed: true });
const held = (line: string): CandidateKey => ({ line, from: 'the agent', isNamed: false });

describe('keys to install', () => {
  test.each<[what: string, candidates: CandidateKey[], lines: string[]]>([
    ['a named one', [named(good)], [good]],
    [
      'several, each once',
      [named(good), named(other), named(publicKeyLine('good'))],
      [publicKeyLine('good'), other],
    ],
    ['what the agent holds, but for what is weak', [held(ecdsa), held(good), held(rsa(2048))], [good]],
    ['a long RSA key', [held(rsa(4096))], [rsa(4096)]],
  ])('%s', (_what, candidates, lines) => {
    expect(keysToInstall('pi', candidates).map(({ line }) => line)).toEqual(lines);
  });

  test.each<[what: string, candidates: CandidateKey[], code: string, message: string, hint: string]>([
    ['none', [], 'no-key', 'there is no public key of yours to install on pi', 'ssh-keygen -t ed25519'],
    [
      'a named one that is weak, beside a good one',
      [named(rsa(2048)), named(good)],
      'weak-key',
      'no key for pi: that of ~/.ssh/id is an RSA key of 2048 bits',
      'ssh-keygen -t ed25519',
    ],
    ['weak ones alone', [held(ecdsa)], 'weak-key', 'that of the agent is an ECDSA key', '--key FILE'],
    [
      'a strange one',
      [held('ssh-what AAAA')],
      'weak-key',
      'is of a type that is not known here',
      '--key FILE',
    ],
  ])('refused: %s', (_what, candidates, code, message, hint) => {
    expect(() => keysToInstall('pi', candidates)).toThrow(
      expect.objectContaining({
        code: `adopt/${code}`,
        message: expect.stringContaining(message) as unknown as string,
        hint: expect.stringContaining(hint) as unknown as string,
      }),
    );
  });
});

describe('a file of keys', () => {
  test('lines and comments', () => {
    const text = `# mine\n\n${good}  twice\r\n${other}\n`;
    expect(keysOfFile(text, 'id.pub')).toEqual([
      { line: `${good} twice`, from: 'id.pub', isNamed: true },
      { line: other, from: 'id.pub', isNamed: true },
    ]);
  });

  test.each<[what: string, text: string, message: string, hint: string]>([
    [
      'a private key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET\n',
      'id is a private key, which stays where it is',
      'id.pub',
    ],
    ['a private key of PuTTY', 'PuTTY-User-Key-File-3: ssh-ed25519\n', 'is a private key', 'id.pub'],
    ['nothing', '# mine\n', 'holds no public key', 'Name a .pub file'],
    ['something else', 'root:x:0:0\n', 'is no file of public keys', 'Name a .pub file'],
    ['options', `restrict ${good}\n`, 'is no file of public keys', 'Name a .pub file'],
    ['control characters', `${good}\u0007\n`, 'is no file of public keys', 'Name a .pub file'],
    [
      'a certificate',
      lineOf('ssh-ed25519-cert-v01@openssh.com', 'nonce', Buffer.alloc(32, 1), 'more'),
      'is a certificate',
      'of its key',
    ],
    ['a weak key', rsa(1024), 'the key in id is an RSA key of 1024 bits', 'ssh-keygen -t ed25519'],
  ])('refused: %s', (_what, text, message, hint) => {
    expect(() => keysOfFile(text, 'id')).toThrow(
      expect.objectContaining({
        code: 'usage/key',
        message: expect.stringContaining(message) as unknown as string,
        hint: expect.stringContaining(hint) as unknown as string,
      }),
    );
  });

  test('a private key is not repeated', () => {
    expect(() => keysOfFile('-----BEGIN RSA PRIVATE KEY-----\nTOPSECRET\n', 'id')).toThrow(
      /^(?!.*TOPSECRET)/,
    );
  });
});
