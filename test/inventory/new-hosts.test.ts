import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { HomelabErrors } from '../../src/core/errors.js';
import { addHosts } from '../../src/inventory/add-hosts.js';
import { checkUnchanged, meantHosts, type HostWish, type NewHost } from '../../src/inventory/new-hosts.js';
import { load, makeProject, removeProjects } from './project-folder.js';

afterAll(removeProjects);

const HOSTS = `# mine
defaults: { user: admin }
groups: { dns: {} }
hosts:
  gate: { address: 192.168.1.2 }
  dns1: { address: 10.0.0.1, via: gate, groups: dns }
  fort: { address: 192.168.1.9, port: 2222 }
  fort2: { address: 192.168.1.9, port: [2022, 22] }
  v6: { address: "2001:db8::1" }
`;
const wish = (words: readonly string[], more: Partial<Omit<HostWish, 'words'>> = {}): HostWish => ({
  words,
  names: [],
  ...more,
  said: { user: undefined, port: undefined, via: undefined, ...more.said },
});
const host = (name: string, more: Partial<NewHost> = {}): NewHost => ({
  name,
  address: undefined,
  user: undefined,
  port: undefined,
  via: undefined,
  ...more,
});
const inventory = await load(HOSTS);

describe('hosts that are meant', () => {
  test.each<[what: string, wish: HostWish, patterns: string[], fresh: NewHost[]]>([
    ['a host', wish(['dns1']), ['dns1'], []],
    ['a group, a glob and an exclusion', wish(['dns,v*', '!v6']), ['dns', 'v*', '!v6'], []],
    ['all', wish(['all']), ['all'], []],
    ['the address of a host', wish(['192.168.1.2']), ['gate'], []],
    ['the address of a host in another form', wish(['2001:DB8:0::1'], { names: ['v6'] }), ['v6'], []],
    [
      'one of two at an address, by its port',
      wish(['192.168.1.9'], { said: { ...wish([]).said, port: 22 } }),
      ['fort2'],
      [],
    ],
    [
      'a new address',
      wish(['192.168.1.50'], { names: ['pi3'] }),
      [],
      [host('pi3', { address: '192.168.1.50' })],
    ],
    ['a new name', wish(['pi.lan']), [], [host('pi.lan')]],
    [
      'a new name with another one',
      wish(['pi.lan'], { names: ['pi'] }),
      [],
      [host('pi', { address: 'pi.lan' })],
    ],
    [
      'several with what is said of all',
      wish(['dns1', '10.0.0.8', '10.0.0.9'], {
        names: ['a', 'b'],
        said: { user: 'pi', port: 2200, via: ['gate'] },
      }),
      ['dns1'],
      [
        host('a', { address: '10.0.0.8', user: 'pi', port: 2200, via: ['gate'] }),
        host('b', { address: '10.0.0.9', user: 'pi', port: 2200, via: ['gate'] }),
      ],
    ],
  ])('%s', (_what, given, patterns, fresh) => {
    expect(meantHosts(inventory, given)).toEqual({ patterns, fresh });
  });
});

describe('what is refused', () => {
  const said = (more: Partial<HostWish['said']>) => ({ said: { ...wish([]).said, ...more } });
  test.each<[wish: HostWish, code: string, message: string, hint: string]>([
    [wish(['192.168.1.50']), 'name', 'the new host 192.168.1.50 has no name', 'Give it one: --name pi3'],
    [
      wish(['dns_1 ']),
      'address',
      '"dns_1 " is no host of the inventory, and no address',
      'Did you mean dns1',
    ],
    [wish(['pi@10.0.0.5']), 'address', 'the account belongs under `user`', '--user'],
    [wish(['10.0.0.5:2222']), 'address', 'the port belongs under `port`', '--port'],
    [wish(['-oProxyCommand=x']), 'address', 'must not begin with a dash', 'Give a name'],
    [
      wish(['192.168.1.9']),
      'address',
      '192.168.1.9 is the address of several hosts: fort, fort2',
      'Name the one',
    ],
    [wish(['10.0.0.5'], { names: ['../etc'] }), 'name', '--name: "../etc" is not a name', 'letters'],
    [wish(['10.0.0.5'], { names: ['all'] }), 'name', 'the name "all" is taken', 'another name'],
    [
      wish(['10.0.0.5'], { names: ['dns1'] }),
      'name',
      'the inventory has a host "dns1" already',
      'another name',
    ],
    [
      wish(['10.0.0.5'], { names: ['dns'] }),
      'name',
      'the inventory has a group "dns" already',
      'another name',
    ],
    [
      wish(['10.0.0.5', '10.0.0.6'], { names: ['a', 'a'] }),
      'name',
      'two hosts are to be called "a"',
      'of its own',
    ],
    [
      wish(['10.0.0.5', '10.0.0.5'], { names: ['a', 'b'] }),
      'address',
      '10.0.0.5 is named twice',
      'each host once',
    ],
    [
      wish(['fd00::5', 'FD00:0::5'], { names: ['a', 'b'] }),
      'address',
      'FD00:0::5 is named twice',
      'each host once',
    ],
    [wish(['']), 'address', 'a host is named by an empty word', 'Give a name'],
    [wish(['dns1', ' ']), 'address', 'a host is named by an empty word', 'Give a name'],
    [wish(['dns1'], { names: ['pi'] }), 'name', '--name pi is one name too many', 'by its address'],
    [
      wish(['192.168.1.2'], { names: ['pi'] }),
      'already-there',
      '192.168.1.2 is in the inventory already, as "gate" and not "pi"',
      'Leave out --name',
    ],
    [wish(['x.lan'], said({ user: 'a b' })), 'user', '--user: is no account name', 'account'],
    [wish(['x.lan'], said({ via: ['gaet'] })), 'unknown-host', '--via gaet is no host', 'Did you mean gate?'],
  ])('%j', (given, code, message, hint) => {
    expect(() => meantHosts(inventory, given)).toThrow(
      expect.objectContaining({
        code: `usage/${code}`,
        message: expect.stringContaining(message) as unknown as string,
        hint: expect.stringContaining(hint) as unknown as string,
      }),
    );
  });

  test.each<[name: string, said: Partial<HostWish['said']>, message: string | undefined]>([
    ['gate', { user: 'admin', port: 22 }, undefined],
    ['fort2', { port: 22 }, undefined],
    ['dns1', { via: ['gate'] }, undefined],
    ['gate', { user: 'pi' }, '"gate" is in the inventory already, with user admin and not pi'],
    ['fort', { port: 22 }, '"fort" is in the inventory already, with port 2222 and not 22'],
    ['gate', { via: ['dns1'] }, '"gate" is in the inventory already, with via unsaid and not dns1'],
  ])('of %s that is there: %j', (name, given, message) => {
    const hosts = [...inventory.hosts.values()].filter((one) => one.name === name);
    const check = () => checkUnchanged(hosts, { ...wish([]).said, ...given });
    if (message === undefined) expect(check).not.toThrow();
    else expect(check).toThrow(message);
  });
});

describe('hosts are added', () => {
  const PI = host('pi3', { address: '192.168.1.50', user: 'pi', via: ['gate'] });

  test('to the file, which is not written, and the inventory knows them', async () => {
    const projectDir = makeProject({
      'inventory/hosts.yml': HOSTS,
      'inventory/more.yml': 'hosts: { nas: }\n',
    });
    const added = await addHosts({ projectDir }, [PI, host('pi.lan', { port: 2222 })]);
    const lines = '  pi3: { address: 192.168.1.50, user: pi, via: gate }\n  pi.lan: { port: 2222 }\n';
    expect(added).toMatchObject({ shown: 'inventory/hosts.yml', before: HOSTS, after: HOSTS + lines });
    expect([...added.inventory.hosts.keys()].slice(-3)).toEqual(['pi3', 'pi.lan', 'nas']);
    expect(added.inventory.hosts.get('pi3')).toMatchObject({ user: 'pi', via: ['gate'], become: 'sudo' });
    expect(added.inventory.hosts.get('pi.lan')).toMatchObject({ user: 'admin', port: 2222 });
    expect(readFileSync(added.file, 'utf8')).toBe(HOSTS);
  });

  test('to a file that is not there, and to the one that was named', async () => {
    const projectDir = makeProject({ 'inventory/a.yml': HOSTS, 'other/b.yml': 'hosts: { gate: }\n' });
    const added = await addHosts({ projectDir }, [PI]);
    expect(added).toMatchObject({ shown: 'inventory/hosts.yml', before: '' });
    expect(added.inventory.hosts.has('dns1')).toBe(true);
    const named = await addHosts({ projectDir, inventoryFile: join(projectDir, 'other/b.yml') }, [PI]);
    expect(named.shown).toBe('other/b.yml');
    expect([...named.inventory.hosts.keys()]).toEqual(['gate', 'pi3']);
  });

  test('not where the inventory would have mistakes with them', async () => {
    const projectDir = makeProject({ 'inventory/hosts.yml': HOSTS });
    const adding = addHosts({ projectDir }, [host('twin', { address: '10.0.0.1' })]);
    await expect(adding).rejects.toBeInstanceOf(HomelabErrors);
    await expect(adding).rejects.toMatchObject({ code: 'inventory/duplicate-address' });
  });

  test('not to what a program prints', async () => {
    const projectDir = makeProject({ 'inventory/hosts.sh': '#!/bin/sh\necho "{}"\n' });
    const inventoryFile = join(projectDir, 'inventory/hosts.sh');
    chmodSync(inventoryFile, 0o755);
    await expect(addHosts({ projectDir, inventoryFile }, [PI])).rejects.toMatchObject({
      code: 'inventory/dynamic-source',
    });
  });
});
