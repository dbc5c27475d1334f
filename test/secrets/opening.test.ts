import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HomelabErrors } from '../../src/core/errors.js';
import { redact } from '../../src/core/redaction.js';
import { Secret } from '../../src/core/secret.js';
import { encrypt } from '../../src/secrets/age-library.js';
import type { SecretOpener } from '../../src/secrets/secret-opener.js';
import { load, makeProject, removeProjects, type ProjectFiles } from '../inventory/project-folder.js';
import { compileFor, mistakes, paramsFor, told } from '../playbook/playbook-project.js';
import { openerOf, testKeys, type TestKeys } from './age-project.js';

let keys: TestKeys;
let others: TestKeys;
beforeAll(async () => {
  keys = await testKeys();
  others = await testKeys();
});
afterAll(removeProjects);

/** A value of YAML with every secret in it as `secret(…)`. */
function opened(value: unknown): unknown {
  if (value instanceof Secret) return `secret(${value.reveal()})`;
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, opened(inner)]));
}

const HOSTS = 'groups: { dns: {} }\nhosts: { dns1: { address: 10.0.0.1, groups: [dns] } }\n';

async function varsOf(files: ProjectFiles, secrets: SecretOpener | 'sealed' = keys.opener): Promise<unknown> {
  const { hosts } = await load({ 'inventory/hosts.yml': HOSTS, ...files }, { secrets });
  const vars = [...(hosts.get('dns1')?.vars ?? [])].map(([name, { value }]) => [name, opened(value)]);
  return Object.fromEntries(vars);
}

const SEALED_PLACE = 'this is encrypted, and there is no identity to open it with';

describe('variables', () => {
  test('encrypted values of every layer', async () => {
    const inline = `vars:\n  all: ${await keys.sealValue('of all', 4)}${HOSTS}`;
    const files = {
      'inventory/hosts.yml': inline,
      'inventory/group_vars/dns.yml': `nested:\n  list:\n    - ${await keys.sealValue('of group', 6)}    - plain\n`,
      'inventory/host_vars/dns1.yml': `own: ${await keys.sealValue('two\nlines\n')}`,
    };
    expect(await varsOf(files)).toEqual({
      all: 'secret(of all)',
      nested: { list: ['secret(of group)', 'plain'] },
      own: 'secret(two\nlines\n)',
    });
  });

  test.each<['armored' | 'binary']>([['armored'], ['binary']])('a whole file, %s', async (form) => {
    const plain =
      'password: hunter22\nport: 5432\non: true\nnone: null\nnested: { list: [a, 1, false] }\ntext: "{{x}}"\n';
    const bytes = await encrypt(Buffer.from(plain), [keys.recipient], form);
    const folder = makeProject({ 'inventory/hosts.yml': HOSTS });
    const { mkdirSync, writeFileSync } = await import('node:fs');
    mkdirSync(`${folder}/inventory/group_vars`);
    writeFileSync(`${folder}/inventory/group_vars/dns.yml`, bytes);
    const { hosts } = await load({}, { projectDir: folder, secrets: keys.opener });
    const { vars } = hosts.get('dns1') ?? {};
    expect(Object.fromEntries([...(vars ?? [])].map(([name, { value }]) => [name, opened(value)]))).toEqual({
      password: 'secret(hunter22)',
      port: 'secret(5432)',
      on: true,
      none: null,
      nested: { list: ['secret(a)', 'secret(1)', false] },
      text: 'secret({{x}})',
    });
    expect(vars?.get('port')?.source).toEqual({ file: 'inventory/group_vars/dns.yml', line: 2, column: 1 });
  });

  test('each is masked from then on', async () => {
    await varsOf({ 'inventory/host_vars/dns1.yml': `a: ${await keys.sealValue('canary-of-a-test')}` });
    expect(redact('x canary-of-a-test y')).toBe('x *** y');
  });

  test('nobody who reads no variables needs a key', async () => {
    const files = {
      'inventory/host_vars/dns1.yml': `a: ${await keys.sealValue('x')}b: 1\n`,
      'inventory/group_vars/dns.yml': await keys.seal('c: 1\n'),
    };
    const vars = (await varsOf(files, 'sealed')) as Record<string, unknown>;
    expect(Object.keys(vars)).toEqual(['a', 'b']);
    expect(JSON.stringify(vars)).toBe('{"a":"***","b":1}');
  });

  const failing = async (files: ProjectFiles, secrets?: SecretOpener): Promise<string[]> => {
    const lines = await told(() => load({ 'inventory/hosts.yml': HOSTS, ...files }, { secrets }));
    return lines.map((line) => line.replace(/ \|.*/, ''));
  };

  test('every value that cannot be opened is an error at its place', async () => {
    const files = {
      'inventory/host_vars/dns1.yml': `a: ${await keys.sealValue('x')}b: [1, 2]\nc: ${await keys.sealValue('y')}`,
      'inventory/group_vars/dns.yml': await keys.seal('c: 1\n'),
    };
    const line = (await keys.sealValue('x')).split('\n').length + 1;
    const places = [
      'inventory/group_vars/dns.yml:1:1',
      'inventory/host_vars/dns1.yml:1:12',
      `inventory/host_vars/dns1.yml:${line}:12`,
    ];
    expect(await failing(files)).toEqual(places.map((at) => `${at} secret/no-identity: ${SEALED_PLACE}`));
    expect(await failing(files, others.opener)).toEqual(
      places.map(
        (at) => `${at} secret/wrong-identity: this is encrypted for others: none of your identities opens it`,
      ),
    );
  });

  test('who cannot read is told what to ask for', async () => {
    const files = { 'inventory/host_vars/dns1.yml': `a: ${await keys.sealValue('x')}` };
    const thrown = await load({ 'inventory/hosts.yml': HOSTS, ...files }, { secrets: others.opener }).catch(
      (error: unknown) => error,
    );
    expect((thrown as HomelabErrors).errors[0]?.hint).toContain(others.recipient);
    expect((thrown as HomelabErrors).errors[0]?.hint).toContain('homelab secret rekey');
  });

  test('what is wrong with the identities is told once', async () => {
    const files = {
      'inventory/host_vars/dns1.yml': `a: ${await keys.sealValue('x')}b: ${await keys.sealValue('y')}`,
      'inventory/group_vars/dns.yml': await keys.seal('c: 1\n'),
    };
    const opener = openerOf('no key at all');
    expect(await failing(files, opener)).toEqual([
      'nowhere secret/bad-identity: HOMELAB_AGE_IDENTITY is no age identity (line 1)',
    ]);
  });

  test('a damaged one is told from one for others', async () => {
    const sealed = (await keys.sealValue('x')).split('\n');
    const at = sealed.length - 3;
    sealed[at] = (sealed[at] ?? '').replace(/[A-Za-z0-9+/]/, (letter) => (letter === 'A' ? 'B' : 'A'));
    const [line] = await failing({ 'inventory/host_vars/dns1.yml': `a: ${sealed.join('\n')}` }, keys.opener);
    expect(line).toMatch(/^inventory\/host_vars\/dns1\.yml:1:12 secret\/damaged: /);
  });

  test('what is wrong inside of an encrypted file is told without its words', async () => {
    const files = { 'inventory/host_vars/dns1.yml': await keys.seal('a: 1\npassword: [hunter22\n') };
    const lines = await told(() =>
      load({ 'inventory/hosts.yml': HOSTS, ...files }, { secrets: keys.opener }),
    );
    expect(lines).toEqual([
      'inventory/host_vars/dns1.yml:3:1 yaml/syntax: what is encrypted here is not the YAML that homelab reads | See the line: homelab secret edit inventory/host_vars/dns1.yml',
    ]);
  });

  test('a setting of a host cannot be one', async () => {
    const files = {
      'inventory/hosts.yml': `hosts:\n  dns1:\n    address: ${await keys.sealValue('10.0.0.1', 6)}`,
    };
    expect(await failing(files, keys.opener)).toEqual([
      'inventory/hosts.yml:3:22 inventory/schema: address: a secret cannot stand here, where it would be seen',
    ]);
  });

  test('a file of hosts cannot be encrypted as a whole', async () => {
    const lines = await failing({ 'inventory/hosts.yml': await keys.seal(HOSTS) }, keys.opener);
    expect(lines).toEqual([
      'inventory/hosts.yml:1:1 yaml/encrypted: inventory/hosts.yml is encrypted as a whole',
    ]);
  });
});

describe('playbooks', () => {
  const play = (tasks: string, vars = '') => `- name: P\n  hosts: dns1\n${vars}  tasks:\n${tasks}`;

  test('encrypted values in variables of a play and in parameters', async () => {
    const text = play(
      `    - file: { path: /a, content: "{{vars.pw}}" }\n    - file:\n        path: /b\n        content: ${await keys.sealValue('own', 10)}    - line: { path: /c, line: "pw={{vars.pw}}" }\n`,
      `  vars:\n    pw: ${await keys.sealValue('of play', 6)}`,
    );
    const params = await paramsFor('dns1', text, { secrets: keys.opener });
    expect(opened(params)).toMatchObject([
      { content: 'secret(of play)' },
      { content: 'secret(own)' },
      { line: 'secret(pw=of play)' },
    ]);
  });

  test('encrypted files and templates, met one after the other', async () => {
    const bytes = Buffer.from([0, 255, 1, 254]);
    const files = {
      'site.yml': play(
        '    - file: { path: /k, source: files/host.keytab }\n    - template: { path: /t, template: a.hbs }\n    - template: { path: /u, template: b.hbs }\n',
      ),
      'files/host.keytab': await keys.seal(bytes),
      'templates/a.hbs': await keys.seal('{{host.name}} {{> inner}}'),
      'templates/inner.hbs': await keys.seal('inner'),
      'templates/b.hbs': 'plain {{> inner}}',
    };
    const [keytab, a, b] = (await paramsFor('dns1', files, { secrets: keys.opener })) as {
      content: Secret;
    }[];
    expect(Buffer.from(keytab?.content.revealBytes() ?? [])).toEqual(bytes);
    expect(opened([a?.content, b?.content])).toEqual(['secret(dns1 inner)', 'secret(plain inner)']);
  });

  test('a file that only the facts name is opened then', async () => {
    const files = {
      'site.yml': play('    - file: { path: /k, source: "files/{{facts.os.family}}.key" }\n'),
      'files/debian.key': await keys.seal('of debian'),
    };
    expect(opened(await paramsFor('dns1', files, { secrets: keys.opener }))).toMatchObject([
      { content: 'secret(of debian)' },
    ]);
  });

  test('a file that is made of what a command printed is opened then', async () => {
    const files = {
      'site.yml': play(
        '    - { id: which, command: { argv: [which], always: true } }\n    - file: { path: /k, source: "files/{{results.which.stdout}}.key" }\n',
      ),
      'files/b.key': await keys.seal('of b'),
    };
    const [hostPlay] = await compileFor('dns1', files, { secrets: keys.opener });
    const printed = new Map([['which', { stdout: 'b', stderr: '', code: 0 }]]);
    const complete = await hostPlay?.items[1]?.late?.complete(printed);
    expect(opened(complete?.params)).toMatchObject({ content: 'secret(of b)' });
  });

  test('what cannot be opened is told for each', async () => {
    const files = {
      'site.yml': play(
        `    - file: { path: /k, source: files/a.key }\n    - template: { path: /t, template: a }\n    - file:\n        path: /b\n        content: ${await keys.sealValue('own', 10)}`,
      ),
      'files/a.key': await keys.seal('a'),
      'templates/a.hbs': await keys.seal('b'),
    };
    const lines = (await mistakes(files)).map((line) => line.replace(/:? .*/, ''));
    expect(lines).toEqual(['8:26', 'files/a.key:1:1', 'templates/a.hbs:1:1']);
  });

  test.each<[string, string, string]>([
    [
      'a path',
      'file: { path: "/a/{{vars.pw}}", content: x }',
      '6:21 parameter: path: a secret cannot stand here, where it would be seen',
    ],
    [
      'a word of a command',
      'command: { argv: [x, "--pw={{vars.pw}}"], always: true }',
      '6:28 parameter: argv[1]: a secret cannot stand here, where it would be seen',
    ],
    [
      'a shell text',
      'command: { shell: "x {{vars.pw}}", always: true }',
      '6:25 parameter: shell: a secret cannot stand here, where it would be seen',
    ],
    [
      'one of a few words',
      'file: { path: /a, state: "{{vars.pw}}" }',
      '6:32 parameter: state: a secret cannot stand here, where it would be seen',
    ],
    [
      'a name',
      'name: "{{vars.pw}}"\n      file: { path: /a, content: x }',
      '6:13 secret-name: a secret cannot be part of a name: names are shown',
    ],
    [
      'a condition',
      'when: { vars.pw: of play }\n      file: { path: /a, content: x }',
      '6:15 bad-condition: a condition cannot compare a secret: whether it matches would tell of it',
    ],
    [
      'an assertion',
      'assert: { that: { vars.pw: x } }',
      '6:25 bad-condition: a condition cannot compare a secret: whether it matches would tell of it',
    ],
  ])('%s cannot be one', async (_name, item, expected) => {
    const vars = `  vars: { pw: !secret ${JSON.stringify(await keys.seal('of play'))} }\n`;
    const lines = await mistakes(play(`    # here\n    - ${item}\n`, vars), { secrets: keys.opener });
    expect(lines.map((line) => line.replace(/ \|.*/, ''))).toEqual([expected]);
  });

  test.each<[string, string, (params: Record<string, unknown>) => unknown, string]>([
    ['content', 'file: { path: /a, content: "x{{vars.pw}}" }', ({ content }) => content, 'secret(xof play)'],
    [
      'content that a fact is part of',
      'file: { path: /a, content: "{{facts.os.family}} {{vars.pw}}" }',
      ({ content }) => content,
      'secret(debian of play)',
    ],
    [
      'stdin',
      'command: { argv: [x], stdin: "{{vars.pw}}", always: true }',
      ({ stdin }) => stdin,
      'secret(of play)',
    ],
    [
      'env',
      'command: { argv: [x], env: { A: "{{vars.pw}}", B: 1 }, always: true }',
      ({ env }) => env,
      '{"A":"secret(of play)","B":"1"}',
    ],
  ])('%s can be one', async (_name, item, pick, expected) => {
    const vars = `  vars: { pw: !secret ${JSON.stringify(await keys.seal('of play'))} }\n`;
    const [params] = (await paramsFor('dns1', play(`    - ${item}\n`, vars), { secrets: keys.opener })) as [
      Record<string, unknown>,
    ];
    const found = opened(pick(params));
    expect(typeof found === 'string' ? found : JSON.stringify(found)).toBe(expected);
  });
});
