import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Content } from '../../src/core/content.js';
import { Secret } from '../../src/core/secret.js';
import archive from '../../src/tasks/archive.js';
import type { HostShell } from '../probes/shells.js';
import { fakeHost, fileEntry, type Answers } from './fake-host.js';
import { plan, problems, project } from './plan-task.js';
import { busyboxWith, shellWith } from './shared/programs-folder.js';
import { runStepHere, type StepOutcome } from './shared/run-step.js';
import { tarBytes, type Member } from './shared/tar-bytes.js';

const path = '/opt/tool';
const creates = 'bin/tool';
const sha256 = 'ab'.repeat(32);
const web = { source: 'https://example.org/tool.tar.gz', sha256, path, creates };
const onHost = { source: '/var/tool.tar', path, creates };
const directory = fileEntry({ type: 'directory', mode: '0755' });
const CURL = { curl: true, wget: false };
const having = (files: Answers[string], programs: Answers[string] = CURL): Answers => ({
  files: { [path]: directory, [`${path}/${creates}`]: null, '/var/tool.tar': fileEntry(), ...files },
  programs,
});

describe('archive', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync', web, having({ [`${path}/${creates}`]: fileEntry() }), [], []],
    [
      'in sync, the archive gone',
      onHost,
      having({ [`${path}/${creates}`]: fileEntry(), '/var/tool.tar': null }),
      [],
      [],
    ],
    [
      'new, from the web',
      { ...web, strip: 1, mode: '0750', owner: 'app', group: 'www', timeout: 9 },
      having({ [path]: null }),
      [
        'state: absent -> present',
        'unpacked: null -> yes',
        'mode: null -> 0750',
        'owner: null -> app',
        'group: null -> www',
      ],
      [`sh -s -- ${path} ${creates} 1 ${sha256} url 9 0750 app:www`],
    ],
    [
      'into a directory that is there',
      { ...onHost, mode: '0750' },
      having({}),
      ['unpacked: no -> yes', 'mode: 0755 -> 0750'],
      [`sh -s -- ${path} ${creates} 0 '' /var/tool.tar 600 0750 ''`, `chmod 00750 ${path}`],
    ],
    [
      'the directory alone',
      { ...onHost, owner: 'app' },
      having({ [`${path}/${creates}`]: fileEntry() }),
      ['owner: root -> app'],
      [`chown -h -- app ${path}`],
    ],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(archive, params, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps.map((step) => step.split(' < ')[0])).toEqual(steps);
  });

  test.each<[string, object, Answers, string]>([
    [
      'an archive that is not there yet',
      onHost,
      having({ '/var/tool.tar': null }),
      '/var/tool.tar does not exist',
    ],
    [
      'a host that cannot fetch',
      web,
      having({}, { curl: false, wget: false }),
      'neither curl nor wget is installed',
    ],
  ])('%s is not known', async (_name, params, answers, reason) => {
    expect((await plan(archive, params, fakeHost(answers))).unknown).toContain(reason);
  });

  test('a file of the project, and its sum', async () => {
    const params = { path, creates, source: 'files/tool.tar' };
    const files = project({ 'files/tool.tar': 'bytes' });
    const right = await plan(
      archive,
      { ...params, sha256: Content.of('bytes').sha256 },
      fakeHost(having({})),
      files,
    );
    expect(right.steps[0]).toContain(Buffer.from('bytes').toString('base64'));
    const wrong = plan(archive, { ...params, sha256 }, fakeHost(having({})), files);
    await expect(wrong).rejects.toMatchObject({ code: 'task/wrong-sum' });
    const large = plan(archive, params, fakeHost(having({})), {
      ...files,
      read: () => Buffer.alloc(33 * 1024 * 1024),
    });
    await expect(large).rejects.toMatchObject({ code: 'task/too-large' });
  });

  test.each<[string, object, string]>([
    ['an address without a sum', { ...web, sha256: undefined }, 'sha256: is missing'],
    [
      'a secret address without a sum',
      { ...web, source: new Secret('https://x/'), sha256: undefined },
      'sha256: is missing',
    ],
    ['another scheme', { ...web, source: 'ftp://x/y' }, 'source: has to begin with https://'],
    [
      'a secret that is no address',
      { ...web, source: new Secret('x') },
      'source: has to begin with https://',
    ],
    ['an address with a quote', { ...web, source: 'https://x/"' }, 'source: holds a character'],
    ['a path with dots', { ...onHost, source: '/var/../x' }, 'source: has to be written without'],
    ['the root', { ...onHost, path: '/' }, 'path: must not be the root'],
    ['a mark outside', { ...onHost, creates: '/etc/passwd' }, 'creates: has to be inside `path`'],
    ['a mark that climbs', { ...onHost, creates: '../x' }, 'creates: has to be written without'],
    ['the directory as its own mark', { ...onHost, creates: path }, 'creates: has to be inside `path`'],
    ['a negative strip', { ...onHost, strip: -1 }, 'strip: '],
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(archive, params).join('\n')).toContain(problem);
  });

  test('touches its directory, the archive and accounts', () => {
    const params = archive.params.parse({ ...onHost, owner: 'app' });
    expect(archive.touches?.(params)).toEqual([`path:${path}`, 'path:/var/tool.tar', 'account:app']);
  });
});

const NEEDED =
  'awk base64 cat chmod chown find head ln mkdir mktemp mv od readlink rm sha256sum sort stat sync grep tr uname uniq'.split(
    ' ',
  );
const TOOLS = ['tar', 'gzip', 'bzip2', 'xz', 'unzip'];
let folder = '';
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'archive-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const HOSTS: readonly (readonly [string, () => HostShell])[] = [
  ['dash and GNU', () => shellWith(folder, 'dash', [...NEEDED, ...TOOLS, 'zstd'])],
  ['bash and GNU', () => shellWith(folder, 'bash', [...NEEDED, ...TOOLS, 'zstd'])],
  ['busybox', () => busyboxWith(folder, [...NEEDED, ...TOOLS])],
];

/** Unpacks by the steps of a plan that saw what is on this computer. */
async function unpack(
  host: HostShell,
  source: string,
  target: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<StepOutcome> {
  const params = { source, path: target, creates: 'a/mark', ...more };
  const answers: Answers = {
    files: {
      [target]: existsSync(target) ? directory : null,
      [`${target}/${params.creates}`]: null,
      [source]: fileEntry(),
    },
    programs: CURL,
  };
  const bytes = source.startsWith('/') ? undefined : readFileSync(join(folder, source));
  const { rawSteps } = await plan(archive, params, fakeHost(answers), {
    ...project(),
    read: () => bytes ?? Buffer.alloc(0),
  });
  const [step] = rawSteps;
  if (step === undefined) throw new Error('nothing to do');
  return runStepHere(host, step);
}

const target = (): string => join(mkdtempSync(join(folder, 'target-')), "it's *");
/** What is below `root`, sorted; links are not followed. */
const tree = (root: string, below = ''): string[] =>
  readdirSync(join(root, below))
    .flatMap((name) => {
      const own = join(below, name);
      const entry = lstatSync(join(root, own));
      if (entry.isSymbolicLink()) return [`${own} -> ${readlinkSync(join(root, own))}`];
      if (!entry.isDirectory()) return [`${own}: ${readFileSync(join(root, own), 'utf8')}`];
      return [`${own}/`, ...tree(root, own)];
    })
    .toSorted();

const ODD_NAMES = [
  'a b',
  "it's",
  '"q"',
  '-rf',
  '*',
  '$(id)',
  'back\\slash',
  'ünï ☂',
  ' lead',
  '..x',
  '.hidden',
  'a -> b',
];
const GOOD: readonly Member[] = [
  { name: './', type: '5', mode: 0o755 },
  { name: './a/', type: '5', mode: 0o755 },
  { name: './a/mark', text: 'mark', mode: 0o4755 },
  ...ODD_NAMES.map((name) => ({ name: `./a/${name}`, text: name })),
  { name: './a/up', type: '2', target: '../b/file' },
  { name: './b/', type: '5', mode: 0o700 },
  { name: './b/file', text: 'in b' },
  { name: './b/hard', type: '1', target: './a/mark' },
];
const UNPACKED = [
  'a/',
  'a/mark: mark',
  ...ODD_NAMES.map((name) => `a/${name}: ${name}`),
  'a/up -> ../b/file',
  'b/',
  'b/file: in b',
  'b/hard: mark',
].toSorted();

describe.each(HOSTS)('unpacked by %s', (name, hostOf) => {
  const file = (members: readonly Member[]): string => {
    const at = join(mkdtempSync(join(folder, 'from-')), 'archive');
    writeFileSync(at, tarBytes(members));
    return at;
  };

  test('a new directory, whole', async () => {
    const to = target();
    expect(await unpack(hostOf(), file(GOOD), to, { mode: '0750' })).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(tree(to)).toEqual(UNPACKED);
    expect((statSync(to).mode & 0o7777).toString(8)).toBe('750');
    expect((statSync(join(to, 'a/mark')).mode & 0o7777).toString(8)).toBe('755');
    expect((statSync(join(to, 'b')).mode & 0o7777).toString(8)).toBe('700');
    expect(readdirSync(join(to, '..'))).toHaveLength(1);
  });

  test.each(['gzip', 'bzip2', 'xz', 'zstd'].filter((one) => one !== 'zstd' || name !== 'busybox'))(
    'packed by %s, from the project',
    async (program) => {
      const { stdout } = spawnSync(program, ['-c'], { input: tarBytes(GOOD) });
      writeFileSync(join(folder, `good.${program}`), stdout);
      const to = target();
      expect(await unpack(hostOf(), `good.${program}`, to)).toMatchObject({ code: 0, stderr: '' });
      expect(tree(to)).toEqual(UNPACKED);
    },
  );

  test('a zip', async () => {
    const from = mkdtempSync(join(folder, 'zip-'));
    mkdirSync(join(from, 'top/a'), { recursive: true });
    const names = ['a b', "it's", '-rf', '$(id)', 'mark'];
    for (const one of names) writeFileSync(join(from, 'top/a', one), one);
    symlinkSync('a/mark', join(from, 'top/link'));
    expect(spawnSync('zip', ['-qry', 'x.zip', 'top'], { cwd: from }).status).toBe(0);
    const to = target();
    expect(await unpack(hostOf(), join(from, 'x.zip'), to, { strip: 1 })).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(tree(to)).toEqual(['a/', ...names.map((one) => `a/${one}: ${one}`), 'link -> a/mark'].toSorted());
  });

  test('leading directories are taken away, and what lies above them is left out', async () => {
    const to = target();
    const members: Member[] = [
      { name: 'README', text: 'no' },
      { name: 'tool-1/x/a/mark', text: 'mark' },
      { name: 'tool-1/x/.hidden', text: 'h' },
      { name: 'tool-1/top', text: 'no' },
    ];
    expect((await unpack(hostOf(), file(members), to, { strip: 2 })).stderr).toBe('');
    expect(tree(to)).toEqual(['.hidden: h', 'a/', 'a/mark: mark']);
  });

  test('over what is there: files are replaced, others stay', async () => {
    const to = target();
    mkdirSync(join(to, 'b/old'), { recursive: true });
    chmodSync(join(to, 'b'), 0o711);
    writeFileSync(join(to, 'b/file'), 'old');
    writeFileSync(join(to, 'b/mine'), 'mine');
    mkdirSync(join(to, 'v1'));
    symlinkSync('v1', join(to, 'current'));
    const members: Member[] = [
      ...GOOD,
      { name: 'v2/x', text: 'x' },
      { name: 'current', type: '2', target: 'v2' },
    ];
    expect(await unpack(hostOf(), file(members), to)).toMatchObject({ code: 0, stderr: '' });
    expect(tree(to)).toEqual(
      [...UNPACKED, 'b/old/', 'b/mine: mine', 'v1/', 'v2/', 'v2/x: x', 'current -> v2'].toSorted(),
    );
    expect((statSync(join(to, 'b')).mode & 0o777).toString(8)).toBe('711');
  });

  const MARK: Member = { name: 'a/mark', text: 'mark' };
  test.each<[string, readonly Member[], string]>([
    ['nothing', [], 'it holds: nothing'],
    ['an absolute name', [MARK, { name: '/tmp/evil', text: 'x' }], 'a member leads outside: '],
    ['a name that climbs', [MARK, { name: 'a/../../evil', text: 'x' }], 'a member leads outside: '],
    ['a name that ends climbing', [MARK, { name: 'a/..', type: '5' }], 'a member leads outside'],
    ['a device', [MARK, { name: 'null', type: '3' }], 'a member is neither file, directory nor link: null'],
    ['a FIFO', [MARK, { name: 'pipe', type: '6' }], 'a member is neither file, directory nor link: pipe'],
    [
      'a way through its own link',
      [MARK, { name: 'out', type: '2', target: '/tmp' }, { name: 'out/evil', text: 'x' }],
      'a member lies below what is no directory: out/evil',
    ],
    [
      'a way through a link written in another way',
      [MARK, { name: './/out/./', type: '2', target: '/tmp' }, { name: 'out//./deep/evil', text: 'x' }],
      'a member lies below what is no directory',
    ],
    [
      'a file over its own link',
      [MARK, { name: 'out', type: '2', target: '/tmp/evil' }, { name: 'out', text: 'x' }],
      'a link is there twice: out',
    ],
    [
      'an absolute link',
      [MARK, { name: 'l', type: '2', target: '/etc/passwd' }],
      'the link l does not lead to something inside',
    ],
    [
      'a link that climbs',
      [MARK, { name: 'a/l', type: '2', target: '../../x' }],
      'the link a/l does not lead',
    ],
    [
      'a link that climbs through another',
      [MARK, { name: 'self', type: '2', target: '.' }, { name: 'l', type: '2', target: 'self/self/../../x' }],
      'the link l does not lead',
    ],
    ['a link to itself', [MARK, { name: 'l', type: '2', target: 'l' }], 'the link l does not lead'],
    ['no mark', [{ name: 'a/other', text: 'x' }], 'the archive does not bring a/mark'],
    ['two lines in a name', [MARK, { name: 'x\n../evil', text: 'x' }], ''],
  ])('%s is refused, and nothing is changed', async (_name, members, message) => {
    const to = target();
    mkdirSync(to);
    writeFileSync(join(to, 'kept'), 'kept');
    const { code, stderr } = await unpack(hostOf(), file(members), to);
    if (message !== '') expect(stderr).toContain(message);
    // GNU tar writes a newline in a name as \n, and then nothing climbs.
    expect(code).toBe(message === '' && name !== 'busybox' ? 0 : 1);
    expect(existsSync(join(to, '../evil'))).toBe(false);
    if (code !== 0) expect(tree(to)).toEqual(['kept: kept']);
    expect(readdirSync(join(to, '..'))).toEqual(["it's *"]);
  });

  test('a hard link to something outside is refused', async () => {
    const outside = join(mkdtempSync(join(folder, 'outside-')), 'file');
    writeFileSync(outside, 'outside');
    const climbing = `../../../../../../../../../../..${outside}`;
    for (const place of [outside, climbing]) {
      const to = target();
      const members: Member[] = [MARK, { name: 'hard', type: '1', target: place }];
      const { code } = await unpack(hostOf(), file(members), to);
      expect({ place, code }).toEqual({ place, code: 1 });
      expect(existsSync(to)).toBe(false);
    }
    expect(readFileSync(outside, 'utf8')).toBe('outside');
  });

  test('a zip that climbs is refused', async () => {
    const from = mkdtempSync(join(folder, 'zip-'));
    for (const one of ['xx/mark', 'xx/evil', 'a']) {
      mkdirSync(join(from, one, '..'), { recursive: true });
      if (one !== 'a') writeFileSync(join(from, one), 'x');
    }
    spawnSync('zip', ['-qr', 'x.zip', 'xx'], { cwd: from });
    const bytes = readFileSync(join(from, 'x.zip')).toString('latin1').replaceAll('xx/evil', '../evil');
    writeFileSync(join(from, 'x.zip'), bytes, 'latin1');
    const to = target();
    const { code, stderr } = await unpack(hostOf(), join(from, 'x.zip'), to, { creates: 'xx/mark' });
    expect(stderr).toContain('a member leads outside: ');
    expect({ code, there: existsSync(to) }).toEqual({ code: 1, there: false });
  });

  test.each<[string, (to: string) => void, string]>([
    [
      'a file where a directory goes',
      (to) => writeFileSync(join(to, 'b'), 'x'),
      'b is in the way: it is no directory',
    ],
    [
      'a link where a directory goes',
      (to) => symlinkSync('..', join(to, 'b')),
      'b is in the way: it is no directory',
    ],
    [
      'a directory where a file goes',
      (to) => mkdirSync(join(to, 'b/file'), { recursive: true }),
      'file is in the way: it is a directory',
    ],
  ])('%s is in the way: nothing is begun', async (_name, arrange, message) => {
    const to = target();
    mkdirSync(to);
    arrange(to);
    const before = tree(to);
    const { code, stderr } = await unpack(hostOf(), file(GOOD), to);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(tree(to)).toEqual(before);
  });

  test('another sum, a damaged archive, a missing program', async () => {
    const to = target();
    expect((await unpack(hostOf(), file(GOOD), to, { sha256 })).stderr).toContain(
      `wanted was ${sha256}; nothing`,
    );
    const { stdout } = spawnSync('gzip', ['-c'], { input: tarBytes(GOOD) });
    writeFileSync(join(folder, 'cut.gz'), stdout.subarray(0, stdout.length - 20));
    expect((await unpack(hostOf(), 'cut.gz', to)).stderr).toContain('the archive is damaged');
    writeFileSync(join(folder, 'text'), 'no archive at all\n'.repeat(100));
    expect((await unpack(hostOf(), 'text', to)).stderr).toContain('the archive cannot be read as tar');
    const poor =
      name === 'busybox'
        ? busyboxWith(folder, [...NEEDED, 'tar'])
        : shellWith(folder, 'dash', [...NEEDED, 'tar']);
    expect((await unpack(poor, 'cut.gz', to)).stderr).toContain('gzip is not installed (package gzip)');
    expect(existsSync(to)).toBe(false);
  });

  test('what a killed run left is taken away, what another is making stays', async () => {
    const to = target();
    const { stdout } = spawnSync('uname', ['-n']);
    const beside = (rest: string): string => join(to, `../.homelab.${rest}`);
    const own = stdout.toString().trim();
    const left = [
      `${own}.4194305.abcdef`,
      `${own}.${process.pid}.abcdef`,
      'elsewhere.4194305.abcdef',
      `${own}.x`,
    ];
    for (const one of left) mkdirSync(join(beside(one), 'deep'), { recursive: true });
    expect((await unpack(hostOf(), file(GOOD), to)).code).toBe(0);
    expect(left.map((one) => existsSync(beside(one)))).toEqual([false, true, true, true]);
  });
});
