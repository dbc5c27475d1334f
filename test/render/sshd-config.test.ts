import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  sshdConfigText,
  sshdLines,
  type SshdMatch,
  type SshdSettings,
} from '../../src/render/sshd-config.js';
import { sshdKeyword, sshdKeywordNames } from '../../src/render/sshd-keywords.js';
import { makeKey } from '../transport/private-sshd.js';
import { scratchFolder } from '../transport/local-shell.js';

describe('sshdConfigText', () => {
  test.each<[string, SshdSettings, readonly SshdMatch[], string]>([
    ['nothing', {}, [], '\n'],
    [
      'one value each',
      { passwordauthentication: false, LoginGraceTime: 30, LogLevel: 'VERBOSE' },
      [],
      'PasswordAuthentication no\nLoginGraceTime 30\nLogLevel VERBOSE\n',
    ],
    [
      'several values, each its own way',
      { Port: [22, 2222], Ciphers: ['a', 'b@c'], AllowUsers: ['ann', 'bob@10.0.0.*'], HostKey: '/k' },
      [],
      'Port 22\nPort 2222\nCiphers a,b@c\nAllowUsers ann bob@10.0.0.*\nHostKey /k\n',
    ],
    [
      'text as it stands in a file',
      { MACs: '+a,b', PermitOpen: 'nas:22 [::1]:22', Banner: '/etc/my banner' },
      [],
      'MACs +a,b\nPermitOpen nas:22 "[::1]:22"\nBanner "/etc/my banner"\n',
    ],
    [
      'the rest of a line',
      { ForceCommand: 'echo "a b" #c', Subsystem: 'sftp internal-sftp -l INFO' },
      [],
      'ForceCommand echo "a b" #c\nSubsystem sftp internal-sftp -l INFO\n',
    ],
    [
      'blocks',
      { X11Forwarding: false },
      [
        {
          criteria: { user: ['admin', '!root'], Address: '10.0.0.0/8' },
          settings: { AllowTcpForwarding: 'local' },
        },
        { criteria: { LocalPort: 2222 }, settings: { PermitRootLogin: 'no' } },
      ],
      'X11Forwarding no\nMatch User admin,!root Address 10.0.0.0/8\n  AllowTcpForwarding local\n' +
        'Match LocalPort 2222\n  PermitRootLogin no\n',
    ],
  ])('%s', (_name, settings, match, text) => expect(sshdConfigText(settings, match)).toBe(text));

  test.each<[string, () => unknown, string, RegExp]>([
    ['a typo', () => sshdLines('PasswordAuthentification', false), 'render/unknown-keyword', /no keyword/],
    ['Include', () => sshdLines('Include', '/x'), 'render/unknown-keyword', /Include/],
    ['Match', () => sshdLines('Match', 'all'), 'render/unknown-keyword', /Match/],
    [
      'a second line',
      () => sshdLines('Banner', 'x\nPermitRootLogin yes'),
      'render/cannot-encode',
      /one line/,
    ],
    ['a carriage return', () => sshdLines('Banner', 'x\ry'), 'render/cannot-encode', /one line/],
    ['NUL', () => sshdLines('Banner', 'x\0'), 'render/cannot-encode', /one line/],
    ['a line separator', () => sshdLines('ForceCommand', 'x\u2028'), 'render/cannot-encode', /one line/],
    ['a quote', () => sshdLines('Banner', '/a"b'), 'render/cannot-encode', /double quote/],
    ['a backslash at the end', () => sshdLines('Banner', '/a b\\'), 'render/cannot-encode', /backslash/],
    ['half a quote', () => sshdLines('ForceCommand', 'echo "a'), 'render/cannot-encode', /other half/],
    ['blanks around', () => sshdLines('VersionAddendum', ' x'), 'render/cannot-encode', /blank/],
    ['nothing', () => sshdLines('AllowUsers', []), 'render/cannot-encode', /no value/],
    ['an empty value', () => sshdLines('AllowUsers', ['']), 'render/cannot-encode', /empty/],
    ['a list for one value', () => sshdLines('Banner', ['a']), 'render/cannot-encode', /not a list/],
    ['a comma in a list', () => sshdLines('MACs', ['a,b']), 'render/cannot-encode', /commas/],
    ['a fraction', () => sshdLines('Port', 22.5), 'render/cannot-encode', /whole numbers/],
    [
      'an unknown criterion',
      () => sshdConfigText({}, [{ criteria: { Usr: 'a' }, settings: {} }]),
      'render/unknown-keyword',
      /criterion/,
    ],
    [
      'a blank in a criterion',
      () => sshdConfigText({}, [{ criteria: { User: 'a Address *' }, settings: { Banner: 'none' } }]),
      'render/cannot-encode',
      /in a Match/,
    ],
    [
      'no criteria',
      () => sshdConfigText({}, [{ criteria: {}, settings: { Banner: 'none' } }]),
      'render/cannot-encode',
      /no criteria/,
    ],
    [
      'an empty block',
      () => sshdConfigText({}, [{ criteria: { User: 'a' }, settings: {} }]),
      'render/cannot-encode',
      /sets nothing/,
    ],
    [
      'a global keyword in a block',
      () => sshdConfigText({}, [{ criteria: { User: 'a' }, settings: { UsePAM: true } }]),
      'render/cannot-encode',
      /some connections only/,
    ],
  ])('%s is refused', (_name, run, code, message) => {
    expect(run).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) as unknown }),
    );
  });

  test('a typo is answered with the nearest keyword', () => {
    expect(() => sshdLines('PermitRootLogon', 'no')).toThrow(
      expect.objectContaining({ hint: 'Did you mean PermitRootLogin?' }),
    );
  });
});

describe('sshdKeyword', () => {
  test('every other name that sshd reports is a keyword itself', () => {
    for (const name of sshdKeywordNames()) {
      const { reportedAs } = sshdKeyword(name) ?? {};
      if (reportedAs !== undefined) expect(sshdKeyword(reportedAs)?.name).toBe(reportedAs);
    }
  });
});

const SSHD = '/usr/sbin/sshd';

/** What this computer's sshd makes of a configuration: lower-case keyword to values; undefined where it refuses it. */
function readBySshd(file: string, text: string): Map<string, string[]> | undefined {
  writeFileSync(file, text);
  const { status, stdout } = spawnSync(SSHD, ['-T', '-f', file], { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const found = new Map<string, string[]>();
  for (const line of stdout.trimEnd().split('\n')) {
    const [keyword = '', ...rest] = line.split(' ');
    found.set(keyword.toLowerCase(), [...(found.get(keyword.toLowerCase()) ?? []), rest.join(' ')]);
  }
  return found;
}

const describeWithSshd = existsSync(SSHD) ? describe : describe.skip;

describeWithSshd('what sshd itself reads', () => {
  const folder = scratchFolder();
  const key = makeKey(folder.file('hostkey')).file;
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const read = (settings: SshdSettings): Map<string, string[]> | undefined =>
    readBySshd(folder.file('config'), `HostKey ${key}\n${sshdConfigText(settings)}`);

  /** Text that is hard to quote, without what cannot be said. */
  const hard = fc
    .string({
      unit: fc.constantFrom(...Array.from(`ab Z019/._-#='$*?~;&|<>()[]{}@%,ä☂\\`)),
      minLength: 1,
      maxLength: 12,
    })
    .filter((text) => !/\\(?:['\\]|$)/.test(text));

  test('a path of any letters', () => {
    fc.assert(
      fc.property(hard, (text) => {
        expect(read({ Banner: `/x${text}` })?.get('banner')).toEqual([`/x${text}`]);
      }),
      { numRuns: 60 },
    );
  });

  test('words of a list', () => {
    fc.assert(
      fc.property(fc.array(hard, { minLength: 1, maxLength: 4 }), (words) => {
        const values = words.map((word, index) => `V${index}=${word}`);
        expect(read({ SetEnv: values })?.get('setenv')).toEqual(values);
      }),
      { numRuns: 60 },
    );
  });

  test('what cannot be said never becomes another line', () => {
    const any = fc.string({
      unit: fc.constantFrom(...Array.from('a "\'\\#\n\r\t\0=,')),
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(
        any,
        fc.constantFrom('Banner', 'ForceCommand', 'AllowUsers', 'VersionAddendum'),
        (text, name) => {
          let config: string;
          try {
            config = sshdConfigText({ [name]: text });
          } catch (thrown) {
            expect(thrown).toMatchObject({ code: 'render/cannot-encode' });
            return;
          }
          expect(config.trimEnd().split(/\r|\n/)).toHaveLength(1);
        },
      ),
    );
  });

  test.each<[string, SshdSettings, Record<string, string[]>]>([
    ['numbers and switches', { Port: [2222, 22], UseDNS: true }, { port: ['2222', '22'], usedns: ['yes'] }],
    ['a command', { ForceCommand: `sh -c 'echo "a  b" # c'` }, { forcecommand: [`sh -c 'echo "a  b" # c'`] }],
    ['users', { AllowUsers: ['a', 'b@10.0.0.0/8'] }, { allowusers: ['a', 'b@10.0.0.0/8'] }],
    ['an old name', { ChallengeResponseAuthentication: false }, { kbdinteractiveauthentication: ['no'] }],
    ['forwards', { PermitOpen: ['nas:22', '[fd00::1]:22'] }, { permitopen: ['nas:22 [fd00::1]:22'] }],
  ])('%s', (_name, settings, values) => {
    const found = read(settings);
    for (const [keyword, expected] of Object.entries(values)) expect(found?.get(keyword)).toEqual(expected);
  });
});
