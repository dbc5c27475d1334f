import { describe, expect, test } from '@jest/globals';
import { createRegistry } from '../../src/core/registry.js';
import type { MaybeState } from '../../src/core/state.js';
import type { Foresight } from '../../src/core/task.js';

const registry = createRegistry();

/** What a kind foresees of parameters as a user writes them. */
async function foresee(
  kind: string,
  written: unknown,
  before: MaybeState = null,
): Promise<Foresight | undefined> {
  const task = await registry.load(kind);
  return task.foresight?.(task.params.parse(written), before);
}

const SUM = '0'.repeat(64);
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f a';
const FILE = { path: '/srv/app/x', owner: 'bob', group: '33' };
const NEEDS_APP = { requires: ['path:/srv/app', 'user:bob'] };
const REPOSITORY = /^repository:[0-9a-f]{64}$/;
const LATEST = 'which versions are the newest shows then';

const ROWS: readonly (readonly [string, string, object, MaybeState, object])[] = [
  ['file', 'needs its directory, and accounts by name', { ...FILE, content: '' }, null, NEEDS_APP],
  ['file', 'to be absent, needs nothing', { path: '/srv/app/x', owner: 'bob', state: 'absent' }, null, {}],
  ['file', 'right below the root', { path: '/x', content: '' }, null, { requires: ['path:/'] }],
  ['template', 'like a file', { ...FILE, template: 'x.hbs' }, null, NEEDS_APP],
  ['download', 'like a file', { ...FILE, url: 'https://example.org/x', sha256: SUM }, null, NEEDS_APP],
  ['link', 'like a file', { path: '/srv/app/x', target: 'y' }, null, { requires: ['path:/srv/app'] }],
  [
    'directory',
    'makes those above it',
    { path: '/srv/a/b', group: 'crew' },
    null,
    { requires: ['group:crew'] },
  ],
  ['directory', 'to be absent', { path: '/srv/a/b', owner: 'bob', state: 'absent' }, null, { requires: [] }],
  [
    'permissions',
    'hinge on what is there',
    { paths: ['/srv/a'], owner: 'bob' },
    null,
    {
      makes: [],
      requires: ['user:bob'],
      hingesOn: { things: ['path:/srv/a'], why: 'its owner and rights show then' },
    },
  ],
  [
    'archive',
    'makes those above it',
    { source: '/x.tar', path: '/srv/a', creates: 'x', owner: 'bob', group: 'crew' },
    null,
    { requires: ['user:bob', 'group:crew'] },
  ],
  [
    'file',
    'needs what checks it',
    { path: '/etc/sudoers', content: '', validate: ['visudo', '-cf', '{{candidate}}'] },
    null,
    { requires: ['path:/etc', 'program:visudo'] },
  ],
  [
    'line',
    'needs what checks it',
    { path: '/etc/x', line: 'a', validate: ['x', '{{candidate}}'] },
    null,
    { makes: [], requires: ['program:x'] },
  ],
  [
    'archive',
    'needs what unpacks it',
    { source: 'https://example.org/a.ZIP?b=c.xz', sha256: SUM, path: '/srv/a', creates: 'x' },
    null,
    { requires: ['program:unzip'] },
  ],
  [
    'archive',
    'in a secret place',
    { source: 'https://a:b@example.org/a.zip', sha256: SUM, path: '/srv/a', creates: 'x' },
    null,
    { requires: [] },
  ],
  ['line', 'makes no file', { path: '/srv/app/x', line: 'a' }, null, { makes: [], requires: [] }],
  [
    'line',
    'makes the file where it is told to',
    { path: '/srv/app/x', line: 'a', create: true },
    null,
    { requires: ['path:/srv/app'] },
  ],
  [
    'block',
    'makes no file',
    { path: '/srv/app/x', id: 'a', content: 'b' },
    null,
    { makes: [], requires: [] },
  ],
  [
    'line',
    'absent from what is there, hinges on nothing',
    { path: '/etc/nginx/nginx.conf', line: 'a', state: 'absent' },
    { line: null, content: 'b' },
    { makes: [], requires: [] },
  ],
  [
    'line',
    'absent from what is not there, hinges on a package that may bring it',
    { path: '/etc/nginx/nginx.conf', line: 'a', state: 'absent' },
    { line: null },
    {
      makes: [],
      requires: [],
      hingesOn: {
        things: ['package:etc', 'package:nginx', 'package:nginx'],
        why: 'whether it stands in /etc/nginx/nginx.conf shows then',
      },
    },
  ],
  ['setting', 'makes no file', { path: '/srv/app/x', key: 'a', value: 1 }, null, { makes: [], requires: [] }],
  [
    'user',
    'makes its home, and needs its groups',
    { name: 'bob', home: '/srv/bob', group: 'crew', groups: ['crew', 'video'] },
    null,
    { makes: ['account:bob', 'path:/srv/bob'], requires: ['group:crew', 'group:video'] },
  ],
  [
    'user',
    'takes its home along',
    { name: 'bob', state: 'absent', remove_home: true },
    null,
    { makes: [], removes: ['account:bob', 'path:/home/bob'] },
  ],
  [
    'user',
    'leaves its home',
    { name: 'bob', state: 'absent' },
    null,
    { makes: [], removes: ['account:bob'] },
  ],
  ['authorized_keys', 'make no account', { user: 'bob', keys: [KEY] }, null, { makes: [] }],
  ['cron', 'makes no account', { name: 'a', schedule: '@daily', command: 'true' }, null, { makes: [] }],
  ['service', 'makes no unit', { name: 'nginx', enabled: true }, null, { makes: [] }],
  [
    'service',
    'runs where its configuration was tried',
    { name: 'nginx', state: 'running' },
    null,
    { makes: [], doneBy: { state: 'started:nginx.service' } },
  ],
  [
    'service_config',
    'starts what it restarts',
    { service: 'a', files: [{ path: '/etc/a', content: '' }], validate: ['x'] },
    null,
    { makes: ['path:/etc/a', 'started:a.service'], removes: [], requires: ['program:x'] },
  ],
  [
    'systemd_unit',
    'makes its unit',
    { name: 'a.timer', content: '' },
    null,
    { makes: ['unit:a.timer', 'path:/etc/systemd/system/a.timer'] },
  ],
  ['systemd_unit', 'to be absent', { name: 'a.timer', state: 'absent' }, null, { makes: [] }],
  [
    'git',
    'makes its directory',
    { repository: '/srv/a.git', path: '/srv/a', revision: 'main' },
    null,
    { makes: ['path:/srv/a'] },
  ],
  ['compose', 'makes its directory', { path: '/srv/wiki', content: '' }, null, { makes: ['path:/srv/wiki'] }],
  ['compose', 'to be absent', { path: '/srv/wiki', state: 'absent' }, null, { makes: [] }],
  [
    'kernel_module',
    'brings settings of the kernel',
    { name: 'br-netfilter' },
    null,
    { makes: ['module:br_netfilter', 'path:/proc/sys'] },
  ],
  ['kernel_module', 'to be absent', { name: 'br_netfilter', state: 'absent' }, null, { makes: [] }],
  [
    'package',
    'brings what it is called like',
    { names: ['git', 'libc6:i386', 'a=1'] },
    { 'names.git': 'absent' },
    {
      makes: ['packages:installed', 'package:git', 'package:libc6', 'package:a'],
      doneBy: { 'names.git': 'package:git', 'marks.git': 'package:git' },
      hingesOn: undefined,
    },
  ],
  [
    'package',
    'to be absent, brings nothing',
    { names: ['git'], state: 'absent' },
    { 'names.git': 'present' },
    { makes: ['packages:installed'], hingesOn: undefined },
  ],
  [
    'package',
    'the newest of what is there depends on what is offered',
    { names: ['git'], state: 'latest' },
    { 'names.git': 'latest' },
    { makes: ['packages:installed', 'package:git'], hingesOn: { things: ['packages:offered'], why: LATEST } },
  ],
  [
    'package',
    'the newest of what is not there is the newest',
    { names: ['git'], state: 'latest' },
    { 'names.git': 'absent', lists: 'fresh' },
    { makes: ['packages:installed', 'package:git'], hingesOn: undefined },
  ],
  [
    'package',
    'whether lists are old depends on who fetched them',
    { names: ['git'], state: 'latest', cache_max_age: 600 },
    { 'names.git': 'absent', lists: 'old' },
    {
      makes: ['packages:installed', 'packages:offered', 'package:git'],
      hingesOn: { things: ['packages:offered'], why: LATEST },
    },
  ],
  [
    'package_repository',
    'changes what is offered',
    { name: 'a', state: 'absent' },
    null,
    {
      makes: ['packages:offered', expect.stringMatching(REPOSITORY)],
      doneBy: Object.fromEntries(
        ['content', 'mode', 'key', 'key_mode'].map((field) => [field, expect.stringMatching(REPOSITORY)]),
      ),
    },
  ],
  [
    'reboot',
    'that is not needed yet',
    {},
    { reboot: 'done' },
    { hingesOn: { things: ['packages:installed'], why: 'whether it is needed shows then' } },
  ],
  ['reboot', 'that is needed already', {}, { reboot: 'needed' }, { hingesOn: undefined }],
  ['reboot', 'that is told to', { when: 'always' }, { reboot: 'done' }, { hingesOn: undefined }],
  ['wait_for', 'what holds', { tcp: 22 }, { ready: 'yes' }, { makes: [], hingesOn: undefined }],
  [
    'wait_for',
    'a port',
    { tcp: 22 },
    { ready: 'not yet' },
    {
      makes: [],
      hingesOn: { things: ['anything'], why: 'whether there is anything to wait for shows then' },
    },
  ],
  [
    'wait_for',
    'a path',
    { path: '/run/a' },
    { ready: 'not yet' },
    {
      makes: ['path:/run/a'],
      hingesOn: {
        things: ['path:/run/a', 'anything'],
        why: 'whether there is anything to wait for shows then',
      },
    },
  ],
  [
    'command',
    'needs its program, and makes what it says',
    { argv: ['git', 'x'], creates: '/srv/a' },
    { lacks_program: false },
    { makes: ['path:/srv/a'], requires: ['program:git'], hingesOn: undefined },
  ],
  [
    'command',
    'by a path',
    { argv: ['/opt/x'], always: true },
    null,
    { makes: [], requires: [], hingesOn: undefined },
  ],
  [
    'command',
    'looked for elsewhere',
    { argv: ['x'], env: { PATH: '/opt' }, always: true },
    null,
    { makes: [], requires: [], hingesOn: undefined },
  ],
  [
    'command',
    'text for a shell',
    { shell: 'x', always: true },
    null,
    { makes: [], requires: [], hingesOn: undefined },
  ],
  [
    'command',
    'whose condition lacks a program',
    { shell: 'x', unless: 'git -C /x status | grep y' },
    { lacks_program: true },
    {
      makes: [],
      requires: [],
      hingesOn: {
        things: ['program:git', 'packages:installed'],
        why: 'its condition asks for a program that is not there',
      },
    },
  ],
  [
    'command',
    'whose condition begins otherwise',
    { shell: 'x', only_if: '! git status' },
    { lacks_program: true },
    {
      makes: [],
      requires: [],
      hingesOn: { things: ['packages:installed'], why: 'its condition asks for a program that is not there' },
    },
  ],
];

describe('what a plan foresees', () => {
  test.each(ROWS)('%s %s', async (kind, _name, written, before, expected) => {
    expect(await foresee(kind, written, before)).toEqual(expected);
  });
});

const SORTS =
  /^(?:(?:path:\/|account:|user:|group:|unit:|package:|packages:|program:|module:|repository:|started:)[^]*|anything)$/;

test('every kind says it in words that plans know', async () => {
  const odd: string[] = [];
  for (const kind of registry.kinds()) {
    const task = await registry.load(kind);
    for (const example of task.examples) {
      const {
        makes = [],
        removes = [],
        requires = [],
        hingesOn,
      } = task.foresight?.(task.params.parse(example), null) ?? {};
      const things = [...makes, ...removes, ...requires, ...(hingesOn?.things ?? [])];
      odd.push(...things.filter((thing) => !SORTS.test(thing)).map((thing) => `${kind}: ${thing}`));
    }
  }
  expect(odd).toEqual([]);
});
