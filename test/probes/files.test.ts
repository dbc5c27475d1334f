import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileContents, CONTENT_LIMIT_BYTES } from '../../src/probes/file-contents.js';
import { directoryEntries } from '../../src/probes/directory-entries.js';
import { files } from '../../src/probes/files.js';
import { parseText, readHere, SHELLS } from './shells.js';

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const ROOT_LINE = '41ed:0:0:4096:root:root:/';

const ODD_NAMES = [
  'a b',
  "it's",
  '"quoted"',
  '-rf',
  '--',
  '*',
  '?[a]',
  'back\\slash',
  '\\n',
  '$(id)',
  '`id`',
  '$HOME',
  'ünïcödé',
  '日本',
  'a:b',
  'a -> b',
  ' ',
  'tab\there',
  '#x',
  '~',
  '.hidden',
  '..x',
];

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
  for (const name of ODD_NAMES) writeFileSync(join(folder, name), `in ${name}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(SHELLS)('files by %s', (_name, shell) => {
  test('names of every sort', () => {
    const keys = ODD_NAMES.map((name) => join(folder, name));
    const read = readHere(shell, files, keys);
    expect(read.map((entry) => entry?.sha256)).toEqual(ODD_NAMES.map((name) => sha256(`in ${name}`)));
    expect(read.map((entry) => entry?.sizeBytes)).toEqual(
      ODD_NAMES.map((name) => Buffer.byteLength(`in ${name}`)),
    );
  });

  test('names of every sort that are not there', () => {
    expect(
      readHere(
        shell,
        files,
        ODD_NAMES.map((name) => join(folder, 'none', name)),
      ),
    ).toEqual(ODD_NAMES.map(() => null));
  });

  test('contents of names of every sort', () => {
    const read = readHere(shell, fileContents, [
      ...ODD_NAMES.map((name) => join(folder, name)),
      join(folder, 'none'),
    ]);
    expect(read.map((one) => one && Buffer.from(one.bytes).toString())).toEqual([
      ...ODD_NAMES.map((name) => `in ${name}`),
      null,
    ]);
  });

  test('entries of every sort', () => {
    const empty = mkdtempSync(join(tmpdir(), 'files-'));
    const keys = [folder, empty, join(folder, '*'), join(folder, 'none')];
    expect(readHere(shell, directoryEntries, keys)).toEqual([ODD_NAMES.toSorted(), [], null, null]);
    rmSync(empty, { recursive: true });
  });

  test('types, modes and owners', () => {
    const own = mkdtempSync(join(tmpdir(), 'files-'));
    const at = (name: string): string => join(own, name);
    writeFileSync(at('file'), '');
    chmodSync(at('file'), 0o4750);
    mkdirSync(at('folder'));
    chmodSync(at('folder'), 0o2775);
    symlinkSync('a -> b\nc \\ "\'', at('link'));
    symlinkSync('folder', at('link-to-folder'));
    spawnSync('mkfifo', [at('fifo')]);
    const keys = ['file', 'folder', 'link', 'link-to-folder', 'fifo'].map(at);
    const read = readHere(shell, files, [...keys, '/dev/zero', '/']);
    expect(read.map((entry) => entry && [entry.type, entry.mode, entry.target, entry.sha256])).toEqual([
      ['file', '4750', undefined, sha256('')],
      ['directory', '2775', undefined, undefined],
      ['link', '0777', 'a -> b\nc \\ "\'', undefined],
      ['link', '0777', 'folder', undefined],
      ['other', expect.any(String), undefined, undefined],
      ['other', '0666', undefined, undefined],
      ['directory', expect.any(String), undefined, undefined],
    ]);
    expect(read.at(-1)).toMatchObject({ owner: 'root', group: 'root', uid: '0', gid: '0' });
    expect(readHere(shell, fileContents, [at('link-to-folder'), at('fifo'), at('folder')])).toEqual([
      null,
      null,
      null,
    ]);
    rmSync(own, { recursive: true });
  });

  test('binary and large contents', () => {
    const own = mkdtempSync(join(tmpdir(), 'files-'));
    const path = join(own, 'binary');
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 256));
    writeFileSync(path, bytes);
    const [small] = readHere(shell, fileContents, [path]);
    expect(small?.isComplete === true && bytes.equals(small.bytes)).toBe(true);
    writeFileSync(path, Buffer.alloc(CONTENT_LIMIT_BYTES));
    expect(readHere(shell, fileContents, [path])[0]?.isComplete).toBe(true);
    writeFileSync(path, Buffer.alloc(CONTENT_LIMIT_BYTES + 1));
    const [large] = readHere(shell, fileContents, [path]);
    expect([large?.isComplete, large?.bytes.length]).toEqual([false, CONTENT_LIMIT_BYTES]);
    rmSync(own, { recursive: true });
  });

  test('what may not be searched is hidden, not missing', () => {
    const own = mkdtempSync(join(tmpdir(), 'files-'));
    mkdirSync(join(own, 'closed'));
    chmodSync(own, 0o755);
    chmodSync(join(own, 'closed'), 0o000);
    const keys = [join(own, 'closed/x/y'), join(own, 'missing/x')];
    const types = (uid?: number) => readHere(shell, files, keys, uid).map((entry) => entry?.type ?? null);
    // Root may search anything, so nobody is asked as well.
    const isRoot = process.getuid?.() === 0;
    expect(types()).toEqual([isRoot ? null : 'hidden', null]);
    expect(types(isRoot ? 65534 : undefined)).toEqual(['hidden', null]);
    chmodSync(join(own, 'closed'), 0o700);
    rmSync(own, { recursive: true });
  });
});

describe('files, parsed', () => {
  const GNU = [
    ROOT_LINE,
    '81a4:0:0:2:root:root:/tmp/a b',
    '89e8:1000:33:0:UNKNOWN:www-data:/tmp/setuid',
    'a1ff:0:0:6:root:root:/tmp/link',
    '21b6:0:0:0:root:root:/dev/null',
    '',
  ].join('\n');
  const HASH = '8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4';

  test('GNU escapes a backslash in sums, busybox does not', () => {
    const stats = `${ROOT_LINE}\n81a4:0:0:1:root:root:/tmp/back\\slash\n`;
    for (const sum of [`\\${HASH}  /tmp/back\\\\slash`, `${HASH}  /tmp/back\\slash`])
      expect(parseText(files, `${stats}\0${sum}\n\0`, ['/tmp/back\\slash'])[0]?.sha256).toBe(HASH);
  });

  test('accounts without a name are their number', () => {
    const [entry] = parseText(files, `${GNU}\0\0`, ['/tmp/setuid']);
    expect(entry).toEqual({
      type: 'file',
      mode: '4750',
      owner: '1000',
      group: 'www-data',
      uid: '1000',
      gid: '33',
      sizeBytes: 0,
      sha256: undefined,
      target: undefined,
    });
  });

  test('a sum of what is no file is not believed', () => {
    expect(parseText(files, `${GNU}\0${HASH}  /dev/null\n\0`, ['/dev/null'])[0]?.sha256).toBeUndefined();
  });

  test.each(['', 'stat: not found\n', '81a4:0:0:2:root:root:/tmp/a\n\0\0'])('%j says nothing', (answer) => {
    expect(() => parseText(files, answer, ['/tmp/a'])).toThrow(
      expect.objectContaining({ code: 'probes/no-answer' }),
    );
  });

  test('a path of two lines is never asked for', () => {
    expect(() => files.script(['/a\nb'])).toThrow('Not a path to ask for');
    expect(() => files.script(['a'])).toThrow('Not a path to ask for');
  });
});
