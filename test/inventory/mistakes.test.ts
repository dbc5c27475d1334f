import { afterAll, describe, expect, test } from '@jest/globals';
import { errorsOf, load, mistakes, removeProjects } from './project-folder.js';
import { HOSTILE_WORDS } from '../hostile-words.js';

afterAll(removeProjects);

describe('names of hosts and groups', () => {
  test.each<[string, string, string[]]>([
    ['all', 'hosts: { all: }', ['1:10 name the name "all" is taken: it means every host']],
    ['a dash in front', 'hosts: { -oProxyCommand=x: }', ['1:10 name "-oProxyCommand=x" is not a name']],
    ['a path', 'groups: { ../../etc: }', ['1:11 name "../../etc" is not a name']],
    ['a dot in front', 'hosts: { .ssh: }', ['1:10 name ".ssh" is not a name']],
    [
      'a host like a group',
      'groups: { dns: }\nhosts: { dns: }',
      ['2:10 name "dns" is both a host and a group'],
    ],
    ['inherited names are names', 'hosts: { constructor: , toString: }', []],
    [
      'a name from a prototype is not known',
      'hosts: { a: { via: constructor } }',
      ['1:20 unknown-host "a" names a jump host "constructor" that the inventory does not have'],
    ],
  ])('%s', async (_name, text, expected) => {
    expect(await mistakes(text)).toEqual(expected);
  });
});

describe('keys and values', () => {
  test.each<[string, string, string[]]>([
    ['an unknown key of a host', 'hosts:\n  a: { adress: x }', ['2:8 schema unknown key "adress"']],
    ['an unknown key of a group', 'groups: { g: { quorums: x } }', ['1:16 schema unknown key "quorums"']],
    ['an unknown key of the defaults', 'defaults: { usr: x }', ['1:13 schema unknown key "usr"']],
    ['an unknown section', 'host: {}', ['1:1 schema unknown key "host"']],
    ['a file that is a list', '- a', ['1:1 schema expected a mapping, not a list']],
    ['hosts as a list', 'hosts: [a]', ['1:8 schema hosts: expected a mapping, not a list']],
    ['a host that is text', 'hosts: { a: 10.0.0.1 }', ['1:13 schema expected a mapping, not text']],
    [
      'two wrong values of one host',
      'hosts: { a: { port: 0, optional: maybe } }',
      ['1:21 schema port: must be at least 1', '1:34 schema optional: expected true or false, not text'],
    ],
    [
      'one mistake hides no other',
      'defaults: { port: x }\nhosts: { a: { prot: 1 }, b: { groups: [g] } }',
      [
        '1:19 schema port: expected a number or a list, not text',
        '2:15 schema unknown key "prot"',
        '2:40 unknown-group "b" names a group "g" that the inventory does not have',
      ],
    ],
    ['no port at all', 'hosts: { a: { port: [] } }', ['1:21 schema port: must be at least 1 item']],
    ['a port twice', 'hosts: { a: { port: [22, 2222, 22] } }', ['1:32 schema port[2]: is there twice']],
    [
      'a port of a list',
      'hosts: { a: { port: [22, 65536] } }',
      ['1:26 schema port[1]: must be at most 65535'],
    ],
    [
      'a transport that there is not',
      'hosts: { a: { transport: telnet } }',
      ['1:26 schema transport: expected ssh2, openssh or local, not "telnet"'],
    ],
    [
      'a way to become root still to come',
      'hosts: { a: { become: doas } }',
      ['1:23 schema become: expected sudo or none, not "doas"'],
    ],
    [
      'a share that is none',
      'groups: { g: { max_unavailable: 101% } }',
      ['1:33 schema max_unavailable: a number, or a percentage such as 25%'],
    ],
    ['health as text', 'hosts: { a: { health: ok } }', ['1:23 schema health: expected a mapping, not text']],
  ])('%s', async (_name, text, expected) => {
    expect(await mistakes(text)).toEqual(expected);
  });

  test.each<[string, string, string]>([
    ['a key', 'hosts: { a: { adress: x } }', 'Did you mean address?'],
    ['a word', 'hosts: { a: { transport: loca } }', 'Did you mean local?'],
    ['a group', 'groups: { storage: }\nhosts: { a: { groups: [storag] } }', 'Did you mean storage?'],
    ['a jump host', 'hosts: { gate: , a: { via: gaet } }', 'Did you mean gate?'],
    ['a variable', 'vars: { cache-size: 1 }', 'Write cache_size.'],
    [
      'a name given twice',
      'groups: { dns: }\nhosts: { dns: }',
      'The other one is at inventory/hosts.yml:1:11.',
    ],
  ])('hint for %s', async (_name, text, hint) => {
    expect((await errorsOf(text))[0]?.hint).toBe(hint);
  });

  test.each<[string, string]>([
    ['port 0', 'port: 0'],
    ['port 65536', 'port: 65536'],
    ['a port as text', 'port: "22 "'],
    ['a port in sixties', 'port: 22:22'],
    ['a port that is infinite', 'port: .inf'],
    ['a port that is no number', 'port: .nan'],
    ['a fraction of a port', 'port: 22.5'],
    ['an octal port', 'port: 022'],
    ['nothing for a port', 'port: ~'],
    ['an empty group', 'groups: [""]'],
    ['a number for a group', 'groups: [1]'],
    ['an empty list of keys is no key', 'host_key: [""]'],
  ])('%s is refused', async (_name, setting) => {
    expect(await errorsOf(`hosts:\n  a:\n    ${setting}\ngroups: {}`)).not.toEqual([]);
  });

  test('Norway, octal and exponent mean what YAML 1.2 says', async () => {
    const { hosts } = await load('vars: { country: no, mode: 0o644, n: 1e3 }\nhosts: { a: { port: 0o26 } }');
    expect(hosts.get('a')?.port).toBe(22);
    expect([...(hosts.get('a')?.vars.values() ?? [])].map(({ value }) => value)).toEqual(['no', 420, 1000]);
  });
});

const quoted = (text: string) =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

describe('hostile texts', () => {
  const corpus: readonly string[] = [
    ...HOSTILE_WORDS,
    '--',
    '-',
    'a\0b',
    'a\u200bb',
    'a b',
    ' a',
    '/etc/passwd',
    'a/',
    'x'.repeat(65_536),
    'a\u001b[31m',
  ];
  test.each(corpus.map((text) => [JSON.stringify(text.slice(0, 30)), text]))(
    '%s is no address',
    async (_n, text) => {
      expect(await errorsOf(`hosts: { a: { address: ${quoted(text)} } }`)).not.toEqual([]);
    },
  );

  test.each(corpus.map((text) => [JSON.stringify(text.slice(0, 30)), text]))(
    '%s is no account',
    async (_n, text) => {
      expect(await errorsOf(`hosts: { a: { user: ${quoted(text)} } }`)).not.toEqual([]);
    },
  );

  test.each(corpus.map((text) => [JSON.stringify(text.slice(0, 30)), text]))(
    '%s is no host',
    async (_n, text) => {
      expect(await errorsOf(`hosts: { ${quoted(text)}: {} }`)).not.toEqual([]);
    },
  );

  test.each(corpus.map((text) => [JSON.stringify(text.slice(0, 30)), text]))(
    '%s is no variable',
    async (_n, text) => {
      expect(await errorsOf(`vars: { ${quoted(text)}: 1 }`)).not.toEqual([]);
    },
  );

  test.each(corpus.map((text) => [JSON.stringify(text.slice(0, 30)), text]))(
    '%s is a value',
    async (_n, text) => {
      const { hosts } = await load(`vars: { x: ${quoted(text)} }\nhosts: { a: }`);
      expect(hosts.get('a')?.vars.get('x')?.value).toBe(text);
    },
  );

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a-b', '1a', 'a.b'])(
    'a variable cannot be called %s',
    async (name) => {
      expect(await errorsOf(`vars: { ${name}: 1 }`)).toHaveLength(1);
    },
  );
});

describe('groups and hosts that do not exist', () => {
  test.each<[string, string, string[]]>([
    [
      'groups',
      'hosts: { a: { groups: [x, y] } }',
      [
        '1:24 unknown-group "a" names a group "x" that the inventory does not have',
        '1:27 unknown-group "a" names a group "y" that the inventory does not have',
      ],
    ],
    [
      'a default jump host',
      'defaults: { via: gate }\nhosts: { a: }',
      ['1:18 unknown-host the default `via` names a jump host "gate" that the inventory does not have'],
    ],
    [
      'runs_on',
      'hosts: { a: { runs_on: pve } }',
      ['1:24 unknown-host "a" names a host "pve" that the inventory does not have'],
    ],
    [
      'depends_on',
      'hosts: { a: { depends_on: [b] } }',
      ['1:28 unknown-host "a" names a host or group "b" that the inventory does not have'],
    ],
    ['itself below itself', 'hosts: { a: { runs_on: a } }', ['1:24 circle `runs_on` goes round: a → a']],
    [
      'a circle of dependencies',
      'hosts: { a: { depends_on: b }, b: { depends_on: [a] } }',
      ['1:27 circle `depends_on` goes round: a → b → a'],
    ],
  ])('%s', async (_name, text, expected) => {
    expect(await mistakes(text)).toEqual(expected);
  });
});

describe('two names for one machine', () => {
  test.each<[string, string, string, boolean]>([
    ['the same address', 'address: 10.0.0.1', 'address: 10.0.0.1', true],
    ['port 22 said and unsaid', 'address: 10.0.0.1', 'address: 10.0.0.1, port: 22', true],
    ['another port', 'address: 10.0.0.1', 'address: 10.0.0.1, port: 23', false],
    ['one port of several', 'address: 10.0.0.1, port: [2222, 22]', 'address: 10.0.0.1', true],
    ['several other ports', 'address: 10.0.0.1, port: [2222, 2022]', 'address: 10.0.0.1', false],
    ['capital letters', 'address: nas.lan', 'address: NAS.lan', true],
    ['a dot at the end', 'address: nas.lan', 'address: nas.lan.', true],
    ['two forms of an IPv6 address', 'address: "2001:db8::1"', 'address: "2001:DB8:0:0::1"', true],
    ['two zones', 'address: "fe80::1%eth0"', 'address: "fe80::1%eth1"', false],
    ['local', 'address: 127.0.0.1, transport: local', 'address: 127.0.0.1, transport: local', false],
  ])('%s', async (_name, one, other, isMistake) => {
    const found = await mistakes(`hosts:\n  a: { ${one} }\n  b: { ${other} }`);
    expect(found.map((line) => line.split(' ', 2)[1])).toEqual(isMistake ? ['duplicate-address'] : []);
  });

  test('both are named', async () => {
    const [error] = await errorsOf('hosts:\n  a: { address: x.lan }\n  b: { address: x.lan }');
    expect(error).toMatchObject({
      message: '"b" has the same address and port as "a": x.lan, port 22',
      hint: 'The other one is at inventory/hosts.yml:2:17.',
      source: { line: 3, column: 17 },
    });
  });
});

test('a private key is refused and not repeated', async () => {
  const key = '-----BEGIN OPENSSH PRIVATE KEY-----\\nc2VjcmV0\\n-----END OPENSSH PRIVATE KEY-----';
  const errors = await errorsOf(`hosts: { a: { host_key: "${key}", identity: "${key}" } }`);
  expect(errors.map(({ message }) => message)).toEqual([
    'host_key: this is a private key; the public one is wanted (its .pub file)',
    'identity: takes the name of a file; a private key does not belong here',
  ]);
  expect(JSON.stringify(errors.map(({ message, hint }) => [message, hint]))).not.toContain('c2VjcmV0');
});
