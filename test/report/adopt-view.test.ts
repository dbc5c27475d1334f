import { describe, expect, test } from '@jest/globals';
import { HomelabError } from '../../src/core/errors.js';
import {
  adoptedHostDocument,
  adoptedHostText,
  writtenFileText,
  type AdoptedHostView,
} from '../../src/report/adopt-view.js';
import { PLAIN_PALETTE } from '../../src/report/palette.js';

const key = { type: 'ssh-ed25519', bits: 256, fingerprint: 'SHA256:mine' };
const nothing: AdoptedHostView = {
  host: 'pi3',
  added: [],
  tightened: [],
  access: undefined,
  notes: [],
  isWritten: false,
  error: undefined,
};
const login = { user: 'pi', method: 'publickey', key, port: 22 } as const;
const error = new HomelabError({ code: 'transport/sudo-denied', message: 'no', hint: 'do' });

describe('an adopted host', () => {
  test.each<[what: string, view: Partial<AdoptedHostView>, lines: string[], status: string]>([
    [
      'for the first time',
      {
        added: [{ ...key, from: '~/.ssh/id\u001b[2J' }],
        tightened: ['.ssh'],
        access: { login, become: 'sudo' },
        notes: ['the key is odd'],
        isWritten: true,
      },
      [
        '  key installed  ED25519  SHA256:mine  ~/.ssh/id\\x1b[2J',
        '  mode set       .ssh',
        '  login proven   pi  ED25519  SHA256:mine',
        '  root proven    by sudo',
        '  note           the key is odd',
        '  inventory      written',
      ],
      'adopted',
    ],
    [
      'again, as root',
      { access: { login: { ...login, user: 'root' }, become: 'none' } },
      ['  login proven   root  ED25519  SHA256:mine'],
      'unchanged',
    ],
    [
      'by a program that does not tell',
      { access: { login: undefined, become: 'sudo' } },
      ['  login proven', '  root proven    by sudo'],
      'unchanged',
    ],
    [
      'that does not let it become root',
      { added: [{ ...key, from: 'the agent' }], error },
      ['  key installed  ED25519  SHA256:mine  the agent'],
      'failed',
    ],
  ])('%s', (_what, view, lines, status) => {
    const whole = { ...nothing, ...view };
    expect(adoptedHostText(whole, PLAIN_PALETTE)).toBe(`${['pi3', ...lines].join('\n')}\n`);
    expect(adoptedHostDocument(whole)).toMatchObject({
      host: 'pi3',
      status,
      keysInstalled: whole.added,
      login: view.access?.login ?? null,
      error: view.error === undefined ? null : { code: 'transport/sudo-denied', message: 'no', hint: 'do' },
    });
  });
});

test('what was written is a diff', () => {
  const view = { file: 'inventory/hosts.yml', before: 'hosts:\n  a:\n', after: 'hosts:\n  a:\n  b: {}\n' };
  expect(writtenFileText(view, PLAIN_PALETTE)).toBe(
    '\ninventory/hosts.yml\n@@ -1,2 +1,3 @@\n hosts:\n   a:\n+  b: {}\n',
  );
});
