import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { installKeys } from '../../src/adopt/authorized-keys.js';
import type { InstallKey } from '../../src/adopt/install-keys.js';
import { keyFactsOfLine } from '../../src/core/key-strength.js';
import { FramedShell } from '../../src/transport/framed-shell.js';
import { openLocalChannel } from '../../src/transport/local-channel.js';
import { publicKeyLine } from '../transport/public-key-line.js';

const SHELLS: readonly (readonly [string, readonly string[]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash', '--posix']],
  ['busybox', ['busybox', 'sh']],
];

let home: string;
let open: FramedShell[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "homelab adopt's-"));
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((shell) => shell.close()));
  rmSync(home, { recursive: true, force: true });
});

const FILE = '.ssh/authorized_keys';
const mine = publicKeyLine('mine');
const theirs = publicKeyLine('theirs');
function key(line: string): InstallKey {
  const facts = keyFactsOfLine(line);
  if (facts === undefined) throw new Error(`no key: ${line}`);
  return { ...facts, line, from: 'a test' };
}
const MINE = key(`${mine} it's "me" $(id) \`x\` \\n`);

function install(argv: readonly string[], keys: readonly InstallKey[] = [MINE], from = home) {
  const channel = () => openLocalChannel({ argv, env: { PATH: process.env['PATH'], HOME: from }, cwd: '/' });
  const shell = new FramedShell({ host: 'pi', source: { open: channel }, helloTimeoutMs: 10_000 });
  open.push(shell);
  return installKeys(shell, 'pi', keys);
}
function write(text: string, mode = 0o600, folderMode = 0o700): void {
  mkdirSync(join(home, '.ssh'));
  writeFileSync(join(home, FILE), text);
  chmodSync(join(home, FILE), mode);
  chmodSync(join(home, '.ssh'), folderMode);
}
const text = () => readFileSync(join(home, FILE), 'utf8');
const modes = () => ['.ssh', FILE].map((path) => (statSync(join(home, path)).mode & 0o7777).toString(8));

describe.each(SHELLS)('%s', (_name, argv) => {
  test.each<[what: string, before: string | undefined, after: string]>([
    ['nothing there', undefined, `${MINE.line}\n`],
    ['an empty file', '', `${MINE.line}\n`],
    ['other keys', `# all of us\n\n${theirs} them\n`, `# all of us\n\n${theirs} them\n${MINE.line}\n`],
    ['no line end', `${theirs} them`, `${theirs} them\n${MINE.line}\n`],
    ['a comment that holds it', `  # ${mine} gone\n`, `  # ${mine} gone\n${MINE.line}\n`],
    ['lines that are no keys', 'what?\r\n\u00ff\n', `what?\r\n\u00ff\n${MINE.line}\n`],
  ])('adds to %s', async (_what, before, after) => {
    if (before !== undefined) write(before);
    expect(await install(argv)).toEqual({ added: [MINE], tightened: [] });
    expect(text()).toBe(after);
    expect(modes()).toEqual(['700', '600']);
    expect(await install(argv)).toEqual({ added: [], tightened: [] });
    expect(text()).toBe(after);
    expect(readdirSync(join(home, '.ssh'))).toEqual(['authorized_keys']);
  });

  test.each([
    ['as it is', `${mine}\n`],
    ['with options and another comment', `from="10.0.0.0/8",no-pty ${mine} other\n${theirs}\n`],
  ])('leaves a key that is there %s', async (_what, before) => {
    write(before);
    const { mtimeMs, ino } = statSync(join(home, FILE));
    expect(await install(argv)).toEqual({ added: [], tightened: [] });
    expect(text()).toBe(before);
    expect(statSync(join(home, FILE))).toMatchObject({ mtimeMs, ino });
  });

  test('of several adds what is missing, each once', async () => {
    write(`${theirs}\n`);
    const third = key(publicKeyLine('third'));
    expect(await install(argv, [MINE, key(theirs), third, third])).toEqual({
      added: [MINE, third],
      tightened: [],
    });
    expect(text()).toBe(`${theirs}\n${MINE.line}\n${third.line}\n`);
  });

  test('tightens modes, with a key to add and without', async () => {
    write(`${theirs}\n`, 0o664, 0o775);
    expect(await install(argv)).toEqual({ added: [MINE], tightened: ['.ssh'] });
    chmodSync(join(home, FILE), 0o644);
    expect(await install(argv)).toEqual({ added: [], tightened: [FILE] });
    expect(modes()).toEqual(['700', '600']);
  });

  test.each<[what: string, prepare: () => void, said: RegExp]>([
    ['a folder that is a link', () => symlinkSync('/tmp', join(home, '.ssh')), /\.ssh is no plain folder/],
    ['a folder that is a file', () => writeFileSync(join(home, '.ssh'), ''), /\.ssh is no plain folder/],
    [
      'a file that is a link',
      () => {
        mkdirSync(join(home, '.ssh'));
        symlinkSync(join(home, 'elsewhere'), join(home, FILE));
      },
      /authorized_keys is no plain file/,
    ],
    ['a file that is a folder', () => mkdirSync(join(home, FILE), { recursive: true }), /is no plain file/],
    ['no home', () => rmSync(home, { recursive: true }), /there is no home/],
  ])('refuses %s', async (_what, prepare, said) => {
    prepare();
    const installing = install(argv);
    await expect(installing).rejects.toMatchObject({ code: 'adopt/not-installed', host: 'pi' });
    await expect(installing).rejects.toThrow(said);
    expect(existsSync(join(home, 'elsewhere'))).toBe(false);
    expect(lstatSync(tmpdir()).isDirectory()).toBe(true);
  });
});
