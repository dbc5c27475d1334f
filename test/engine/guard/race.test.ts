import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CHANGE_EXIT, confirmScript } from '../../../src/engine/guard/change-script.js';
import { CHANGES_FOLDER } from '../../../src/engine/guard/host-folder.js';
import { undoScript } from '../../../src/engine/guard/undo-script.js';

const SHELLS: readonly (readonly [string, readonly string[]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash', '--posix']],
  ['busybox', ['busybox', 'sh']],
];
const ROUNDS = 60;
const TOKEN = 'the token';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'homelab-guard-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** The same script with the test's folder for the machine's, and no systemd. */
const here = (script: string): string =>
  script
    .replaceAll('/var/lib/homelab', `${root}/state`)
    .replaceAll('/run/systemd/system', `${root}/none`)
    // The whole machine's disks are not what is tested.
    .replaceAll(/^sync$/gm, ':')
    .replace(/ \|\| sync$/m, ' || :');

/** A change that was armed and made: `kept` held `before` and holds `after`. */
function arm(id: string): { readonly folder: string; readonly kept: string; readonly undo: string } {
  const folder = here(`${CHANGES_FOLDER}/${id}`);
  const kept = join(root, `kept-${id}`);
  mkdirSync(join(folder, 'single'), { recursive: true });
  writeFileSync(join(folder, 'single', '1'), 'before');
  writeFileSync(join(folder, 'single', '1.path'), `${kept}\n`);
  writeFileSync(kept, 'after');
  for (const name of ['applied', 'succeeded']) writeFileSync(join(folder, name), '');
  writeFileSync(join(folder, 'armed'), `${createHash('sha256').update(TOKEN).digest('hex')}\n`);
  rmSync(join(root, 'state', 'pending'), { force: true });
  symlinkSync(`changes/${id}`, join(root, 'state', 'pending'));
  const undo = join(folder, 'undo.sh');
  writeFileSync(
    undo,
    here(
      undoScript({ id, areas: [], login: { user: 'a', isRoot: true, home: '', groups: [] }, paths: [kept] }),
    ),
  );
  return { folder, kept, undo };
}

function run(argv: readonly string[], script?: string): Promise<number> {
  const [program = '', ...words] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      stdio: [script === undefined ? 'ignore' : 'pipe', 'ignore', 'ignore'],
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? -1));
    child.stdin?.end(script);
  });
}

describe.each(SHELLS)('%s', (_name, shell) => {
  const confirm = (id: string, token = TOKEN): Promise<number> => run(shell, here(confirmScript(id, token)));
  const undo = (file: string, mode = 'live'): Promise<number> => run([...shell, file, mode]);

  test('whoever confirms and whoever undoes at the same time: exactly one does', async () => {
    const winners = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const id = `r${round}`;
      const change = arm(id);
      // Who begins first takes turns, so that both come to win.
      const [code] = await (round % 2 === 0
        ? Promise.all([confirm(id), undo(change.undo)])
        : Promise.all([undo(change.undo), confirm(id)]).then(([, confirmed]) => [confirmed]));
      const isConfirmed = existsSync(join(change.folder, 'confirmed'));
      winners.add(isConfirmed ? 'confirmed' : 'undone');
      expect({
        code,
        states: ['armed', 'confirmed', 'undoing', 'undone'].filter((name) =>
          existsSync(join(change.folder, name)),
        ),
        content: readFileSync(change.kept, 'utf8'),
        isPending: existsSync(join(root, 'state', 'pending', 'undo.sh')),
      }).toEqual({
        code: isConfirmed ? 0 : CHANGE_EXIT.tooLate,
        states: [isConfirmed ? 'confirmed' : 'undone'],
        content: isConfirmed ? 'after' : 'before',
        isPending: false,
      });
    }
    expect(winners.size).toBeGreaterThan(0);
  }, 120_000);

  test('a wrong token confirms nothing', async () => {
    const { kept, undo: file } = arm('x');
    expect(await confirm('x', 'guessed')).toBe(CHANGE_EXIT.tooLate);
    expect(await undo(file)).toBe(0);
    expect(readFileSync(kept, 'utf8')).toBe('before');
  });

  test('confirmed twice, as where the answer was lost: it stays confirmed', async () => {
    const { kept, undo: file } = arm('x');
    expect([await confirm('x'), await confirm('x')]).toEqual([0, 0]);
    expect(await undo(file)).toBe(0);
    expect(readFileSync(kept, 'utf8')).toBe('after');
  });

  test('a change whose step failed is not confirmed', async () => {
    const { folder } = arm('x');
    rmSync(join(folder, 'succeeded'));
    expect(await confirm('x')).toBe(CHANGE_EXIT.failed);
    expect(existsSync(join(folder, 'armed'))).toBe(true);
  });

  test('an undo that was cut off is done again from the start, at boot', async () => {
    const { folder, kept, undo: file } = arm('x');
    rmSync(join(folder, 'armed'));
    writeFileSync(join(folder, 'undoing'), '');
    expect(await undo(file, 'boot')).toBe(0);
    expect(readFileSync(kept, 'utf8')).toBe('before');
    expect(existsSync(join(folder, 'undone'))).toBe(true);
  });
});
