import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  accountProblem,
  addressProblem,
  hostKeyProblem,
  normalAddress,
} from '../../src/inventory/host-values.js';

describe('addresses', () => {
  test.each([
    '10.0.0.1',
    '::1',
    'fe80::1%eth0',
    'fe80::1%wlp0s20f3',
    '2001:db8::192.0.2.1',
    'nas',
    'nas.lan',
    'nas.lan.',
    'a-b.example.org',
    'my_nas',
    'xn--mnchen-3ya.de',
    '1a.lan',
    '3com',
  ])('%s is one', (text) => {
    expect(addressProblem(text)).toBeUndefined();
  });

  test.each([
    ['10.0.0.256', 'is no IPv4 address'],
    ['10.0.0', 'is no IPv4 address'],
    ['010.0.0.1', 'is no IPv4 address'],
    ['[::1]', 'write the IPv6 address without brackets'],
    ['::g', 'is no IPv6 address'],
    ['fe80::1%', 'is no IPv6 address'],
    ['fe80::1%a/b', 'is no IPv6 address'],
    ['10.0.0.1:22', 'the port belongs under `port`'],
    ['nas:22', 'the port belongs under `port`'],
    ['root@nas', 'the account belongs under `user`'],
    ['münchen.de', 'write names outside of ASCII in their xn-- form'],
    ['pаypal.com', 'write names outside of ASCII in their xn-- form'],
    ['-x', 'must not begin with a dash'],
    ['a..b', 'is neither an address nor a DNS name'],
    ['a-.b', 'is neither an address nor a DNS name'],
    [`${'a'.repeat(64)}.lan`, 'is neither an address nor a DNS name'],
    [`${'a.'.repeat(130)}b`, 'is neither an address nor a DNS name'],
  ])('%s: %s', (text, problem) => {
    expect(addressProblem(text)).toBe(problem);
  });

  test('every IP address is one, and has one normal form', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        expect(addressProblem(address)).toBeUndefined();
        expect(normalAddress(normalAddress(address))).toBe(normalAddress(address));
        expect(normalAddress(address.toUpperCase())).toBe(normalAddress(address));
      }),
    );
  });
});

test.each(['root', 'backup-agent', '_apt', 'svc$', 'ann@example.org', 'a.b', 'Admin'])(
  '%s is an account',
  (text) => {
    expect(accountProblem(text)).toBeUndefined();
  },
);

/** A public key of a type: length and type, then `size` bytes. */
const keyOf = (type: string, size = 36, inner = type) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(inner.length);
  return `${type} ${Buffer.concat([length, Buffer.from(inner), Buffer.alloc(size, 7)]).toString('base64')}`;
};

describe('host keys', () => {
  test.each([
    'ssh-ed25519',
    'ssh-rsa',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp521',
    'sk-ssh-ed25519@openssh.com',
  ])('%s', (type) => {
    expect(hostKeyProblem(keyOf(type))).toBeUndefined();
    expect(hostKeyProblem(`${keyOf(type)} root@gate\n`)).toBeUndefined();
  });

  test.each<[string, string, string]>([
    [
      'a private key',
      '-----BEGIN RSA PRIVATE KEY-----\nabc',
      'this is a private key; the public one is wanted (its .pub file)',
    ],
    [
      'one of PuTTY',
      'PuTTY-User-Key-File-3: x',
      'this is a private key; the public one is wanted (its .pub file)',
    ],
    ['a fingerprint', 'SHA256:abc', 'this is a fingerprint; the whole public key is wanted'],
    ['two lines', `${keyOf('ssh-rsa')}\n${keyOf('ssh-rsa')}`, 'a public key is one line'],
    [
      'options in front',
      `command="id" ${keyOf('ssh-rsa')}`,
      'must be a public key: ssh-ed25519 AAAA…, ssh-rsa AAAA… or ecdsa-sha2-… AAAA…',
    ],
    [
      'an old type',
      keyOf('ssh-dss'),
      'must be a public key: ssh-ed25519 AAAA…, ssh-rsa AAAA… or ecdsa-sha2-… AAAA…',
    ],
    ['no base64', 'ssh-rsa ???', 'the key behind its type is not base64'],
    ['the type alone', 'ssh-rsa', 'the key behind its type is not base64'],
    ['cut short', keyOf('ssh-ed25519', 20), 'is cut short or no ssh-ed25519 key'],
    ['another type inside', keyOf('ssh-ed25519', 36, 'ssh-rsa'), 'is cut short or no ssh-ed25519 key'],
  ])('%s', (_name, text, problem) => {
    expect(hostKeyProblem(text)).toBe(problem);
  });
});
