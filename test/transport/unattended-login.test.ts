import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { afterAll, expect, test } from '@jest/globals';
import { bareHost, type HostConfig } from '../../src/core/host-config.js';
import { unattendedLogins } from '../../src/transport/unattended-login.js';
import { scratchFolder } from './local-shell.js';
import { makeKey } from './private-sshd.js';

const folder = scratchFolder();
makeKey(folder.file('open'));
makeKey(folder.file('locked'), { passphrase: 'correct horse' });
mkdirSync(folder.file('home/.ssh'), { recursive: true });
copyFileSync(folder.file('open'), folder.file('home/.ssh/id_ed25519'));
mkdirSync(folder.file('bare'));
afterAll(() => folder.dispose());

/** What logins to `web` need, and to `gate` before it. */
const ask = (web: Partial<HostConfig>, env: Record<string, string> = {}) => {
  const gate = bareHost('gate', { identity: [folder.file('open')] });
  const host = bareHost('web', web);
  const hosts = new Map([gate, host].map((one) => [one.name, one]));
  const inventory = { hosts, groups: new Map(), files: [] };
  const whole = { PATH: process.env['PATH'], HOME: folder.file('bare'), ...env };
  return unattendedLogins({ inventory, hosts: [host], sshConfigFile: 'none', env: whole });
};

const FOUND = { files: [], locked: [], keyless: [] };

test.each<[string, Partial<HostConfig>, Record<string, string>, object]>([
  ['a named file', { identity: [folder.file('open')] }, {}, { files: [folder.file('open')] }],
  [
    'a file under the home',
    { identity: ['~/open'] },
    { HOME: folder.path },
    { files: [folder.file('open')] },
  ],
  ['the usual file', {}, { HOME: folder.file('home') }, { files: [folder.file('home/.ssh/id_ed25519')] }],
  ['nothing at all', {}, {}, { keyless: ['web'] }],
  ['a file that is not there', { identity: [folder.file('absent')] }, {}, { keyless: ['web'] }],
  ['a public key without an agent', { identity: [folder.file('open.pub')] }, {}, { keyless: ['web'] }],
  ['a host that is this machine', { transport: 'local' }, {}, {}],
  [
    'a locked file',
    { identity: [folder.file('locked')] },
    {},
    { files: [folder.file('locked')], locked: [{ host: 'web', path: folder.file('locked') }] },
  ],
  [
    'a locked file beside an open one',
    { identity: [folder.file('locked'), folder.file('open')] },
    {},
    { files: [folder.file('locked'), folder.file('open')] },
  ],
  [
    'a jump host has its own key',
    { via: ['gate'], identity: [folder.file('absent')] },
    {},
    { files: [folder.file('open')], keyless: ['web'] },
  ],
])('%s', async (_what, web, env, expected) => {
  expect(await ask(web, env)).toEqual({ ...FOUND, ...expected });
  if (web.transport !== 'local')
    expect(await ask({ ...web, transport: 'openssh' }, env)).toEqual({ ...FOUND, ...expected });
});

test('an agent opens what is locked', async () => {
  const socket = folder.file('agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    await once(agent.stdout, 'data');
    const env = { SSH_AUTH_SOCK: socket };
    const web = { identity: [folder.file('locked')] };
    expect((await ask(web, env)).locked).toHaveLength(1);
    execFileSync('ssh-add', ['-q', folder.file('open')], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    expect(await ask(web, env)).toEqual({ ...FOUND, files: [folder.file('locked')] });
  } finally {
    agent.kill();
  }
});
