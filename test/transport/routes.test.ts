import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HostConfig } from '../../src/core/host-config.js';
import { parseJump, Routes } from '../../src/transport/routes.js';
import { expandHome, SshConfig } from '../../src/transport/ssh-config.js';
import { testProject, type TestProject } from './test-project.js';

let project: TestProject;
beforeAll(() => {
  project = testProject();
});
afterAll(() => project.dispose());

const PATH = process.env['PATH'];
/** Routes over the hosts given, with `text` as the user's configuration. */
function routesWith(text: string | undefined, hosts: readonly HostConfig[] = []): Routes {
  const file = project.file('config');
  if (text !== undefined) writeFileSync(file, text);
  const inventory = { hosts: new Map(hosts.map((host) => [host.name, host])), groups: new Map(), files: [] };
  const config = new SshConfig({
    file: text === undefined ? 'none' : file,
    home: project.home,
    env: { PATH },
  });
  return new Routes({ inventory, config, user: 'me' });
}
const open = { address: undefined, user: undefined, identity: undefined };

describe('what the inventory leaves out comes from ssh_config', () => {
  test('nothing said anywhere', async () => {
    expect(await routesWith(undefined).resolve(project.host('nas', open))).toMatchObject({
      address: 'nas',
      port: 22,
      user: 'me',
      identities: undefined,
      via: [],
      knownAs: 'nas',
      key: 'nas me@nas:22',
    });
  });

  const CONFIG = `
    Host nas
      HostName 10.0.0.9
      Port 2222
      User admin
      IdentityFile ~/.ssh/nas
      IdentitiesOnly yes
      IdentityAgent none
      UserKnownHostsFile /srv/known
    Host aliased
      HostName 10.0.0.10
      Port 2223
      HostKeyAlias real
  `;
  test('everything', async () => {
    expect(await routesWith(CONFIG).resolve(project.host('nas', open))).toMatchObject({
      address: '10.0.0.9',
      port: 2222,
      user: 'admin',
      identities: ['~/.ssh/nas'],
      isIdentitiesOnly: true,
      isIdentityFromInventory: false,
      agent: 'none',
      knownAs: '[10.0.0.9]:2222',
      via: [],
      files: ['/srv/known', '/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
    });
  });
  test('the inventory wins', async () => {
    const host = project.host('nas', { address: '10.1.1.1', port: 22, user: 'root', identity: ['~/mine'] });
    expect(await routesWith(CONFIG).resolve(host)).toMatchObject({
      address: '10.1.1.1',
      port: 22,
      user: 'root',
      identities: ['~/mine'],
      isIdentityFromInventory: true,
      knownAs: '10.1.1.1',
    });
  });
  test('an alias names the key', async () => {
    expect(await routesWith(CONFIG).resolve(project.host('aliased', open))).toMatchObject({
      address: '10.0.0.10',
      knownAs: 'real',
    });
  });
});

const names = async (routes: Routes, host: HostConfig): Promise<string[]> =>
  (await routes.resolve(host)).via.map((jump) => jump.key.replaceAll(/[^>]* /g, ''));

describe('the way', () => {
  test('as the inventory gives it, whole', async () => {
    const hosts = [
      project.host('gate', { address: '1.1.1.1', user: 'a' }),
      project.host('mid', { address: '2.2.2.2', user: 'b', via: ['gate'] }),
    ];
    const host = project.host('dns1', { via: ['gate', 'mid'] });
    expect(await names(routesWith(undefined, hosts), host)).toEqual([
      'a@1.1.1.1:22',
      'a@1.1.1.1:22>b@2.2.2.2:22',
    ]);
  });

  test.each([
    [
      'a host of the inventory, with its own way',
      'ProxyJump mid',
      ['a@1.1.1.1:22', 'a@1.1.1.1:22>b@2.2.2.2:22'],
    ],
    ['several', 'ProxyJump gate,x@3.3.3.3:23', ['a@1.1.1.1:22', 'a@1.1.1.1:22>x@3.3.3.3:23']],
    ['another user and port for a host of the inventory', 'ProxyJump z@gate:24', ['z@1.1.1.1:24']],
    ['a name of ssh_config', 'ProxyJump bastion', ['bob@9.9.9.9:22']],
    ['none', 'ProxyJump none', []],
  ])('by ProxyJump: %s', async (_name, line, expected) => {
    const hosts = [
      project.host('gate', { address: '1.1.1.1', user: 'a' }),
      project.host('mid', { address: '2.2.2.2', user: 'b', via: ['gate'] }),
    ];
    const config = `Host dns1\n  ${line}\nHost bastion\n  HostName 9.9.9.9\n  User bob\n`;
    expect(await names(routesWith(config, hosts), project.host('dns1'))).toEqual(expected);
    expect(await names(routesWith(config, hosts), project.host('dns1', { via: [] }))).toEqual([]);
  });

  test.each([
    ['a circle', 'Host a\n ProxyJump b\nHost b\n ProxyJump a\n', {}, 'transport/jump-cycle'],
    ['a ProxyCommand', 'Host a\n ProxyCommand nc %h %p\n', {}, 'transport/proxy-command'],
    ['a jump host nobody knows', '', { via: ['gaet'] }, 'transport/unknown-jump'],
    ['a host_key that is none', '', { hostKeys: ['ssh-ed25519 nonsense'] }, 'transport/bad-host-key'],
    ['a configuration ssh cannot read', 'Nonsense yes\n', {}, 'transport/bad-ssh-config'],
  ])('%s is an error', async (_name, config, settings, code) => {
    const routes = routesWith(config, [project.host('gate')]);
    await expect(routes.resolve(project.host('a', settings))).rejects.toMatchObject({ code });
  });
});

/** Stands in for ssh: leaves a mark when it is started. */
function fakeSsh(): { env: Record<string, string>; wasStarted: () => boolean } {
  mkdirSync(project.file('bin'), { recursive: true });
  writeFileSync(project.file('bin/ssh'), `#!/bin/sh\ntouch ${project.file('started')}\n`);
  chmodSync(project.file('bin/ssh'), 0o755);
  return { env: { PATH: project.file('bin') }, wasStarted: () => existsSync(project.file('started')) };
}

describe('ssh is asked only where there is something to ask', () => {
  test.each([
    ['no file', 'none', 'nas'],
    ['no file of the user', undefined, 'nas'],
    ['a name that ssh would take for an option', 'given', '-oProxyCommand=touch /tmp/x'],
  ])('%s', async (_name, file, name) => {
    const { env, wasStarted } = fakeSsh();
    writeFileSync(project.file('given'), '');
    const config = new SshConfig({
      file: file === 'given' ? project.file('given') : file,
      home: project.home,
      env,
    });
    expect(await config.lookUp(name)).toMatchObject({ address: undefined, port: undefined, jumps: [] });
    expect(wasStarted()).toBe(false);
  });

  test('without ssh installed there are the defaults only', async () => {
    writeFileSync(project.file('given'), 'Host nas\n Port 2222\n');
    const config = new SshConfig({
      file: project.file('given'),
      home: project.home,
      env: { PATH: project.file('empty') },
    });
    expect(await config.lookUp('nas')).toMatchObject({ port: undefined });
  });

  test('a named file that is not there is an error at once', () => {
    return expect(
      Promise.resolve().then(() => new SshConfig({ file: '/nonexistent', home: '/', env: {} })),
    ).rejects.toMatchObject({ code: 'transport/no-ssh-config' });
  });
});

test.each([
  ['gate', { name: 'gate', user: undefined, port: undefined }],
  ['a@gate:23', { name: 'gate', user: 'a', port: 23 }],
  ['a@b@gate', { name: 'gate', user: 'a@b', port: undefined }],
  ['ssh://a@gate:23', { name: 'gate', user: 'a', port: 23 }],
  ['[fe80::1]:23', { name: 'fe80::1', user: undefined, port: 23 }],
  ['fe80::1', { name: 'fe80::1', user: undefined, port: undefined }],
])('the jump %s', (written, expected) => {
  expect(parseJump(written)).toEqual(expected);
});

test.each([
  ['~', '/h'],
  ['~/x', '/h/x'],
  ['~bob/x', '~bob/x'],
  ['/a/~', '/a/~'],
])('%s is %s', (path, expected) => {
  expect(expandHome(path, '/h')).toBe(expected);
});
