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
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CHANGES_FOLDER } from '../../../src/engine/guard/host-folder.js';
import { singlePaths } from '../../../src/engine/guard/single-paths.js';
import { keepScript, undoScript } from '../../../src/engine/guard/undo-script.js';

const SHELLS: readonly (readonly [string, readonly string[]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash', '--posix']],
  ['busybox', ['busybox', 'sh']],
];

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'homelab-single-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const at = (name: string): string => join(root, name);

/** Keeps, changes, undoes: in one folder, with no systemd. */
function changeAndUndo(shell: readonly string[], names: readonly string[], change: () => void): string {
  const here = (script: string): string =>
    script
      .replaceAll('/var/lib/homelab', at('state'))
      .replaceAll('/run/systemd/system', at('none'))
      .replaceAll(/^sync$/gm, ':');
  const login = { user: 'a', isRoot: true, home: '', groups: [] };
  const onHost = { id: 'one', areas: [], login, paths: names.map(at) };
  const folder = here(`${CHANGES_FOLDER}/one`);
  mkdirSync(folder, { recursive: true });
  const [program = '', ...words] = shell;
  const run = (script: string) => spawnSync(program, [...words, '-c', script], { encoding: 'utf8' });
  const kept = run(`h_c=${folder}\n${here(keepScript(onHost))}`);
  expect({ code: kept.status, stderr: kept.stderr }).toEqual({ code: 0, stderr: '' });
  for (const name of ['armed', 'out.0', 'err.0']) writeFileSync(join(folder, name), '');
  change();
  const undone = run(here(undoScript(onHost)));
  expect({ code: undone.status, left: readdirSync(folder).toSorted() }).toEqual({
    code: 0,
    left: ['changed', 'undo.log', 'undone'],
  });
  return readFileSync(join(folder, 'undo.log'), 'utf8').replaceAll(`${root}/`, '');
}

describe.each(SHELLS)('what comes back by itself, %s', (_name, shell) => {
  test('a file that a link in its way leads to', () => {
    mkdirSync(at('real'));
    writeFileSync(at('real/x'), 'before');
    symlinkSync(at('real'), at('link'));
    const said = changeAndUndo(shell, ['link/x', 'link/new'], () => {
      writeFileSync(at('link/x'), 'after');
      writeFileSync(at('link/new'), 'after');
      // By then the link may lead elsewhere.
      rmSync(at('link'));
    });
    expect(said).toBe('put back real/x\nremove real/new\n');
    expect(readFileSync(at('real/x'), 'utf8')).toBe('before');
    expect(existsSync(at('real/new'))).toBe(false);
  });

  test('a folder with its mode, and nothing of what lies in it', () => {
    mkdirSync(at('home'), { mode: 0o750 });
    mkdirSync(at('gone'), { mode: 0o711 });
    writeFileSync(at('home/kept'), 'before');
    changeAndUndo(shell, ['home', 'gone', 'made', 'full'], () => {
      chmodSync(at('home'), 0o777);
      writeFileSync(at('home/kept'), 'after');
      rmSync(at('gone'), { recursive: true });
      mkdirSync(at('made'));
      mkdirSync(at('full'));
      writeFileSync(at('full/x'), 'x');
    });
    expect(statSync(at('home')).mode & 0o777).toBe(0o750);
    expect(statSync(at('gone')).mode & 0o777).toBe(0o711);
    expect(readFileSync(at('home/kept'), 'utf8')).toBe('after');
    expect([existsSync(at('made')), existsSync(at('full/x'))]).toEqual([false, true]);
  });

  test('a link stays a link', () => {
    writeFileSync(at('target'), 'x');
    symlinkSync('target', at('to'));
    changeAndUndo(shell, ['to'], () => {
      rmSync(at('to'));
      writeFileSync(at('to'), 'after');
    });
    expect(lstatSync(at('to')).isSymbolicLink()).toBe(true);
    expect(readlinkSync(at('to'))).toBe('target');
  });
});

test('what the kernel makes is not kept', () => {
  expect(singlePaths(['/proc/sys/net/x', '/opt/x', '/opt/x', '/run/y', '/running', '/sys'])).toEqual([
    '/opt/x',
    '/running',
  ]);
});
