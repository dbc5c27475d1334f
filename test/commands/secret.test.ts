import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { quoteAll } from '../../src/core/quote.js';
import { ageFormOf } from '../../src/core/sealed.js';
import { findSecretScalars } from '../../src/yaml/secret-scalars.js';
import { makeProject, removeProjects } from '../inventory/project-folder.js';
import { testKeys, type TestKeys } from '../secrets/age-project.js';
import { homelab, requireBuild, type Answer } from './homelab-program.js';

let mine: TestKeys;
let yours: TestKeys;
let dir: string;

beforeAll(async () => {
  await requireBuild();
  mine = await testKeys();
  yours = await testKeys();
}, 60_000);
afterAll(removeProjects);

beforeEach(() => {
  dir = makeProject({
    'homelab.yml': `recipients: ${mine.recipient}\n`,
    'inventory/hosts.yml': 'hosts: { a: { transport: local } }\n',
    'playbooks/site.yml': '- { name: P, hosts: all }\n',
  });
});

interface Options {
  readonly keys?: TestKeys | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

const run = (words: readonly string[], { keys = mine, env = {} }: Options = {}): Promise<Answer> =>
  homelab(words, { cwd: dir, env: { HOMELAB_AGE_IDENTITY: keys.identity, ...env } });

const path = (name: string): string => join(dir, name);
const read = (name: string): string => readFileSync(path(name), 'utf8');

/** An editor that runs shell text on the file `$1`, as a program of its own. */
function editor(script: string): Readonly<Record<string, string>> {
  writeFileSync(path('editor.sh'), `#!/bin/sh\n${script}\n`);
  chmodSync(path('editor.sh'), 0o755);
  return { EDITOR: path('editor.sh'), VISUAL: '' };
}

describe('keygen', () => {
  test('writes an identity that only its owner reads, and prints its public key', async () => {
    const { code, stdout, stderr } = await run(['secret', 'keygen']);
    const file = path('.config/homelab/age.txt');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `The identity is in ${file}. Keep a copy of it where it is safe.\n`,
    });
    expect(stdout).toMatch(/^age1[a-z0-9]{58}\n$/);
    expect(readFileSync(file, 'utf8')).toMatch(
      new RegExp(
        `^# created: \\d{4}-\\d\\d-\\d\\dT[\\d:]+Z\n# public key: ${stdout.trim()}\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n$`,
      ),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const before = readFileSync(file, 'utf8');
    const again = await run(['secret', 'keygen']);
    expect(again).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('there is an identity file'),
    });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test('what it writes opens what is encrypted for it, outside of a project too', async () => {
    const home = makeProject({});
    const { stdout } = await homelab(['secret', 'keygen', '--json'], { cwd: home });
    const { recipient, file } = JSON.parse(stdout) as { recipient: string; file: string };
    writeFileSync(path('homelab.yml'), `recipients: [${recipient}]\nidentity: ${file}\n`);
    writeFileSync(path('x.txt'), 'plain');
    expect((await homelab(['secret', 'encrypt', 'x.txt'], { cwd: dir })).code).toBe(0);
    expect((await homelab(['secret', 'view', 'x.txt'], { cwd: dir })).stdout).toBe('plain');
  });
});

describe('encrypt', () => {
  const encryptValue = (input: string | Buffer, words: readonly string[] = []) =>
    spawnSync(process.execPath, [join(process.cwd(), 'bin/run.js'), 'secret', 'encrypt', ...words], {
      cwd: dir,
      input,
      env: { PATH: process.env['PATH'], HOME: dir },
      encoding: 'utf8',
    });

  test.each<[string, string, string]>([
    ['a line end is taken off', 'hunter2\n', 'hunter2'],
    ['one of two', 'hunter2\n\n', 'hunter2\n'],
    ['none', 'hunter2', 'hunter2'],
    ['of DOS', 'hunter2\r\n', 'hunter2'],
    ['several lines', 'a\n b\n', 'a\n b'],
  ])('a value on standard input: %s', async (_name, input, expected) => {
    const { status, stdout, stderr } = encryptValue(input, ['--name', 'pw']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^pw: !secret \|\n {2}-----BEGIN AGE ENCRYPTED FILE-----\n/);
    mkdirSync(path('inventory/host_vars'));
    writeFileSync(path('inventory/host_vars/a.yml'), stdout);
    writeFileSync(
      path('playbooks/site.yml'),
      '- name: P\n  hosts: all\n  tasks: [{ file: { path: /nonexistent/x, content: "{{vars.pw}}" } }]\n',
    );
    const view = await run(['secret', 'view', 'inventory/host_vars/a.yml']);
    const [scalar] = findSecretScalars(view.stdout, 'a.yml');
    expect(scalar?.value).toBe(expected);
    expect((await run(['validate'])).code).toBe(0);
  });

  test('a file, in its place, with its mode; once', async () => {
    writeFileSync(path('key.bin'), Buffer.from([0, 255, 10, 13]), { mode: 0o640 });
    expect((await run(['secret', 'encrypt', 'key.bin'])).code).toBe(0);
    expect(ageFormOf(readFileSync(path('key.bin')))).toBe('armored');
    expect(statSync(path('key.bin')).mode & 0o777).toBe(0o640);
    expect(readdirSync(dir).filter((name) => name.startsWith('key.bin'))).toEqual(['key.bin']);
    const again = await run(['secret', 'encrypt', 'key.bin']);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('key.bin is encrypted already') });
  });

  test('of YAML with secrets in plain text those values alone; once', async () => {
    writeFileSync(path('vars.yml'), 'a: 1 # one\npw: !secret hunter22 # mine\nb: 2\n');
    expect(await run(['secret', 'rekey'])).toMatchObject({ code: 0, stdout: '' });
    expect((await run(['secret', 'encrypt', 'vars.yml'])).code).toBe(0);
    expect(read('vars.yml')).toMatch(
      /^a: 1 # one\npw: !secret \| # mine\n {2}-----BEGIN[^]*\n {2}-----END.*\nb: 2\n$/,
    );
    expect((await run(['secret', 'view', 'vars.yml'])).stdout).toBe(
      'a: 1 # one\npw: !secret hunter22 # mine\nb: 2\n',
    );
    const again = await run(['secret', 'encrypt', 'vars.yml']);
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the values of vars.yml are encrypted already'),
    });
  });

  test.each<[string, string, RegExp]>([
    ['nobody to encrypt for', '', /nobody is named whom this project encrypts for/],
    ['no public key', 'recipients: [age1nonsense]\n', /homelab\.yml:1:14: this is no age public key/],
    ['no such file', 'recipients: keys/team.txt\n', /keys\/team\.txt is neither a public key nor a file/],
    ['an identity', 'recipients: AGE-SECRET-KEY-1ABC\n', /is an identity, which has to stay secret/],
    ['an SSH key', 'recipients: ssh-ed25519 AAAA\n', /is an SSH key/],
  ])('%s', async (_name, settings, expected) => {
    writeFileSync(path('homelab.yml'), settings);
    writeFileSync(path('x.txt'), 'plain');
    const { code, stderr } = await run(['secret', 'encrypt', 'x.txt']);
    expect(code).toBe(1);
    expect(stderr).toMatch(expected);
    expect(read('x.txt')).toBe('plain');
  });

  test('for the recipients of a file', async () => {
    writeFileSync(path('team.txt'), `# me\n${mine.recipient}\n\n${yours.recipient} # you\n`);
    writeFileSync(path('homelab.yml'), 'recipients: team.txt\n');
    writeFileSync(path('x.txt'), 'plain');
    await run(['secret', 'encrypt', 'x.txt']);
    for (const keys of [mine, yours])
      expect((await run(['secret', 'view', 'x.txt'], { keys })).stdout).toBe('plain');
  });
});

describe('view', () => {
  test.each<[string, string, string]>([
    ['is missing', 'gone.txt', 'there is no file gone.txt'],
    ['is plain', 'inventory/hosts.yml', 'nothing in inventory/hosts.yml is encrypted'],
  ])('a file that %s', async (_name, file, expected) => {
    const { code, stdout, stderr } = await run(['secret', 'view', file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(expected);
  });

  test('bytes as they are', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 27]);
    writeFileSync(path('key.bin'), await mine.seal(bytes));
    const { stdout } = spawnSync(
      process.execPath,
      [join(process.cwd(), 'bin/run.js'), 'secret', 'view', 'key.bin'],
      {
        cwd: dir,
        env: { HOMELAB_AGE_IDENTITY: mine.identity, HOME: dir },
      },
    );
    expect(stdout).toEqual(bytes);
  });
});

describe('edit', () => {
  test('a file that does not exist becomes an encrypted one', async () => {
    mkdirSync(path('inventory/host_vars'));
    const { code, stderr } = await run(['secret', 'edit', 'inventory/host_vars/a.yml'], {
      env: editor('printf "pw: hunter22\\n" > "$1"'),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Encrypted inventory/host_vars/a.yml.\n' });
    expect(ageFormOf(readFileSync(path('inventory/host_vars/a.yml')))).toBe('armored');
    const shown = await run(['inventory', 'show', 'a', '--json']);
    expect(shown.stdout).toContain('"value": "***"');
    expect(shown.stdout).not.toContain('hunter22');
  });

  test('of YAML only what changed differs', async () => {
    const text = `a: ${await mine.sealValue('one1')}# a remark\nb: ${await mine.sealValue('two2')}`;
    writeFileSync(path('vars.yml'), text);
    await run(['secret', 'edit', 'vars.yml'], { env: editor('sed -i s/two2/three3/ "$1"') });
    expect(read('vars.yml').startsWith(text.slice(0, text.indexOf('b: ')))).toBe(true);
    expect((await run(['secret', 'view', 'vars.yml'])).stdout).toBe(
      'a: !secret one1\n# a remark\nb: !secret three3\n',
    );
  });

  test.each<[string, string]>([
    ['nothing was changed', 'true'],
    ['it was only written again', 'cp "$1" "$1.x"; mv "$1.x" "$1"'],
  ])('the file stays where %s', async (_name, script) => {
    const text = `a: ${await mine.sealValue('one1')}`;
    writeFileSync(path('vars.yml'), text);
    const { code, stderr } = await run(['secret', 'edit', 'vars.yml'], { env: editor(script) });
    expect({ code, stderr, text: read('vars.yml') }).toEqual({
      code: 0,
      stderr: 'vars.yml is as it was.\n',
      text,
    });
  });

  test('a mistake loses nothing', async () => {
    const text = `a: ${await mine.sealValue('one1')}`;
    writeFileSync(path('vars.yml'), text);
    const { code, stderr } = await run(['secret', 'edit', 'vars.yml'], {
      env: editor('printf "b: [1\\n" >> "$1"'),
    });
    expect(code).toBe(1);
    expect(stderr).toContain('vars.yml is as it was. What you wrote is in vars.yml.edited.age, encrypted');
    expect(read('vars.yml')).toBe(text);
    expect(read('vars.yml.edited.age')).not.toContain('one1');
    expect((await run(['secret', 'view', 'vars.yml.edited.age'])).stdout).toBe('a: !secret one1\nb: [1\n');
  });

  test('the plain text lies in memory alone, for its owner alone, and is gone afterwards', async () => {
    writeFileSync(path('x.txt'), await mine.seal('plain\n'));
    const script = `stat -f -c %T "$1" > ${path('seen')}; stat -c %a "$1" "$(dirname "$1")" >> ${path('seen')}; echo "$1" >> ${path('seen')}; env >> ${path('seen')}; tr '\\0' ' ' < /proc/$$/cmdline >> ${path('seen')}; echo more >> "$1"; exit $FAIL`;
    for (const FAIL of ['0', '3']) {
      const { code } = await run(['secret', 'edit', 'x.txt'], { env: { ...editor(script), FAIL } });
      expect(code).toBe(FAIL === '0' ? 0 : 1);
      const seen = read('seen');
      const [type, fileMode, folderMode, file = ''] = seen.split('\n');
      expect({ type, fileMode, folderMode }).toEqual({ type: 'tmpfs', fileMode: '600', folderMode: '700' });
      expect(existsSync(join(file, '..'))).toBe(false);
      expect(seen).not.toMatch(/AGE-SECRET-KEY|HOMELAB_AGE|plain/);
    }
    expect((await run(['secret', 'view', 'x.txt'])).stdout).toBe('plain\nmore\n');
  });

  test('is gone after a signal as well', async () => {
    writeFileSync(path('x.txt'), await mine.seal('plain\n'));
    const { code } = await run(['secret', 'edit', 'x.txt'], {
      env: editor(
        `echo "$1" > ${path('seen')}; read -r _ _ _ homelab _ < /proc/$PPID/stat; kill -TERM $homelab; exec sleep 2 > /dev/null 2>&1`,
      ),
    });
    expect(code).toBe(143);
    expect(existsSync(join(read('seen').trim(), '..'))).toBe(false);
  });

  test.each<[string, boolean]>([
    ['values of YAML', false],
    ['a whole file', true],
  ])('what somebody else wrote meanwhile stays: %s', async (_what, isWhole) => {
    const written = isWhole ? await mine.seal('a: one1\n') : `a: ${await mine.sealValue('one1')}`;
    writeFileSync(path('vars.yml'), written);
    const theirs = isWhole ? await mine.seal('a: two2\n') : `a: ${await mine.sealValue('two2')}`;
    writeFileSync(path('theirs'), theirs);
    const script = `cp ${path('theirs')} ${path('vars.yml')}; sed -i s/one1/three3/ "$1"`;
    const { code, stderr } = await run(['secret', 'edit', 'vars.yml'], { env: editor(script) });
    expect(code).toBe(1);
    expect(stderr).toContain('vars.yml was changed meanwhile, and stays so. What you wrote is in');
    expect(read('vars.yml')).toBe(theirs);
    expect((await run(['secret', 'view', 'vars.yml.edited.age'])).stdout).toContain('three3');
  });

  test.each<[string, readonly string[], string, string]>([
    ['an editor that removes the text', ['edit', 'x.txt'], 'rm "$1"', 'has left no text of x.txt'],
    ['a folder to edit', ['edit', 'inventory'], 'true', 'cannot read inventory (EISDIR)'],
    ['a folder to view', ['view', 'inventory'], 'true', 'cannot read inventory (EISDIR)'],
    ['no folder to write to', ['edit', 'none/x.txt'], 'echo more >> "$1"', 'none/x.txt (ENOENT)'],
  ])('%s is told', async (_what, words, script, message) => {
    const sealed = await mine.seal('one1');
    writeFileSync(path('x.txt'), sealed);
    const { code, stderr } = await run(['secret', ...words], { env: editor(script) });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('bug');
    expect(read('x.txt')).toBe(sealed);
  });

  test('a plain file that is no YAML is not edited', async () => {
    writeFileSync(path('x.txt'), 'plain');
    const { code, stderr } = await run(['secret', 'edit', 'x.txt'], { env: editor('echo more >> "$1"') });
    expect(code).toBe(1);
    expect(stderr).toContain('homelab secret encrypt x.txt');
    expect(read('x.txt')).toBe('plain');
  });
});

/** An answer that is none: the terminal is closed. */
const HANG_UP = 'hang up';

/** The program in a terminal of its own (script(1)), which is typed into once it has asked. */
function typed(
  words: readonly string[],
  answers: readonly (readonly [asked: string, answer: string])[],
  env = {},
): Promise<Answer> {
  const command = quoteAll([process.execPath, join(process.cwd(), 'bin/run.js'), ...words]);
  const { PATH = '' } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: dir,
    env: { PATH, HOME: dir, TERM: 'xterm', HOMELAB_AGE_IDENTITY: mine.identity, ...env },
  });
  const left = [...answers];
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const [next] = left;
    if (next === undefined || !stdout.includes(next[0])) return;
    left.shift();
    if (next[1] === HANG_UP) child.kill('SIGKILL');
    else child.stdin.write(next[1]);
  });
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout: stdout.replaceAll('\r\n', '\n'), stderr: '' }));
  });
}

describe('in a terminal', () => {
  test('a value is asked for and not shown', async () => {
    const { code, stdout } = await typed(['secret', 'encrypt', '--name', 'pw'], [['Value:', 'hunter22\r']]);
    expect(code).toBe(0);
    expect(stdout).not.toContain('hunter22');
    writeFileSync(path('vars.yml'), stdout.slice(stdout.indexOf('pw: ')));
    expect((await run(['secret', 'view', 'vars.yml'])).stdout).toBe('pw: !secret hunter22\n');
  });

  test('after a mistake the same text is edited again', async () => {
    writeFileSync(path('vars.yml'), `a: ${await mine.sealValue('one1')}`);
    const script = `if [ -e ${path('once')} ]; then sed -i 's/[[]1/[1]/' "$1"; else touch ${path('once')}; printf 'b: [1\n' >> "$1"; fi`;
    const { code, stdout } = await typed(
      ['secret', 'edit', 'vars.yml'],
      [['Edit again?', 'y\r']],
      editor(script),
    );
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Encrypted vars.yml.'),
    });
    expect((await run(['secret', 'view', 'vars.yml'])).stdout).toBe('a: !secret one1\nb: [1]\n');
    expect(readdirSync(dir).filter((name) => name.includes('edited'))).toEqual([]);
  });
});

describe('where the terminal goes away', () => {
  test('while it is asked whether to edit again, the plain text goes too', async () => {
    writeFileSync(path('vars.yml'), `a: ${await mine.sealValue('one1')}`);
    const env = editor(`echo "$1" > ${path('seen')}; printf 'b: [1\\n' >> "$1"`);
    await typed(['secret', 'edit', 'vars.yml'], [['Edit again?', HANG_UP]], env);
    const folder = join(read('seen').trim(), '..');
    for (let tries = 0; existsSync(folder) && tries < 100; tries++) await delay(50);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('rekey', () => {
  beforeEach(async () => {
    mkdirSync(path('files'));
    mkdirSync(path('.git'));
    writeFileSync(path('files/a.key'), await mine.seal('a'));
    writeFileSync(
      path('inventory/vars.yaml'),
      `a: ${await mine.sealValue('one1')}b: 1\nc: ${await mine.sealValue('two2')}`,
    );
    writeFileSync(path('.git/x'), await mine.seal('not ours'));
    writeFileSync(path('homelab.yml'), `recipients: [${yours.recipient}]\n`);
  });

  const listed = ['files/a.key', 'inventory/vars.yaml  (2 values)'];

  test('--check lists and changes nothing', async () => {
    const before = [read('files/a.key'), read('inventory/vars.yaml')];
    const { code, stdout } = await run(['secret', 'rekey', '--check']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: listed.map((line) => `encrypted ${line}\n`).join(''),
    });
    expect([read('files/a.key'), read('inventory/vars.yaml')]).toEqual(before);
  });

  test('opens for the new recipients and no longer for the old', async () => {
    const { code, stdout } = await run(['secret', 'rekey']);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: listed.map((line) => `rekeyed   ${line}\n`).join(''),
    });
    expect((await run(['secret', 'view', 'files/a.key'], { keys: yours })).stdout).toBe('a');
    const view = ['secret', 'view', 'inventory/vars.yaml'];
    expect((await run(view, { keys: yours })).stdout).toBe('a: !secret one1\nb: 1\nc: !secret two2\n');
    expect((await run(view)).stderr).toContain('this is encrypted for others');
    expect((await run(['secret', 'view', '.git/x'])).stdout).toBe('not ours');
  });

  test.each<[string, readonly string[], boolean, RegExp]>([
    ['is told', [], false, /^note: none of your identities is among the recipients: from now on /],
    ['is told before', ['--check'], false, /^note: none of your identities .* after a rekey you could /],
    ['is nobody who stays', [], true, /^$/],
  ])('who takes himself off the list %s', async (_what, flags, isListed, expected) => {
    const recipients = [yours, ...(isListed ? [mine] : [])].map(({ recipient }) => recipient);
    writeFileSync(path('homelab.yml'), `recipients: [${recipients.join(', ')}]\n`);
    const { code, stderr } = await run(['secret', 'rekey', ...flags]);
    expect(code).toBe(0);
    expect(stderr).toMatch(expected);
  });

  test('what a killed one has left unfinished is no part of the project', async () => {
    const left = await mine.seal('half');
    writeFileSync(path('files/.a.key.homelab-0123456789ab'), left);
    expect((await run(['secret', 'rekey'])).stdout).toBe(
      listed.map((line) => `rekeyed   ${line}\n`).join(''),
    );
    expect(read('files/.a.key.homelab-0123456789ab')).toBe(left);
  });

  test('a file with a value that cannot be opened stays whole, and the others are done', async () => {
    const text = `a: ${await mine.sealValue('one1')}b: ${await yours.sealValue('two2')}`;
    writeFileSync(path('inventory/vars.yaml'), text);
    const { code, stdout, stderr } = await run(['secret', 'rekey']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'rekeyed   files/a.key\n' });
    expect(stderr).toMatch(/^inventory\/vars\.yaml:\d+:12: this is encrypted for others/);
    expect(read('inventory/vars.yaml')).toBe(text);
  });
});

describe('validate', () => {
  test('tells every secret that cannot be read, and shows none of their files', async () => {
    mkdirSync(path('inventory/host_vars'));
    mkdirSync(path('files'));
    writeFileSync(path('inventory/host_vars/a.yml'), await mine.seal('pw: hunter22\n'));
    writeFileSync(path('files/a.key'), await mine.seal('a'));
    writeFileSync(
      path('playbooks/site.yml'),
      '- name: P\n  hosts: all\n  tasks: [{ file: { path: /x, source: files/a.key } }]\n',
    );
    const { code, stderr } = await run(['validate'], { keys: yours });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^inventory\/host_vars\/a\.yml:1:1: this is encrypted for others.*\n {2}hint: Add age1/,
    );
    expect(stderr).not.toContain('BEGIN AGE');
    const json = await run(['validate', '--json'], { keys: mine });
    expect(JSON.parse(json.stdout)).toMatchObject({ exitCode: 0 });
  });
});
