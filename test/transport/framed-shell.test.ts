import { chownSync, existsSync, mkdirSync } from 'node:fs';
import { afterEach, describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { printfWord, quote, quoteAll } from '../../src/core/quote.js';
import type { FramedShell } from '../../src/transport/framed-shell.js';
import { localShell, scratchFolder, SHELLS } from './local-shell.js';
import { waitUntil } from '../lab/harness/wait-until.js';
import { HOSTILE_WORDS } from '../hostile-words.js';

const open: FramedShell[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((shell) => shell.close()));
});
function shellOf(argv: readonly string[], env?: Record<string, string>): FramedShell {
  const shell = localShell(argv, env);
  open.push(shell);
  return shell;
}
async function outputOf(shell: FramedShell, script: string): Promise<string> {
  return (await shell.run([{ script }]))[0]?.stdout.toString('latin1') ?? '';
}

const HOSTILE = [...HOSTILE_WORDS, '!!', "'; id #", '\u0081\u0082\u0088'];

describe.each(SHELLS.map((argv) => [argv.join(' '), argv] as const))('%s', (_name, argv) => {
  const cases: [what: string, script: string, code: number, stdout: string][] = [
    ['says something', 'echo hi', 0, 'hi\n'],
    ['ends without a newline', 'printf hi', 0, 'hi'],
    ['exits', 'echo before; exit 7; echo after', 7, 'before\n'],
    ['returns', 'echo before; return 6; echo after', 6, 'before\n'],
    ['kills itself', `kill -9 $(sh -c 'echo $PPID')`, 137, ''],
    ['leaves a quote open', 'echo "open', 2, ''],
    ['is no shell text at all', 'if ; then )', 2, ''],
    ['reads its input', 'cat; echo done', 0, 'done\n'],
    ['closes its output', 'echo before; exec >&- 2>&-', 0, 'before\n'],
    ['begins with a dash', '-x 2>/dev/null || echo none', 0, 'none\n'],
    ['has no arguments', 'echo $#', 0, '0\n'],
    ['ends in a comment', 'echo hi # comment', 0, 'hi\n'],
    ['holds a here-document', 'cat <<E\na\nE', 0, 'a\n'],
    [
      'leaves a process that holds its output',
      'sleep 60 & printf %s $!',
      0,
      expect.stringMatching(/^\d+$/) as never,
    ],
    [
      'prints what looks like a frame',
      `printf '\\nHLE %s\\n\\nHL1 x 1 0\\n' ${'0'.repeat(32)}`,
      0,
      `\nHLE ${'0'.repeat(32)}\n\nHL1 x 1 0\n`,
    ],
  ];
  test('a section stays within itself, whatever it does', async () => {
    const shell = shellOf(argv);
    const results = await shell.run(cases.map(([, script]) => ({ script })));
    expect(results.map((result) => [result.code, result.stdout.toString()])).toEqual(
      cases.map(([, , code, stdout]) => [code, stdout]),
    );
    expect(shell.roundTrips).toBe(1);
    expect(await outputOf(shell, 'echo still here')).toBe('still here\n');
    expect(shell.roundTrips).toBe(2);
    const atOnce = await shell.run(
      cases.map(([, script]) => ({ script })),
      { atOnce: true },
    );
    expect(atOnce.map((result) => [result.code, result.stdout.toString()])).toEqual(
      cases.map(([, , code, stdout]) => [code, stdout]),
    );
    const daemon = cases.findIndex(([what]) => what.includes('leaves a process'));
    for (const run of [results, atOnce]) process.kill(Number(run[daemon]?.stdout.toString()));
  });

  test('sections that may run at once do', async () => {
    const shell = shellOf(argv);
    const meet = (own: string, other: string) => ({
      script: `cd "$h_dir" && true >${own} && for try in $(seq 200); do
  if [ -e ${other} ]; then echo met; exit; fi; sleep 0.05; done`,
    });
    const results = await shell.run([meet('one', 'other'), meet('other', 'one')], { atOnce: true });
    expect(results.map(({ stdout }) => stdout.toString())).toEqual(['met\n', 'met\n']);
  });

  test('what a section sets, traps or enters is gone in the next one', async () => {
    const shell = shellOf(argv);
    await shell.run([
      { script: 'x=1; cd /usr; umask 077; set -e; trap "echo trapped" EXIT; h_dir=/; h_n=0' },
    ]);
    const home = await outputOf(shell, 'printf "%s %s" "$x" "$PWD"; umask; false; echo on');
    expect(home).toMatch(/^ \/(?!usr).*0022\non\n$/s);
  });

  test('after a failure the rest is not run, where that is wanted', async () => {
    const shell = shellOf(argv);
    const sections = [
      { script: 'exit 3', successCodes: [0, 3] },
      { script: 'exit 4' },
      { script: 'echo never' },
    ];
    const stopped = await shell.run(sections, { stopOnFailure: true });
    expect(stopped.map((result) => result.code)).toEqual([3, 4, null]);
    expect(stopped[2]?.stdout.length).toBe(0);
    expect((await shell.run(sections)).map((result) => result.code)).toEqual([3, 4, 0]);
  });

  test('any bytes of any section arrive byte for byte', async () => {
    const shell = shellOf(argv);
    const bytes = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(bytes, bytes), { minLength: 1, maxLength: 6 }), async (outputs) => {
        const results = await shell.run(
          outputs.map(([out, err]) => ({
            script: `printf ${printfWord(out)}; printf ${printfWord(err)} >&2`,
          })),
        );
        expect(results).toEqual(
          outputs.map(([out, err]) => ({
            code: 0,
            stdout: Buffer.from(out),
            stderr: Buffer.from(err),
            truncated: false,
          })),
        );
      }),
      { numRuns: 40 },
    );
  });

  test('hostile words stay words', async () => {
    const shell = shellOf(argv);
    const script = `printf '%s\\0' ${quoteAll(HOSTILE)}`;
    const [result] = await shell.run([{ script }]);
    expect(result?.stdout.toString('utf8').split('\0').slice(0, -1)).toEqual(HOSTILE);
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ unit: 'binary' }).map((word) => word.replaceAll('\0', '')),
          { minLength: 1 },
        ),
        async (words) => {
          const [echoed] = await shell.run([{ script: `printf '%s\\0' ${quoteAll(words)}` }]);
          expect(echoed?.stdout).toEqual(Buffer.from(words.map((word) => `${word}\0`).join('')));
        },
      ),
      { numRuns: 40 },
    );
  });

  test('a body of a megabyte goes in and 50 MB come back', async () => {
    const shell = shellOf(argv);
    await outputOf(shell, 'true');
    const body = Buffer.alloc(1 << 20, 'binary \0 body \xff\n', 'latin1');
    const [echoed, large] = await shell.run([
      { script: `printf ${printfWord(body)}` },
      { script: 'head -c 52428800 /dev/zero; printf end >&2' },
    ]);
    expect(echoed?.stdout.equals(body)).toBe(true);
    expect([large?.stdout.length, large?.stderr.toString(), large?.truncated]).toEqual([
      52428800,
      'end',
      false,
    ]);
  }, 60_000);

  test('output over the limit is cut and says so', async () => {
    const shell = shellOf(argv);
    const [cut, whole] = await shell.run([{ script: 'head -c 5000 /dev/zero' }, { script: 'echo whole' }], {
      outputLimitBytes: 100,
    });
    expect([cut?.stdout.length, cut?.truncated]).toEqual([100, true]);
    expect([whole?.stdout.toString(), whole?.truncated]).toEqual(['whole\n', false]);
  });

  test('output that still grows while it is sent is asked for again, and no other answer is touched', async () => {
    const shell = shellOf(argv);
    const script = '(while :; do echo tick; done) & printf %s $! >&2; sleep 0.1';
    const [grown, other] = await shell.run([{ script }, { script: 'echo other' }]);
    try {
      expect(grown?.stdout.toString()).toMatch(/^(tick\n)+(t(i(ck?)?)?)?$/);
      expect(other?.stdout.toString()).toBe('other\n');
      expect(await outputOf(shell, 'echo next')).toBe('next\n');
    } finally {
      process.kill(Number(grown?.stderr.toString()), 'SIGKILL');
    }
  });

  test('the scratch folder is private and goes with the shell', async () => {
    const shell = shellOf(argv);
    const [path = '', mode] = (
      await outputOf(shell, 'printf "%s " "$h_dir"; ls -ld "$h_dir" | cut -c1-10')
    ).split(' ');
    expect(path).not.toMatch(/^\/(tmp|var\/tmp)/);
    expect(mode).toBe('drwx------\n');
    expect(existsSync(path)).toBe(true);
    await shell.close();
    await waitUntil('the folder is gone', () => !existsSync(path));
  });

  test('what a killed shell has left goes with the next one', async () => {
    const killed = shellOf(argv);
    const path = await outputOf(killed, 'printf %s "$h_dir"');
    await expect(killed.run([{ script: 'kill -9 $$; sleep 5' }])).rejects.toMatchObject({
      code: 'transport/connection-lost',
    });
    const [living, next] = [shellOf(argv), shellOf(argv)];
    const kept = await outputOf(living, 'printf %s "$h_dir"');
    await outputOf(next, 'true');
    // Only /run is swept: a home may be shared with machines whose processes nobody here knows.
    expect([existsSync(path), existsSync(kept)]).toEqual([!path.startsWith('/run/'), true]);
  });

  test('a section whose output has no place is not taken for one that ran', async () => {
    const shell = shellOf(argv);
    const sections = ['rm -rf -- "$h_dir"; exit 0', 'exit 0', 'exit 0'].map((script) => ({ script }));
    await expect(shell.run(sections)).rejects.toMatchObject({ code: 'transport/no-scratch' });
  });

  test('a section that ends the whole shell is a lost connection for every call that waits', async () => {
    const shell = shellOf(argv);
    await outputOf(shell, 'true');
    const first = shell.run([{ script: 'kill -9 $$; sleep 5' }]);
    const second = shell.run([{ script: 'echo never' }]);
    await expect(first).rejects.toMatchObject({ code: 'transport/connection-lost', host: 'here' });
    await expect(second).rejects.toMatchObject({ code: 'transport/connection-lost' });
    expect(shell.roundTrips).toBe(1);
  });
});

describe('one shell', () => {
  test('answers calls in their order', async () => {
    const shell = shellOf(['dash']);
    const order: string[] = [];
    await Promise.all(
      ['sleep 0.05; echo a', 'echo b', 'echo c'].map(async (script) =>
        order.push(await outputOf(shell, script)),
      ),
    );
    expect(order).toEqual(['a\n', 'b\n', 'c\n']);
    expect(shell.roundTrips).toBe(3);
  });

  test('is given up when an answer does not come in time', async () => {
    const shell = shellOf(['dash']);
    await expect(shell.run([{ script: 'sleep 60' }], { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'transport/timeout',
    });
    await expect(shell.run([{ script: 'echo hi' }])).rejects.toMatchObject({ code: 'transport/timeout' });
  });

  test('says what the login said where no shell comes up', async () => {
    const shell = shellOf(['dash', '-c', 'printf "\\033[31mThis account is closed.\\n" >&2; exit 1']);
    await expect(shell.run([{ script: 'echo hi' }])).rejects.toMatchObject({
      code: 'transport/no-shell',
      message: 'The login on here ended with code 1 instead of starting a shell: [31mThis account is closed.',
    });
  });

  test('is not disturbed by what a login prints', async () => {
    const shell = shellOf(['dash', '-c', `echo Welcome; printf '\\nHLH \\nHL1 '; exec dash`]);
    expect(await outputOf(shell, 'echo hi')).toBe('hi\n');
  });

  test('of an account that is not root works below its home, and nowhere if that is not its own', async () => {
    const folder = scratchFolder();
    const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', 'dash'];
    const argv = process.getuid?.() === 0 ? asNobody : ['dash'];
    try {
      const home = folder.file('home');
      mkdirSync(home);
      if (process.getuid?.() === 0) [folder.path, home].forEach((path) => chownSync(path, 65534, 65534));
      const shell = shellOf(argv, { HOME: home, XDG_RUNTIME_DIR: '' });
      expect(await outputOf(shell, 'printf %s "$h_dir"')).toMatch(
        new RegExp(`^${home}/\\.cache/homelab/s\\.`),
      );

      const homeless = shellOf(argv, { HOME: '/nonexistent', XDG_RUNTIME_DIR: '' });
      await expect(homeless.run([{ script: `touch ${quote(folder.file('ran'))}` }])).rejects.toMatchObject({
        code: 'transport/no-scratch',
      });
      expect(existsSync(folder.file('ran'))).toBe(false);
    } finally {
      folder.dispose();
    }
  });

  test('takes no NUL in a script, and goes on', async () => {
    const shell = shellOf(['dash']);
    await expect(shell.run([{ script: 'echo \0' }])).rejects.toMatchObject({ code: 'internal' });
    expect(await outputOf(shell, 'echo hi')).toBe('hi\n');
  });

  test('answers no sections without a round trip', async () => {
    const shell = shellOf(['dash']);
    expect(await shell.run([])).toEqual([]);
    expect(shell.roundTrips).toBe(0);
  });

  test('is closed once and for all', async () => {
    const shell = shellOf(['dash']);
    await outputOf(shell, 'true');
    await shell.close();
    await expect(shell.run([{ script: 'true' }])).rejects.toMatchObject({ code: 'transport/closed' });
  });
});
