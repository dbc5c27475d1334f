import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { crontabs } from '../../src/probes/crontabs.js';
import { parseText, readHere, SHELLS, type HostShell } from './shells.js';

const BYTES = Buffer.from([...Buffer.from('# a\n0 3 * * * x\n\n'), 0xff, 0xfe, 0x0a, 0x0a]);

/** Stands in for crontab(1): the crontab of bob, none for carol in the words of two programs, a failure for others. */
const PROGRAM = `#!/bin/sh
[ "$1" = -u ] && { user=$2; shift 2; } || user=self
[ "$1" = -l ] || exit 3
case $user in
  self | bob) cat "\${0%/*}/of-$user" ;;
  carol) echo 'no crontab for carol' >&2; exit 1 ;;
  dave) echo "crontab: can't open 'dave': No such file or directory" >&2; exit 1 ;;
  *) echo 'must be privileged to use -u' >&2; exit 1 ;;
esac
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'crontabs-'));
  const programs = join(folder, 'with');
  mkdirSync(programs);
  writeFileSync(join(programs, 'crontab'), PROGRAM);
  chmodSync(join(programs, 'crontab'), 0o755);
  writeFileSync(join(programs, 'of-bob'), BYTES);
  writeFileSync(join(programs, 'of-self'), '');
  mkdirSync(join(folder, 'without'));
  for (const name of ['with', 'without'])
    for (const program of ['id', 'base64', 'cat'])
      symlinkSync('/usr/bin/busybox', join(folder, name, program));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each(SHELLS)('crontabs by %s', (_name, { argv, path }) => {
  const shellWith = (name: string): HostShell => ({ argv, path: `${folder}/${name}:${path}` });

  test("text byte for byte, none, failures, and one's own", () => {
    const keys = ['bob', 'carol', 'dave', "o'neill", userInfo().username];
    expect(readHere(shellWith('with'), crontabs, keys)).toEqual([
      { is: 'text', bytes: BYTES },
      { is: 'none' },
      { is: 'none' },
      { is: 'unreadable', message: 'must be privileged to use -u' },
      { is: 'text', bytes: Buffer.from('') },
    ]);
  });

  test('no program', () => {
    const { argv: words } = shellWith('without');
    const [program] = words;
    // Nothing but the folder: this computer may have a crontab of its own.
    const shell: HostShell = {
      argv: program.startsWith('/') ? words : [`/usr/bin/${program}`, ...words.slice(1)],
      path: `${folder}/without`,
    };
    expect(readHere(shell, crontabs, ['bob'])).toEqual([{ is: 'no-program' }]);
  });
});

test('an answer that is none is not an empty crontab', () => {
  expect(parseText(crontabs, '', ['bob'])).toEqual([{ is: 'unreadable', message: '' }]);
});
