import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import {
  sshdConfigs,
  sshdQuestion,
  type SshdAnswer,
  type SshdQuestion,
} from '../../src/probes/sshd-configs.js';
import { parseText, runScript, SHELLS, type HostShell } from './shells.js';

const folder = mkdtempSync(join(tmpdir(), 'sshd-'));
afterAll(() => rmSync(folder, { recursive: true }));
for (const program of ['unshare', 'mount', 'cp', 'ln', 'rm'])
  symlinkSync('/usr/bin/busybox', join(folder, program));
// Where programs are few, sshd is there all the same.
writeFileSync(join(folder, 'sshd'), '#!/bin/sh\nexec /usr/sbin/sshd "$@"\n');
chmodSync(join(folder, 'sshd'), 0o755);

const DROP_IN = '/etc/ssh/sshd_config.d/00-homelab.conf';
const canAsk = existsSync('/usr/sbin/sshd') && existsSync('/etc/ssh/sshd_config') && userInfo().uid === 0;
const describeAsRoot = canAsk ? describe : describe.skip;

describeAsRoot.each(SHELLS)("this computer's sshd, in %s", (_name, { argv, path }) => {
  const shell: HostShell = { argv, path: `${path}:${folder}` };
  const ask = (question: SshdQuestion): SshdAnswer | null | undefined => {
    const key = sshdQuestion(question);
    return sshdConfigs.parse(runScript(shell, sshdConfigs.script([key])), [key])[0];
  };

  test('tells what holds, and what settings come to that stand alone', () => {
    const answer = ask({
      connections: [''],
      alone: 'PermitRootLogin prohibit-password\nLoginGraceTime 2m\n',
      borrowed: ['hostkey', 'port'],
    });
    expect(answer?.canTry).toBe(true);
    expect(answer?.effective[0]?.values?.get('port')).toBeDefined();
    expect(answer?.alone[0]?.values?.get('permitrootlogin')).toEqual(['without-password']);
    expect(answer?.alone[0]?.values?.get('logingracetime')).toEqual(['120']);
    expect(answer?.alone[0]?.values?.get('port')).toEqual(answer?.effective[0]?.values?.get('port'));
  });

  test('tries files that are not there, and leaves none', () => {
    const answer = ask({
      connections: ['', 'user=ann,host=h,addr=192.0.2.1,laddr=192.0.2.2,lport=22'],
      candidates: {
        [DROP_IN]: 'Banner "/a \'b\' %s \\\\ ☂"\nMatch User ann\n  MaxSessions 3\n',
        '/etc/ssh/sshd_config': 'Include /etc/ssh/sshd_config.d/*.conf\nBanner /other\n',
      },
    });
    expect(answer?.effective.map(({ values }) => values?.get('maxsessions'))).toEqual([['10'], ['3']]);
    expect(answer?.effective[0]?.values?.get('banner')?.[0]).toMatch(/^\/a 'b' %s \\+ ☂$/);
    expect(answer?.effective[0]?.lines.filter(({ keyword }) => keyword === 'banner')).toEqual([
      { file: DROP_IN, line: 1, keyword: 'banner', value: expect.stringContaining("'b'") as unknown },
      { file: '/etc/ssh/sshd_config', line: 2, keyword: 'banner', value: '/other' },
    ]);
    expect(existsSync(DROP_IN)).toBe(false);
  });

  test('answers where a socket waits for the first login: /run/sshd is not there then', () => {
    const idle = 'mount -t tmpfs -o mode=0755 tmpfs /run && exec "$@"';
    const key = sshdQuestion({ connections: [''] });
    const onIdle: HostShell = {
      argv: ['unshare', '-m', '/bin/sh', '-c', idle, 'sh', ...argv],
      path: shell.path,
    };
    const answer = sshdConfigs.parse(runScript(onIdle, sshdConfigs.script([key])), [key])[0];
    expect(answer?.effective[0]?.values?.get('port')).toBeDefined();
    expect(answer?.isRead).toBe('none');
  });

  test('says why it refuses', () => {
    const answer = ask({ connections: [''], candidates: { [DROP_IN]: 'Prot 22\n' } });
    expect(answer?.effective[0]?.values).toBeUndefined();
    expect(answer?.effective[0]?.complaint).toContain(`${DROP_IN}: line 1: Bad configuration option: Prot`);
  });
});

describe('sshdConfigs', () => {
  const key = sshdQuestion({ connections: [''] });

  test.each<[string, string, unknown]>([
    ['no sshd', 'none\0', null],
    ['nothing', '', null],
    ['no way to try', 'untried\0', { canTry: false, effective: [], alone: [], isRead: 'none' }],
    [
      'capital letters, as of 10.5',
      'asked\0' +
        '0\0PasswordAuthentication no\n\0debug3: /etc/ssh/sshd_config:7 setting UsePAM yes\r\n\0no\0',
      {
        canTry: true,
        isRead: 'no',
        alone: [],
        effective: [
          {
            values: new Map([['passwordauthentication', ['no']]]),
            complaint: '',
            lines: [{ file: '/etc/ssh/sshd_config', line: 7, keyword: 'usepam', value: 'yes' }],
          },
        ],
      },
    ],
    [
      'a refusal',
      'asked\0' +
        '255\0\0debug1: x\r\n/etc/ssh/sshd_config: line 3: Bad configuration option: Foo\r\n\0none\0',
      {
        canTry: true,
        isRead: 'none',
        alone: [],
        effective: [
          {
            values: undefined,
            complaint: '/etc/ssh/sshd_config: line 3: Bad configuration option: Foo',
            lines: [],
          },
        ],
      },
    ],
  ])('%s', (_name, answer, expected) => expect(parseText(sshdConfigs, answer, [key])).toEqual([expected]));
});
