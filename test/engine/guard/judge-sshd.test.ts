import { describe, expect, test } from '@jest/globals';
import type { TrialLogin } from '../../../src/engine/guard/guard-area.js';
import { judgeSshd } from '../../../src/engine/guard/judge-sshd.js';

const PEER = {
  clientAddress: '192.168.1.5',
  clientPort: 50_000,
  serverAddress: '192.168.1.2',
  serverPort: 22,
  interface: 'eth0',
};
const who = (more: Partial<TrialLogin> = {}): TrialLogin => ({
  user: 'ada',
  groups: ['ada', 'sudo'],
  peer: PEER,
  ports: [],
  ...more,
});

describe('what `sshd -T` prints, judged for a login by key', () => {
  test.each<[string, string, RegExp | undefined, Partial<TrialLogin>?]>([
    ['nothing said', '', undefined],
    ['the usual', 'port 22\npubkeyauthentication yes\nauthenticationmethods any', undefined],
    ['names of 10.5', 'Port 22\nPubkeyAuthentication yes\nAuthenticationMethods publickey', undefined],
    ['another user allowed', 'allowusers nobody', /AllowUsers nobody does not name ada/],
    ['names of 10.5, another user', 'AllowUsers nobody', /AllowUsers nobody/],
    ['one of several allowed', 'allowusers bob\nallowusers ada', undefined],
    ['a pattern', 'allowusers a?a', undefined],
    ['a pattern of another name', 'allowusers a?b', /AllowUsers/],
    ['a pattern is no regular expression', 'allowusers a.a', /AllowUsers/],
    ['from our address', 'allowusers ada@192.168.1.*', undefined],
    ['from another address', 'allowusers ada@10.0.0.*', /AllowUsers/],
    ['from a network: only a login can tell', 'allowusers ada@10.0.0.0/8', undefined],
    ['from a host by name: only a login can tell', 'allowusers ada@laptop.lan', undefined],
    ['denied', 'denyusers bob ada', /DenyUsers names ada/],
    ['somebody else denied', 'denyusers bob', undefined],
    ['a group of ours', 'allowgroups wheel sudo', undefined],
    ['no group of ours', 'allowgroups wheel', /AllowGroups wheel has no group of ada/],
    ['a group denied', 'denygroups sudo', /DenyGroups/],
    ['no keys', 'pubkeyauthentication no', /PubkeyAuthentication is no/],
    ['a key and more', 'authenticationmethods publickey,password', /asks for more than a key/],
    ['a key, or more', 'authenticationmethods publickey,password publickey', undefined],
    ['root by key', 'permitrootlogin prohibit-password', undefined, { user: 'root' }],
    ['no root', 'permitrootlogin no', /PermitRootLogin is no and root/, { user: 'root' }],
    ['no root, and we are another', 'permitrootlogin no', undefined],
    ['another port', 'port 2222', /port 2222, and the inventory knows 22/],
    ['a port the inventory knows', 'port 2222', undefined, { ports: [2222, 22] }],
    ['the old and the new one', 'port 22\nport 2222', undefined],
    ['where nobody knows a port', 'port 2222', undefined, { peer: undefined }],
  ])('%s', (_name, printed, reason, more = {}) => {
    const reasons = judgeSshd(printed, who(more));
    if (reason === undefined) expect(reasons).toEqual([]);
    else expect(reasons.join('\n')).toMatch(reason);
  });

  test('every reason is told', () => {
    expect(judgeSshd('allowusers nobody\nport 99\npubkeyauthentication no', who())).toHaveLength(3);
  });
});
