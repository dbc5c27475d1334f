import { describe, expect, test } from '@jest/globals';
import { HomelabError, HomelabErrors } from '../../src/core/errors.js';
import { Secret } from '../../src/core/secret.js';
import { errorsDocument, errorText } from '../../src/report/errors-text.js';

const unknownKey = new HomelabError({
  code: 'inventory/unknown-key',
  message: 'unknown key "adress"',
  hint: 'Did you mean address?',
  source: { file: 'inventory/hosts.yml', line: 12, column: 5 },
});
const readLine = (file: string, line: number): string | undefined =>
  file === 'inventory/hosts.yml' && line === 12 ? '    adress: 10.0.0.1' : undefined;

const CASES: readonly (readonly [string, unknown, string])[] = [
  [
    'with a place: the line and a caret',
    unknownKey,
    'inventory/hosts.yml:12:5: unknown key "adress"\n   12 |     adress: 10.0.0.1\n      |     ^\n' +
      '  hint: Did you mean address?\n',
  ],
  [
    'a file that cannot be read has no line',
    new HomelabError({ code: 'x/y', message: 'bad', source: { file: 'gone.yml', line: 1, column: 1 } }),
    'gone.yml:1:1: bad\n',
  ],
  [
    'with a host and a task, and what a command said',
    new HomelabError({ code: 'x/y', message: 'exited with 1\nE: \x1b[2Jno', host: 'dns1', task: 'Motd' }),
    'error: dns1: Motd: exited with 1\n  | E: \\x1b[2Jno\n',
  ],
  ['with nothing', new HomelabError({ code: 'x/y', message: 'bad' }), 'error: bad\n'],
  [
    'a stranger is our own bug',
    new TypeError('x is not a function'),
    'error: internal error: x is not a function\n' +
      '  hint: This is a bug in homelab; run again with --debug and report it.\n',
  ],
  [
    'a secret that is thrown',
    new Secret('hunter2'),
    'error: internal error: ***\n  hint: This is a bug in homelab; run again with --debug and report it.\n',
  ],
  [
    'several, counted',
    new HomelabErrors([unknownKey, new HomelabError({ code: 'x/y', message: 'bad' })]),
    'inventory/hosts.yml:12:5: unknown key "adress"\n   12 |     adress: 10.0.0.1\n      |     ^\n' +
      '  hint: Did you mean address?\nerror: bad\n2 problems found\n',
  ],
  [
    'several that are one',
    new HomelabErrors([new HomelabError({ code: 'x/y', message: 'bad' })]),
    'error: bad\n',
  ],
];

describe('errorText', () => {
  test.each(CASES)('%s', (_name, thrown, text) => {
    expect(errorText(thrown, { readLine })).toBe(text);
  });

  test('the caret stands under its column, tabs or not, and not beyond the width', () => {
    const error = new HomelabError({
      code: 'x/y',
      message: 'bad',
      source: { file: 'f', line: 3, column: 9 },
    });
    const line = `\tkey: [${'x'.repeat(80)}`;
    const [, quoted, caret] = errorText(error, { readLine: () => line, width: 40 }).split('\n');
    expect(quoted).toHaveLength(40);
    expect(quoted?.[caret?.indexOf('^') ?? -1]).toBe('x');
    const far = new HomelabError({ code: 'x/y', message: 'bad', source: { file: 'f', line: 3, column: 70 } });
    expect(errorText(far, { readLine: () => line, width: 40 })).not.toContain('^');
  });

  describe('a line of a private key is never quoted', () => {
    const body = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW';
    const file = [
      'key: |',
      '  -----BEGIN OPENSSH PRIVATE KEY-----',
      `  ${body}`,
      '  QyNTUxOQAAACA=',
      '  -----END OPENSSH PRIVATE KEY-----',
      `public: ssh-ed25519 ${body}`,
      'plain',
      'one: "-----BEGIN PRIVATE KEY-----\\nabc"',
      'recipients: [AGE-SECRET-KEY-1QQQQ]',
    ];
    test.each([
      [1, true],
      [2, false],
      [3, false],
      [4, false],
      [5, false],
      [6, true],
      [7, true],
      [8, false],
      [9, false],
    ])('line %i: %p', (line, isQuoted) => {
      const error = new HomelabError({ code: 'x/y', message: 'bad', source: { file: 'f', line, column: 3 } });
      const text = errorText(error, { readLine: (_file, at) => file[at - 1] });
      expect(text.includes(file[line - 1] ?? '')).toBe(isQuoted);
      expect(text.startsWith(`f:${line}:3: bad\n`)).toBe(true);
    });
  });

  describe('what is behind !secret is never quoted', () => {
    const file = [
      'db: !secret CANARY',
      'list: [!secret CANARY, 2]',
      'block: !secret | # remark',
      '  CANARY',
      '',
      '    CANARY',
      'items:',
      '  - pw: !secret "CANARY',
      '      CANARY"',
      '    other: 1',
      'plain: 2',
    ];
    test.each([
      [1, 'db: !secret ***'],
      [2, 'list: [!secret ***'],
      [3, 'block: !secret ***'],
      [4, undefined],
      [6, undefined],
      [8, '  - pw: !secret ***'],
      [9, undefined],
      [10, '    other: 1'],
      [11, 'plain: 2'],
    ])('line %i: %p', (line, quoted) => {
      const error = new HomelabError({ code: 'x/y', message: 'bad', source: { file: 'f', line, column: 3 } });
      const text = errorText(error, { readLine: (_file, at) => file[at - 1] });
      expect(text).not.toContain('CANARY');
      expect(text.split('\n')[1]).toBe(quoted === undefined ? '' : `${String(line).padStart(5)} | ${quoted}`);
    });
  });

  test('code and stack appear in debug only', () => {
    const error = new HomelabError({ code: 'x/y', message: 'bad', cause: new Error('deep cause') });
    expect(errorText(error)).toBe('error: bad\n');
    expect(errorText(error, { isDebug: true })).toMatch(
      /^error: bad\n {2}code: x\/y\n {2}Error: deep cause\n {6}at /,
    );
  });

  test('a cause that is its own cause ends', () => {
    const error = new Error('loop');
    error.cause = error;
    expect(errorText(error, { isDebug: true })).toContain('loop');
  });
});

describe('errorsDocument', () => {
  test('one error', () => {
    expect(errorsDocument(unknownKey, 64)).toEqual({
      error: {
        code: 'inventory/unknown-key',
        message: 'unknown key "adress"',
        hint: 'Did you mean address?',
        source: { file: 'inventory/hosts.yml', line: 12, column: 5 },
      },
      exitCode: 64,
    });
  });

  test('several errors', () => {
    const several = new HomelabErrors([new HomelabError({ code: 'x/y', message: 'bad', host: 'dns1' })]);
    expect(errorsDocument(several, 64)).toEqual({
      error: {
        code: 'x/y',
        message: '1 problem found',
        hint: null,
        source: null,
        errors: [{ code: 'x/y', message: 'bad', hint: null, source: null, host: 'dns1' }],
      },
      exitCode: 64,
    });
  });
});
