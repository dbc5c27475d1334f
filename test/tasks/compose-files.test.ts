import { afterAll, describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Content } from '../../src/core/content.js';
import { Secret } from '../../src/core/secret.js';
import { composeKey, type ComposeContainer } from '../../src/probes/compose-projects.js';
import compose from '../../src/tasks/compose.js';
import { SHELLS } from '../probes/shells.js';
import { fakeHost, fileEntry } from './fake-host.js';
import { plan, problems, showStep } from './plan-task.js';
import { runStepHere } from './shared/run-step.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'compose-files-')));
afterAll(() => rmSync(root, { recursive: true }));

/**
 * Stands in for Docker: notes how it was called. `c1` and `c2` run, and mount what the files `mounts.ID` say. A folder
 * with a file `broken` is none that Compose can read.
 */
const DOCKER = `#!/bin/sh
here=\${0%/*}
case "$*" in
  *' config -q')
    shift; [ ! -e "$4/broken" ] || { echo 'cannot read it' >&2; exit 15; }
    ( cd "$4" && find -L . -type f | sort ) >"$here/seen" ;;
  *' up '*) echo up >>"$here/calls"; cat "$here/fails" 2>/dev/null && exit 1; exit 0 ;;
  *' stop') echo stop >>"$here/calls" ;;
  ps*) cat "$here/running" ;;
  inspect*) shift 3; cat "$here/mounts.$1" ;;
  restart*) echo "$*" >>"$here/calls" ;;
esac
`;

interface Place {
  readonly directory: string;
  readonly bin: string;
}
let count = 0;
function place(mounts: Readonly<Record<string, readonly string[]>> = {}): Place {
  const here = join(root, `${(count += 1)}`);
  const [directory, bin] = [join(here, 'it is an app'), join(here, 'bin')];
  for (const one of [directory, bin]) mkdirSync(one, { recursive: true });
  writeFileSync(join(bin, 'docker'), DOCKER);
  chmodSync(join(bin, 'docker'), 0o755);
  writeFileSync(join(bin, 'running'), 'c1\nc2\n');
  for (const id of ['c1', 'c2'])
    writeFileSync(
      join(bin, `mounts.${id}`),
      (mounts[id] ?? []).map((path) => `${directory}${path}\n`).join(''),
    );
  return { directory, bin };
}

function lay({ directory }: Place, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text, { mode: 0o644 });
  }
}

/** Every file that is there by its name, without what a staging folder left. */
function found({ directory }: Place): Record<string, string> {
  const names = readdirSync(directory, { recursive: true }) as string[];
  const files = names.filter((name) => lstatSync(join(directory, name)).isFile()).toSorted();
  return Object.fromEntries(files.map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

const sum = (text: string): string => Content.of(text).sha256;
const list = (files: Readonly<Record<string, string>>): string =>
  Object.entries(files)
    .map(([name, text]) => `${sum(text)}  ${name}\n`)
    .join('');
const RUNNING: ComposeContainer = {
  name: 'app-web-1',
  service: 'web',
  state: 'running',
  exitCode: undefined,
};
const COMPOSE = 'services: {}\n';

/** What the kind makes of the files as they are on this computer. */
async function planned(one: Place, files: readonly object[], more: object = {}) {
  const { directory } = one;
  const params = { path: directory, project: 'app', content: COMPOSE, files, ...more };
  const contents = found(one);
  const entries = Object.entries(contents).map(([name, text]) => {
    const mode = (lstatSync(join(directory, name)).mode & 0o777).toString(8).padStart(4, '0');
    return [`${directory}/${name}`, fileEntry({ sha256: sum(text), mode, sizeBytes: text.length })] as const;
  });
  const absent = new Proxy(Object.fromEntries(entries), {
    get: (known, key) => known[String(key)] ?? null,
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: null }),
  });
  const texts = new Proxy(
    Object.fromEntries(Object.entries(contents).map(([name, text]) => [`${directory}/${name}`, text])),
    {
      get: (known, key) => {
        const text = known[String(key)];
        return text === undefined ? null : { bytes: Buffer.from(text), isComplete: true };
      },
      getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: null }),
    },
  );
  const isCompared = !('state' in more);
  return plan(
    compose,
    params,
    fakeHost({
      files: absent,
      'file-contents': texts,
      'compose-projects': {
        [composeKey({ path: directory, project: 'app', isCompared })]: {
          program: ['docker', 'compose'],
          daemonComplaint: '',
          fileComplaint: '',
          containers: isCompared ? [RUNNING] : [],
        },
      },
    }),
  );
}

const calls = ({ bin }: Place): string =>
  existsSync(join(bin, 'calls')) ? readFileSync(join(bin, 'calls'), 'utf8') : '';

describe.each(SHELLS.slice(0, 3))('the files of a project, with %s', (_name, shell) => {
  const apply = async (one: Place, files: readonly object[], more: object = {}) => {
    const { rawSteps, changes } = await planned(one, files, more);
    const [step] = rawSteps;
    expect(rawSteps).toHaveLength(1);
    if (step === undefined) throw new Error('nothing to do');
    const outcome = await runStepHere({ ...shell, path: `${one.bin}:${shell.path}` }, step);
    return { changes, ...outcome };
  };
  const OLD = { 'compose.yml': COMPOSE, a: 'old\n', 'conf/b': 'b\n' };
  const settled = { ...OLD, '.homelab-files': list({ a: 'old\n', 'conf/b': 'b\n' }) };
  const B = { path: 'conf/b', content: 'b\n' };

  test('new ones', async () => {
    const one = place();
    const files = [
      { path: 'a', content: 'it\'s "$(id)" \\ %s\n', mode: '0755' },
      B,
      { path: '.env', content: new Secret('A=1\n') },
    ];
    expect(await apply(one, files)).toMatchObject({ code: 0 });
    expect(found(one)).toEqual({
      'compose.yml': COMPOSE,
      a: 'it\'s "$(id)" \\ %s\n',
      'conf/b': 'b\n',
      '.env': 'A=1\n',
      '.homelab-files': list({ a: 'it\'s "$(id)" \\ %s\n', 'conf/b': 'b\n', '.env': 'A=1\n' }),
    });
    const mode = (name: string) => lstatSync(join(one.directory, name)).mode & 0o777;
    expect(['a', 'conf/b', '.env', '.homelab-files'].map(mode)).toEqual([0o755, 0o644, 0o600, 0o600]);
    expect(calls(one)).toBe('up\n');
    expect((await planned(one, files)).changes).toEqual([]);
  });

  test('Compose cannot read them: nothing has changed', async () => {
    const one = place({ c1: ['/a'] });
    lay(one, settled);
    const { code, stderr } = await apply(one, [
      { path: 'a', content: 'new\n' },
      B,
      { path: 'broken', content: '' },
    ]);
    expect([code, stderr]).toEqual([1, 'cannot read it\n']);
    expect(found(one)).toEqual(settled);
    expect(calls(one)).toBe('');
    expect(readdirSync(one.directory).toSorted()).toEqual(['.homelab-files', 'a', 'compose.yml', 'conf']);
  });

  test.each([
    [['/a'], ['/conf'], 'up\nrestart c1\n'],
    [['/conf'], [''], 'up\nrestart c2\n'],
    [['/aa', '/a/x'], [], 'up\n'],
  ])('containers that mount what changed start anew: %j, %j', async (first, second, expected) => {
    const one = place({ c1: first, c2: second });
    lay(one, settled);
    const { changes } = await apply(one, [{ path: 'a', content: 'new\n' }, B]);
    expect(changes).toEqual(['file.a: old\n -> new\n']);
    expect(calls(one)).toBe(expected);
  });

  test('one that is named no more goes, others in its folder stay', async () => {
    const one = place({ c1: ['/old'] });
    lay(one, {
      ...settled,
      'old/deep/x': 'x',
      'old/theirs': 'y',
      '.homelab-files': `${list({ a: 'old\n', 'conf/b': 'b\n', 'old/deep/x': 'x' })}${sum('')}  ../../outside\n${sum('')}  gone\n`,
    });
    const { changes } = await apply(one, [{ path: 'a', content: 'old\n' }, B]);
    expect(changes).toEqual(['orphan.old/deep/x: there -> null']);
    expect(found(one)).toEqual({ ...settled, 'old/theirs': 'y' });
    expect(existsSync(join(one.directory, 'old/deep'))).toBe(false);
    expect(readFileSync(join(one.bin, 'seen'), 'utf8')).toBe('./a\n./compose.yml\n./conf/b\n./old/theirs\n');
    expect(calls(one)).toBe('up\nrestart c1\n');
  });

  test('what was cut off before the containers knew is done by the next run', async () => {
    const one = place({ c1: ['/conf/b'] });
    lay(one, settled);
    writeFileSync(join(one.bin, 'fails'), 'no image\n');
    const files = [
      { path: 'a', content: 'old\n' },
      { ...B, content: 'new\n' },
    ];
    expect(await apply(one, files)).toMatchObject({ code: 1, stdout: 'no image\n' });
    expect(found(one)['conf/b']).toBe('new\n');
    rmSync(join(one.bin, 'fails'));
    rmSync(join(one.bin, 'calls'));
    const { changes, code } = await apply(one, files);
    expect([changes, code]).toEqual([['effect.conf/b: not yet -> null'], 0]);
    expect(calls(one)).toBe('up\nrestart c1\n');
    expect((await planned(one, files)).changes).toEqual([]);
  });

  test('a new one of a run that was cut off goes as well where it is named no more', async () => {
    const one = place();
    lay(one, settled);
    writeFileSync(join(one.bin, 'fails'), '');
    await apply(one, [{ path: 'a', content: 'old\n' }, B, { path: 'c', content: 'c' }]);
    rmSync(join(one.bin, 'fails'));
    expect(await apply(one, [{ path: 'a', content: 'old\n' }, B])).toMatchObject({
      code: 0,
      changes: ['orphan.c: there -> null'],
    });
    expect(found(one)).toEqual(settled);
  });

  test('a folder that leads elsewhere is not followed', async () => {
    const one = place();
    const elsewhere = place();
    lay(elsewhere, { b: 'theirs' });
    lay(one, { 'compose.yml': COMPOSE });
    symlinkSync(elsewhere.directory, join(one.directory, 'conf'));
    const { code, stderr } = await apply(one, [B]);
    expect([code, stderr]).toEqual([1, `the folder of conf/b leads out of ${one.directory}\n`]);
    expect(found(elsewhere)).toEqual({ b: 'theirs' });
  });

  test('a folder that Docker made in the place of a file', async () => {
    const one = place();
    mkdirSync(join(one.directory, 'a'));
    expect(await apply(one, [{ path: 'a', content: 'a' }])).toMatchObject({ code: 0 });
    expect(found(one)['a']).toBe('a');
  });

  test('of a project that is stopped: nothing starts', async () => {
    const one = place();
    expect(await apply(one, [B], { state: 'stopped' })).toMatchObject({ code: 0 });
    expect(calls(one)).toBe('stop\n');
    expect((await planned(one, [B], { state: 'stopped' })).changes).toEqual([]);
  });

  test('all of ours go with the project, nothing else does', async () => {
    const one = place();
    const elsewhere = place();
    lay(elsewhere, { b: 'theirs' });
    lay(one, { ...settled, 'conf/theirs': '', 'c/d/e': 'e' });
    const names = ['a', 'conf/b', 'c/d/e', '../../x', '/etc/x', 'link/b'];
    lay(one, { '.homelab-files': names.map((name) => `${sum('')}  ${name}\n`).join('') });
    symlinkSync(elsewhere.directory, join(one.directory, 'link'));
    const params = { content: undefined, files: undefined, state: 'absent' };
    expect(await apply(one, [], params)).toMatchObject({ code: 0 });
    expect(found(one)).toEqual({ 'conf/theirs': '', 'link/b': 'theirs' });
    expect(existsSync(join(one.directory, 'c'))).toBe(false);
    expect(found(elsewhere)).toEqual({ b: 'theirs' });
  });
});

test('a secret is in nothing that can be seen', async () => {
  const { rawSteps, changes } = await planned(place(), [{ path: '.env', content: new Secret('A=canary') }]);
  expect(rawSteps.map((step) => (step.do === 'run' ? step.command.stdin : step))).toEqual([
    expect.any(Secret),
  ]);
  expect(changes.join('\n')).not.toContain('canary');
  expect(rawSteps.map((step) => showStep(step).split(' < ')[0]).join('\n')).not.toContain('canary');
});

test.each<[string, unknown, readonly string[]]>([
  [
    'a path that leads out',
    [{ path: '../a', content: '' }],
    ['files.0.path: must be a path inside of the directory, without `.` and `..`'],
  ],
  [
    'an absolute path',
    [{ path: '/a', content: '' }],
    ['files.0.path: must be a path inside of the directory, without `.` and `..`'],
  ],
  [
    'two lines',
    [{ path: 'a\nb', content: '' }],
    ['files.0.path: must be a path inside of the directory, without `.` and `..`'],
  ],
  ['compose.yml', [{ path: 'compose.yml', content: '' }], ['files.0.path: is what `content` is for']],
  [
    'a name of our own',
    [{ path: '.homelab-files', content: '' }],
    ['files.0.path: is a name that homelab keeps for itself'],
  ],
  [
    'one twice',
    [
      { path: 'a', content: '' },
      { path: 'a', content: '' },
    ],
    ['files.1.path: is there twice'],
  ],
  [
    'a file in a file',
    [
      { path: 'a', content: '' },
      { path: 'a/b', content: '' },
    ],
    ['files.0.path: is a file and a folder'],
  ],
])('refused: %s', (_name, files, complaints) => {
  expect(problems(compose, { path: '/srv/a', content: COMPOSE, files })).toEqual(complaints);
});

test('refused: files of a project that is to be absent', () => {
  expect(problems(compose, { path: '/srv/a', state: 'absent', files: [] })).toEqual([
    'files: a project that is to be absent has none: those that are ours go',
  ]);
});
