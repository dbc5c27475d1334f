import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/core/host-config.js';
import { Secret } from '../../src/core/secret.js';
import { RunPassword } from '../../src/transport/run-password.js';
import { makeKey } from './private-sshd.js';
import { startPasswordServer, type PasswordRules, type PasswordServer } from './password-server.js';
import { testProject, type TestProject } from './test-project.js';

const RIGHT = 'correct horse';
const HIDDEN = { prompt: 'Password: ', echo: false };

let project: TestProject;
const servers: PasswordServer[] = [];

beforeAll(() => {
  project = testProject();
  makeKey(project.file('host'));
});
afterEach(() => {
  for (const server of servers.splice(0)) server.stop();
});
afterAll(() => project.dispose());

async function served(
  rules: PasswordRules,
  name = 'pi',
): Promise<{ server: PasswordServer; host: HostConfig }> {
  const server = await startPasswordServer(project.file('host'), RIGHT, rules);
  servers.push(server);
  return { server, host: project.host(name, { port: server.port, hostKeys: [server.publicKey] }) };
}

/** A password that a person types, and how often they were asked. */
function typed(answer: string | undefined): { password: RunPassword; asked: string[] } {
  const asked: string[] = [];
  const askSecret = (question: string): Promise<Secret | undefined> => {
    asked.push(question);
    return Promise.resolve(answer === undefined ? undefined : new Secret(answer));
  };
  return {
    password: new RunPassword({ env: {}, variable: 'X', question: 'password of pi', askSecret }),
    asked,
  };
}

describe('a password logs in, and is sent once', () => {
  test.each<[what: string, rules: PasswordRules, method: string]>([
    ['as a password', { methods: ['publickey', 'password'] }, 'password'],
    [
      'as a password, where it could be an answer too',
      { methods: ['publickey', 'keyboard-interactive', 'password'], rounds: [[HIDDEN]] },
      'password',
    ],
    [
      'as the answer to a question',
      { methods: ['keyboard-interactive'], rounds: [[HIDDEN]] },
      'keyboard-interactive',
    ],
    [
      'as the answer to a question with empty ones around it',
      { methods: ['keyboard-interactive'], rounds: [[], [HIDDEN], []] },
      'keyboard-interactive',
    ],
  ])('%s', async (_what, rules, method) => {
    const { server, host } = await served(rules);
    const { password, asked } = typed(RIGHT);
    const transport = project.transport();
    const shell = await transport.openByPassword(host, password);
    const [result] = await shell.run([{ script: 'echo here' }]);
    expect(result?.stdout.toString()).toBe('here\n');
    expect(shell.login).toEqual({ user: host.user, method, port: server.port });
    expect({ asked, heard: server.heard }).toEqual({ asked: ['password of pi'], heard: [RIGHT] });
  });

  test('and not at all where nobody is asked for one', async () => {
    const { server, host } = await served({ methods: ['none'] });
    const shell = await project.transport().openByPassword(host, typed(RIGHT).password);
    expect({ login: shell.login, heard: server.heard }).toEqual({ login: undefined, heard: [] });
  });
});

describe('is not let in', () => {
  const wrong = `${RIGHT}!`;
  test.each<[what: string, rules: PasswordRules, code: string, heard: string[], said: RegExp]>([
    [
      'with a wrong password',
      { methods: ['publickey', 'password'] },
      'login-password-wrong',
      [wrong],
      /refuses the password of/,
    ],
    [
      'with a wrong one, which is no answer then either',
      { methods: ['password', 'keyboard-interactive'], rounds: [[HIDDEN]] },
      'login-password-wrong',
      [wrong],
      /refuses the password of/,
    ],
    [
      'with a wrong answer',
      { methods: ['keyboard-interactive'], rounds: [[HIDDEN]] },
      'login-password-wrong',
      [wrong],
      /refuses the password of/,
    ],
    [
      'with a wrong answer that is asked for again',
      { methods: ['keyboard-interactive'], rounds: [[HIDDEN], [HIDDEN]] },
      'login-password-wrong',
      [wrong],
      /refuses the password of/,
    ],
    [
      'where keys alone count',
      { methods: ['publickey'] },
      'no-password-login',
      [],
      /lets nobody in by a password: it takes publickey$/,
    ],
    [
      'where the answer would be seen',
      { methods: ['keyboard-interactive'], rounds: [[{ prompt: 'Name:', echo: true }]] },
      'no-password-login',
      [],
      /asks for something else than the password: Name:/,
    ],
    [
      'where two things are asked for at once',
      { methods: ['keyboard-interactive'], rounds: [[HIDDEN, { prompt: 'Code:', echo: false }]] },
      'no-password-login',
      [],
      /asks for something else/,
    ],
    [
      'where a second thing is asked for',
      {
        methods: ['keyboard-interactive'],
        rounds: [[HIDDEN], [{ prompt: 'New\u001b[2J password:', echo: false }]],
      },
      'no-password-login',
      [wrong],
      /asks for something else than the password: New \[2J password:$/,
    ],
    [
      'where a new password has to be set',
      { methods: ['password'], isExpired: true },
      'no-password-login',
      [wrong],
      /asks for something else than the password: Your password has expired/,
    ],
  ])('%s', async (_what, rules, code, heard, said) => {
    const { server, host } = await served(rules);
    const opened = project.transport().openByPassword(host, typed(wrong).password);
    await expect(opened).rejects.toMatchObject({ code: `transport/${code}`, host: 'pi' });
    await expect(opened).rejects.toThrow(said);
    expect(server.heard).toEqual(heard);
  });

  test('without one', async () => {
    const { server, host } = await served({ methods: ['password'] });
    const opened = project.transport().openByPassword(host, typed(undefined).password);
    await expect(opened).rejects.toMatchObject({
      code: 'transport/login-password-needed',
      hint: 'Run on a terminal, or set HOMELAB_LOGIN_PASSWORD.',
    });
    expect(server.heard).toEqual([]);
  });

  test('with another host key: nothing is sent', async () => {
    const { server, host } = await served({ methods: ['password'] });
    const opened = project
      .transport()
      .openByPassword({ ...host, hostKeys: [project.key.line] }, typed(RIGHT).password);
    await expect(opened).rejects.toMatchObject({ code: 'transport/host-key-changed' });
    expect(server.heard).toEqual([]);
  });
});

test('of several hosts that share a password one is asked first, and a wrong one is tried once', async () => {
  const both = [await served({ methods: ['password'] }, 'a'), await served({ methods: ['password'] }, 'b')];
  const attempt = async (answer: string) => {
    const { password, asked } = typed(answer);
    const transport = project.transport();
    const opened = both.map(({ host }) => transport.openByPassword(host, password));
    const codes = (await Promise.allSettled(opened)).map((one) =>
      one.status === 'fulfilled' ? 'in' : (one.reason as { code: string }).code,
    );
    return { codes, asked: asked.length };
  };
  expect(await attempt('wrong')).toEqual({
    codes: ['transport/login-password-wrong', 'transport/login-password-wrong'],
    asked: 1,
  });
  expect(both.map(({ server }) => server.heard)).toEqual([['wrong'], []]);
  expect(await attempt(RIGHT)).toEqual({ codes: ['in', 'in'], asked: 1 });
});

describe('the keys to log in with', () => {
  const lines = async (identity: readonly string[] | undefined, env: Record<string, string> = {}) => {
    const host = project.host('pi', { identity: identity?.map((name) => project.file(name)) });
    const keys = await project.transport({ env: { PATH: process.env['PATH'], ...env } }).operatorKeys(host);
    return keys.map(({ line, from, isNamed }) => [line, from.replace(`${project.home}/`, ''), isNamed]);
  };
  const pub = (name: string) =>
    execFileSync('cat', [project.file(`${name}.pub`)], { encoding: 'utf8' }).trim();

  test('nothing anywhere', async () => {
    expect(await lines(undefined)).toEqual([]);
    expect(await lines([])).toEqual([]);
  });

  test('those named for the host, a locked one without asking', async () => {
    makeKey(project.file('locked'), { passphrase: 'secret' });
    const locked = pub('locked');
    renameSync(project.file('locked.pub'), project.file('elsewhere.pub'));
    expect(await lines(['key', 'locked'])).toEqual([
      [project.key.line, 'key', true],
      [locked.replace(/ test$/, ''), 'locked', true],
    ]);
    expect(project.questions).toEqual([]);
    await expect(lines(['nowhere'])).rejects.toMatchObject({ code: 'transport/no-identity' });
  });

  test('those of the agent, with a comment that is one line', async () => {
    makeKey(project.file('odd'));
    execFileSync('ssh-keygen', ['-q', '-c', '-C', 'me\u202e\t@laptop', '-f', project.file('odd')]);
    const socket = project.file('agent');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(agent.stdout, 'data');
    execFileSync('ssh-add', ['-q', project.file('odd')], { env: { SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
    try {
      const [type, blob] = pub('odd').split(' ');
      expect(await lines(undefined, { SSH_AUTH_SOCK: socket })).toEqual([
        [`${type} ${blob} me @laptop`, 'the agent', false],
      ]);
    } finally {
      agent.kill();
    }
  });

  test('the first of the own ones', async () => {
    mkdirSync(project.file('.ssh'));
    writeFileSync(project.file('.ssh/id_rsa.pub'), 'not a key');
    writeFileSync(project.file('.ssh/id_ed25519_sk.pub'), `${project.key.line}\n`);
    expect(await lines(undefined)).toEqual([[project.key.line, '.ssh/id_ed25519_sk', false]]);
  });
});
