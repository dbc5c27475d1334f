import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  chownSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { GitCheckout } from '../../src/probes/git-checkouts.js';
import { gitCheckouts } from '../../src/probes/git-checkouts.js';
import { gitRemotes, remoteKey } from '../../src/probes/git-remotes.js';
import git from '../../src/tasks/git.js';
import { readHere, type HostShell } from '../probes/shells.js';
import { fakeHost, type Answers } from './fake-host.js';
import { plan, problems } from './plan-task.js';
import { busyboxWith, shellWith } from './shared/programs-folder.js';
import { runStepHere, type StepOutcome } from './shared/run-step.js';

// Several real programs for each test, beside other tests.
jest.setTimeout(60_000);

const repository = 'https://example.org/wiki.git';
const path = '/srv/wiki';
const OLD = '0'.repeat(39) + '1';
const NEW = 'a'.repeat(40);
const base = { repository, path, revision: 'main' };

const checkout = (options: Partial<GitCheckout> = {}): GitCheckout => ({
  is: 'repository',
  hasGit: true,
  head: OLD,
  origin: repository,
  changed: [],
  isInterrupted: false,
  complaint: '',
  ...options,
});
const asked = (references: readonly string[]): string =>
  remoteKey({ repository, path, references, timeoutSeconds: 60 });
const host = (
  found: GitCheckout,
  commits: Readonly<Record<string, string>> = {},
  complaint = '',
): Answers => {
  const answer = { commits: new Map(Object.entries(commits)), complaint };
  const keys = [['refs/heads/main', 'refs/tags/main'], ['refs/heads/1234567', 'refs/tags/1234567'], ['HEAD']];
  return {
    'git-checkouts': { [path]: found },
    'git-remotes': Object.fromEntries(keys.map((references) => [asked(references), answer])),
  };
};
const MAIN = { 'refs/heads/main': NEW };

describe('git', () => {
  test.each<[string, object, Answers, readonly string[], readonly string[]]>([
    ['in sync with a branch', {}, host(checkout({ head: NEW }), MAIN), [], []],
    [
      'in sync with a commit: nobody is asked',
      { revision: OLD.toUpperCase() },
      { 'git-checkouts': host(checkout())['git-checkouts'] ?? {} },
      [],
      [],
    ],
    [
      'new',
      {},
      host(checkout({ is: 'vacant', head: null, origin: null }), MAIN),
      ['state: absent -> present', `repository: null -> ${repository}`, 'revision: null -> main'],
      [`sh -s -- ${path} ${repository} refs/heads/main ${NEW} no 600`],
    ],
    [
      'behind a tag',
      {},
      host(checkout(), { 'refs/tags/main': NEW }),
      ['revision: 000000000000; main is aaaaaaaaaaaa -> main'],
      [`sh -s -- ${path} ${repository} refs/tags/main ${NEW} no 600`],
    ],
    [
      'behind what the repository calls its own',
      { revision: 'HEAD' },
      host(checkout(), { HEAD: NEW }),
      ['revision: 000000000000; HEAD is aaaaaaaaaaaa -> HEAD'],
      [`sh -s -- ${path} ${repository} HEAD ${NEW} no 600`],
    ],
    [
      'another commit, from elsewhere',
      { revision: NEW },
      host(checkout({ origin: '/old' })),
      [`repository: /old -> ${repository}`, `revision: ${OLD} -> ${NEW}`],
      [`sh -s -- ${path} ${repository} '' ${NEW} no 600`],
    ],
    [
      'local changes that are thrown away',
      { force: true, timeout: 90 },
      host(checkout({ head: NEW, changed: ['a', 'b c'] }), MAIN),
      ['local_changes: a, b c -> none'],
      [`sh -s -- ${path} ${repository} refs/heads/main ${NEW} yes 90`],
    ],
    [
      'half checked out',
      {},
      host(checkout({ head: NEW, changed: ['a'], isInterrupted: true }), MAIN),
      ['revision: aaaaaaaaaaaa (half checked out); main is aaaaaaaaaaaa -> main'],
      [`sh -s -- ${path} ${repository} refs/heads/main ${NEW} no 600`],
    ],
  ])('%s', async (_name, params, answers, changes, steps) => {
    const planned = await plan(git, { ...base, ...params }, fakeHost(answers));
    expect(planned.changes).toEqual(changes);
    expect(planned.steps.map((step) => step.split(' < ')[0])).toEqual(steps);
  });

  test.each<[string, object, Answers, string]>([
    ['git is missing', {}, host(checkout({ hasGit: false }), MAIN), 'git is not installed'],
    [
      'nobody answers',
      {},
      host(checkout(), {}, 'no key\nfatal: no route\n\nPlease try'),
      `${repository} does not answer: no key; fatal: no route`,
    ],
    ['there is no such branch', {}, host(checkout()), `${repository} has no branch or tag main`],
    ['a commit is short', { revision: '1234567' }, host(checkout()), 'a commit has to be written in full'],
    [
      'a branch and a tag have the name',
      {},
      host(checkout(), { ...MAIN, 'refs/tags/main': OLD }),
      'write refs/heads/main or refs/tags/main',
    ],
  ])('is not known where %s', async (_name, params, answers, reason) => {
    expect((await plan(git, { ...base, ...params }, fakeHost(answers))).unknown).toContain(reason);
  });

  test.each<[string, Partial<GitCheckout>, string]>([
    ['something else is there', { is: 'other' }, 'task/wrong-type'],
    ['git cannot look', { complaint: 'fatal: dubious ownership' }, 'task/git-failed'],
    ['there are local changes', { changed: ['a'] }, 'task/local-changes'],
  ])('refused where %s', async (_name, found, code) => {
    await expect(plan(git, base, fakeHost(host(checkout(found), MAIN)))).rejects.toMatchObject({ code });
  });

  test.each<[string, object, string]>([
    ['an option', { repository: '--upload-pack=id' }, 'repository: must not begin with a dash'],
    [
      'an option for ssh',
      { repository: 'ssh://-oProxyCommand=id/x' },
      'repository: must not begin with a dash',
    ],
    [
      'an option for ssh after a user',
      { repository: 'ssh://git@-oProxyCommand=id/x' },
      'repository: must not begin with a dash',
    ],
    ['a program', { repository: 'ext::sh -c id' }, 'repository: must not hold blanks'],
    ['a helper', { repository: 'ext::id' }, 'repository: names a helper program'],
    ['a password', { repository: 'https://bob:pw@example.org/x' }, 'repository: must not hold a password'],
    ['a relative path', { repository: '../x.git' }, 'repository: has to be an https'],
    ['a newline', { repository: 'https://x/\ny' }, 'repository: must not hold blanks'],
    ['the root', { path: '/' }, 'path: must not be the root'],
    ...['-x', 'a..b', 'a b', 'a^', 'a~1', 'HEAD@{1}', 'a:b', 'x.lock', '/a', 'a/', '.a', 'a/.b', ''].map(
      (revision): [string, object, string] => [
        `the revision ${revision}`,
        { revision },
        'revision: must be a branch',
      ],
    ),
  ])('%s is refused', (_name, params, problem) => {
    expect(problems(git, { ...base, ...params }).join('\n')).toContain(problem);
  });

  test.each([
    'https://example.org/x.git',
    'git@example.org:x/y.git',
    'git@example.org:/srv/y.git',
    'box:y.git',
    'ssh://git@box:2222/x',
    'git://x/y',
    'file:///srv/x',
    '/srv/x-y.git',
  ])('the repository %s is taken', (taken) =>
    expect(problems(git, { ...base, repository: taken })).toEqual([]),
  );
});

let folder = '';
let origin = '';
const run = (cwd: string, ...words: readonly string[]): string => {
  const identity = ['-c', 'user.name=T', '-c', 'user.email=t@example.org', '-c', 'commit.gpgsign=false'];
  const { status, stdout, stderr } = spawnSync('git', [...identity, ...words], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
  return stdout.trim();
};
const commit = (text: string): string => {
  writeFileSync(join(origin, 'file'), text);
  run(origin, 'add', '.');
  run(origin, 'commit', '-qm', text);
  return run(origin, 'rev-parse', 'HEAD');
};
let first = '';
let second = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'git-'));
  chmodSync(folder, 0o755);
  origin = join(folder, "or'igin*");
  mkdirSync(origin);
  run(origin, 'init', '-q', '-b', 'main');
  first = commit('first');
  run(origin, 'tag', '-am', 'a tag', 'v1');
  run(origin, 'branch', 'deep/main');
  second = commit('second');
});
afterAll(() => rmSync(folder, { recursive: true }));

const NEEDED = 'cat chmod git grep head id ls mkdir mktemp mv rm rmdir stat su sync timeout uname'.split(' ');
const HOSTS: readonly (readonly [string, () => HostShell])[] = [
  ['dash and GNU', () => shellWith(folder, 'dash', [...NEEDED, 'runuser'])],
  ['bash and GNU', () => shellWith(folder, 'bash', NEEDED)],
  [
    'busybox',
    () => {
      const plain = busyboxWith(
        folder,
        NEEDED.filter((program) => program !== 'git' && program !== 'su'),
      );
      const withGit = shellWith(folder, 'busybox', ['git', 'su']);
      return { ...plain, path: `${plain.path}:${withGit.path}` };
    },
  ],
];

describe.each(HOSTS)('with %s', (_name, hostOf) => {
  let shell: HostShell;
  beforeAll(() => void (shell = hostOf()));
  const target = (): string => {
    const above = mkdtempSync(join(folder, 'target-'));
    chmodSync(above, 0o755);
    return join(above, "it's *");
  };
  /** Reads, plans and applies on this computer, as the engine does. */
  const converge = async (wanted: object): Promise<StepOutcome & { changes: readonly string[] }> => {
    const here = {
      ...fakeHost({}),
      read: async (reader: Parameters<typeof readHere>[1], key: string) => readHere(shell, reader, [key])[0],
    } as ReturnType<typeof fakeHost>;
    const { changes, rawSteps, unknown } = await plan(git, { repository: origin, ...wanted }, here);
    if (unknown !== undefined) throw new Error(unknown);
    const outcome = { code: 0, stdout: '', stderr: '' };
    for (const step of rawSteps) Object.assign(outcome, await runStepHere(shell, step));
    return { ...outcome, changes };
  };

  test('reads what is there and what is not', () => {
    const work = target();
    run(folder, 'clone', '-q', origin, work);
    writeFileSync(join(work, 'file'), 'mine');
    writeFileSync(join(work, 'untracked'), '');
    const empty = join(work, '../empty');
    mkdirSync(empty);
    const keys = [work, empty, join(work, '../none'), join(work, '..'), join(work, 'file')];
    const read = readHere(shell, gitCheckouts, keys);
    expect(read.map(({ is }) => is)).toEqual(['repository', 'vacant', 'vacant', 'other', 'other']);
    expect(read[0]).toEqual(checkout({ head: second, origin, changed: ['file'] }));
  });

  test('asks what branches and tags mean', () => {
    const ask = (repositoryAsked: string, ...references: readonly string[]): string =>
      remoteKey({ repository: repositoryAsked, path: '/none', references, timeoutSeconds: 20 });
    const keys = [
      ask(origin, 'refs/heads/main', 'refs/tags/main'),
      ask(join(folder, 'none'), 'HEAD'),
      ask(origin, 'refs/heads/v1', 'refs/tags/v1'),
      ask('ext::touch /tmp/never', 'HEAD'),
    ];
    const read = readHere(shell, gitRemotes, keys);
    expect(read.map(({ commits }) => [...commits])).toEqual([
      [['refs/heads/main', second]],
      [],
      [['refs/tags/v1', first]],
      [],
    ]);
    expect(read[1]?.complaint).toContain('does not appear to be a git repository');
    expect(read[3]?.complaint).toContain("transport 'ext' not allowed");
  });

  test('a new work tree by tag, then a branch, then a commit', async () => {
    const work = target();
    expect(await converge({ path: work, revision: 'v1' })).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(work, 'file'), 'utf8')).toBe('first');
    expect(readdirSync(join(work, '..'))).toHaveLength(1);
    expect((statSync(work).mode & 0o777).toString(8)).toBe('755');
    writeFileSync(join(work, 'mine'), 'mine');
    for (const [revision, text] of [
      ['main', 'second'],
      [first, 'first'],
      ['refs/heads/main', 'second'],
    ] as const) {
      expect(await converge({ path: work, revision })).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(join(work, 'file'), 'utf8')).toBe(text);
      expect((await converge({ path: work, revision })).changes).toEqual([]);
    }
    expect(readFileSync(join(work, 'mine'), 'utf8')).toBe('mine');
  });

  test('an empty directory becomes a work tree; a full one does not', async () => {
    const work = target();
    mkdirSync(work);
    expect(await converge({ path: work, revision: first })).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(work, 'file'), 'utf8')).toBe('first');
    await expect(converge({ path: join(work, '..'), revision: first })).rejects.toMatchObject({
      code: 'task/wrong-type',
    });
  });

  test('a commit that nobody has leaves no trace', async () => {
    const work = target();
    const { code, stderr } = await converge({ path: work, revision: NEW });
    expect(code).toBe(1);
    expect(stderr).toMatch(/git fetch failed|is not to be had/);
    expect(readdirSync(join(work, '..'))).toEqual([]);
  });

  test('local changes are refused, then thrown away by force', async () => {
    const work = target();
    await converge({ path: work, revision: 'v1' });
    writeFileSync(join(work, 'file'), 'mine');
    await expect(converge({ path: work, revision: 'main' })).rejects.toMatchObject({
      code: 'task/local-changes',
    });
    expect(readFileSync(join(work, 'file'), 'utf8')).toBe('mine');
    const forced = await converge({ path: work, revision: 'v1', force: true });
    expect(forced.changes).toEqual(['local_changes: file -> none']);
    expect(readFileSync(join(work, 'file'), 'utf8')).toBe('first');
  });

  test('commits made there are kept', async () => {
    const work = target();
    await converge({ path: work, revision: 'v1' });
    writeFileSync(join(work, 'file'), 'mine');
    run(work, 'commit', '-qam', 'mine');
    const own = run(work, 'rev-parse', 'HEAD');
    expect((await converge({ path: work, revision: 'main' })).code).toBe(0);
    expect(run(work, 'for-each-ref', '--format=%(refname)', '--contains', own)).toBe(`refs/homelab/${own}`);
  });

  test('a checkout that was killed is finished', async () => {
    const work = target();
    await converge({ path: work, revision: 'v1' });
    writeFileSync(join(work, 'file'), 'sec');
    writeFileSync(join(work, '.git/index.lock'), '');
    writeFileSync(join(work, '.git/homelab-checkout'), second);
    const { code, changes } = await converge({ path: work, revision: 'main' });
    expect({ code, count: changes.length }).toEqual({ code: 0, count: 1 });
    expect(readFileSync(join(work, 'file'), 'utf8')).toBe('second');
    expect(existsSync(join(work, '.git/homelab-checkout'))).toBe(false);
  });

  test('an untracked file in the way stays', async () => {
    const work = target();
    run(origin, 'checkout', '-q', '-b', 'wide');
    writeFileSync(join(origin, 'new'), 'new');
    run(origin, 'add', '.');
    run(origin, 'commit', '-qm', 'new', '--allow-empty');
    run(origin, 'checkout', '-q', 'main');
    await converge({ path: work, revision: 'v1' });
    writeFileSync(join(work, 'new'), 'mine');
    const { code, stderr } = await converge({ path: work, revision: 'wide' });
    expect({ code, text: readFileSync(join(work, 'new'), 'utf8') }).toEqual({ code: 1, text: 'mine' });
    expect(stderr).toContain('untracked working tree files would be overwritten');
    expect((await converge({ path: work, revision: 'v1' })).changes).toEqual([]);
    run(origin, 'branch', '-D', 'wide');
  });

  (process.getuid?.() === 0 ? test : test.skip)('runs as the owner of the directory', async () => {
    const work = target();
    await converge({ path: work, revision: 'v1' });
    const witness = join(work, '../witness');
    writeFileSync(join(work, '.git/hooks/post-checkout'), '#!/bin/sh\nid -u >"${PWD%/*}/witness"\n');
    chmodSync(join(work, '.git/hooks/post-checkout'), 0o755);
    chmodSync(join(work, '..'), 0o777);
    spawnSync('chown', ['-R', '--', 'nobody', work]);
    chownSync(join(work, '..'), 65534, 65534);
    // Git serves a repository to its owner only.
    const theirs = mkdtempSync(join(folder, 'theirs-'));
    run(folder, 'clone', '-q', '--bare', origin, theirs);
    spawnSync('chown', ['-R', '--', 'nobody', theirs]);
    const { code, stderr, changes } = await converge({ path: work, revision: 'main', repository: theirs });
    expect({ code, stderr, count: changes.length }).toEqual({ code: 0, stderr: '', count: 2 });
    expect(readFileSync(witness, 'utf8')).toBe('65534\n');
    expect(statSync(join(work, 'file')).uid).toBe(65534);
  });
});
