import { describe, expect, test } from '@jest/globals';
import type { Login } from '../../../src/core/shell.js';
import { refuseLogin } from '../../../src/engine/guard/login-strength.js';

const by = (type: string, bits: number): Login => ({
  user: 'ada',
  port: 22,
  method: 'publickey',
  key: { type, bits, fingerprint: 'SHA256:x' },
});
const ROOT = { user: 'ada', isRoot: true, home: '', groups: [] };

describe('the login that hardens a host has to work afterwards', () => {
  test.each<[string, Login | undefined, string | undefined]>([
    ['Ed25519', by('ssh-ed25519', 256), undefined],
    ['Ed25519 in hardware', by('sk-ssh-ed25519@openssh.com', 256), undefined],
    ['RSA, long', by('ssh-rsa', 3072), undefined],
    ['RSA, short', by('ssh-rsa', 2048), 'guard/weak-key'],
    ['ECDSA', by('ecdsa-sha2-nistp256', 256), 'guard/weak-key'],
    ['DSA', by('ssh-dss', 1024), 'guard/weak-key'],
    ['a password', { user: 'ada', port: 22, method: 'password' }, 'guard/no-key'],
    ['a key that the program ssh did not tell', { user: 'ada', port: 22, method: 'publickey' }, undefined],
    ['nobody knows', undefined, undefined],
  ])('%s', (_name, login, code) => {
    expect(refuseLogin('nas', { login, account: ROOT })?.code).toBe(code);
  });

  test('without root nothing is hardened, whatever the key', () => {
    const account = { user: 'ada', isRoot: false, home: '', groups: [] };
    expect(refuseLogin('nas', { login: by('ssh-ed25519', 256), account })?.code).toBe('guard/no-root');
  });
});
