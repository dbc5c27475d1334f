import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { loginAccount } from '../../src/probes/login-account.js';

const answer = (stdout: string) => loginAccount.parse({ stdout, stderr: '', code: 0 }, ['']);

describe('who logged in', () => {
  test.each([['dash'], ['bash --norc --posix'], ['busybox sh']])('%s reads it on this machine', (shell) => {
    const [program = '', ...words] = shell.split(' ');
    const { username, homedir } = userInfo();
    const { stdout } = spawnSync(program, [...words, '-c', loginAccount.script([''])], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], SUDO_USER: username },
    });
    const [account] = answer(stdout);
    expect(account).toMatchObject({ user: username, home: homedir, isRoot: process.getuid?.() === 0 });
    expect(account?.groups.length).toBeGreaterThan(0);
  });

  test.each([
    [
      'root by sudo',
      '0\nada\n/srv/ada/\nada wheel\n',
      { user: 'ada', isRoot: true, home: '/srv/ada', groups: ['ada', 'wheel'] },
    ],
    ['a host that tells nothing', '', { user: '', isRoot: false, home: '', groups: [] }],
    ['no name of a user', '0\n-rf x\n/x\nx\n', { user: '', isRoot: true, home: '', groups: [] }],
    ['a home that leads up', '0\nada\n/srv/../etc\n', { user: 'ada', isRoot: true, home: '', groups: [] }],
    ['no home', '0\nada\n\nada\n', { user: 'ada', isRoot: true, home: '', groups: ['ada'] }],
  ])('%s', (_name, stdout, account) => {
    expect(answer(stdout)).toEqual([account]);
  });
});
