import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parseJournal, type JournalEntry } from '../../src/core/journal.js';
import type { SectionResult } from '../../src/core/shell.js';
import { append, appendDurably, beginJournal } from '../../src/engine/journal-script.js';
import { holdsLock, leaveLockFor, LOCK_EXIT, releaseLock, takeLock } from '../../src/engine/lock-script.js';
import { ownerOf } from '../../src/engine/run-owner.js';
import { hostRecord, type HostRecord } from '../../src/probes/host-journal.js';
import { FramedShell } from '../../src/transport/framed-shell.js';
import { openLocalChannel } from '../../src/transport/local-channel.js';

const SHELLS: readonly (readonly [string, readonly string[]])[] = [
  ['dash', ['dash']],
  ['bash', ['bash', '--posix']],
  ['busybox', ['busybox', 'sh']],
];

let folder: string;
let open: FramedShell[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homelab-ledger-'));
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((shell) => shell.close()));
  rmSync(folder, { recursive: true, force: true });
});

/** The same script with the test's folder for the machine's. */
const here = (script: string): string =>
  script
    .replaceAll('h_state=/var/lib/homelab', `h_state=${folder}/state`)
    .replaceAll('[ -w /var/lib ]', 'true');

/** A shell as a connection has one. */
class Shell {
  readonly #shell: FramedShell;

  constructor(argv: readonly string[]) {
    const channel = () =>
      openLocalChannel({ argv, env: { PATH: process.env['PATH'], HOME: folder }, cwd: '/' });
    this.#shell = new FramedShell({ host: 'here', source: { open: channel }, helloTimeoutMs: 10_000 });
    open.push(this.#shell);
  }

  async run(script: string): Promise<SectionResult> {
    const [result] = await this.#shell.run([{ script: here(script) }]);
    return result as SectionResult;
  }

  async take(run: string, breakable?: string): Promise<{ code: number | null; lines: string[] }> {
    const { code, stdout } = await this.run(
      takeLock({ run, owner: JSON.stringify(ownerOf(run)), breakable }),
    );
    return { code, lines: stdout.toString().split('\n') };
  }

  async record(): Promise<HostRecord> {
    const { stdout } = await this.run(hostRecord.script(['']));
    const [record] = hostRecord.parse({ code: 0, stdout: stdout.toString(), stderr: '' }, ['']);
    return record as HostRecord;
  }

  /** As when the connection goes: whatever it runs. */
  async die(): Promise<void> {
    await this.run('kill -KILL $$').catch(() => undefined);
  }
}

const lockPath = (number = 1): string => join(folder, 'state', `lock.${number}`);
const lockLine = (number = 1): string => readFileSync(lockPath(number), 'utf8').split('\n', 1)[0] ?? '';

function editLock(change: (words: string[]) => string[]): void {
  const [line = '', ...rest] = readFileSync(lockPath(), 'utf8').split('\n');
  writeFileSync(lockPath(), [change(line.split(' ')).join(' '), ...rest].join('\n'));
}

const withWord =
  (index: number, word: string) =>
  (words: string[]): string[] =>
    words.map((one, at) => (at === index ? word : one));

describe.each(SHELLS)('lock in %s', (_name, argv) => {
  const shell = (): Shell => new Shell(argv);

  test('the first takes it, the second is told who has it, the first may ask again', async () => {
    const first = shell();
    expect(await first.take('r1')).toEqual({ code: 0, lines: [`1 ${lockLine()}`, ''] });
    const second = await shell().take('r2');
    expect(second.code).toBe(LOCK_EXIT.held);
    expect(second.lines.slice(1, 3)).toEqual(['idle', lockLine()]);
    expect(JSON.parse(second.lines[3] ?? '')).toEqual(ownerOf('r1'));
    expect((await first.take('r1')).code).toBe(0);
    expect(readdirSync(join(folder, 'state'))).toEqual(['lock.1']);
  });

  test.each<[string, (holder: Shell) => Promise<void> | void]>([
    ['the shell is dead', (holder) => holder.die()],
    ['the machine has booted since', () => editLock(withWord(0, 'another-boot'))],
    ['the number is that of another process', () => editLock(withWord(2, '1'))],
    ['the lock is empty', () => writeFileSync(lockPath(), '')],
    ['the lock is nonsense', () => writeFileSync(lockPath(), '$(touch /tmp/x) `x` * "\n')],
    [
      'it was away for a reboot, too long',
      async (holder) => {
        await holder.die();
        editLock(withWord(3, '1000'));
      },
    ],
  ])('taken from a dead owner: %s', async (_what, end) => {
    const holder = shell();
    await holder.take('r1');
    await end(holder);
    expect((await shell().record()).lock).toBeUndefined();
    expect((await shell().take('r2')).code).toBe(0);
    expect(lockLine(2)).toMatch(/ r2$/);
    expect(readdirSync(join(folder, 'state'))).toEqual(['lock.2']);
  });

  test('one that is away for a reboot keeps it, and gets it back by the name of the run', async () => {
    const holder = shell();
    const { lines } = await holder.take('r1');
    expect((await holder.run(leaveLockFor(lines[0] ?? '', 60))).code).toBe(0);
    await holder.die();
    editLock(withWord(0, 'the-boot-before'));
    expect((await shell().take('r2')).lines[1]).toBe('away');
    expect((await shell().record()).lock?.owner?.run).toBe('r1');
    expect((await shell().take('r1')).code).toBe(0);
  });

  test('a lock that may be broken is taken from an idle shell, which ends, and not from one at work', async () => {
    const holder = shell();
    await holder.take('r1');
    const line = lockLine();
    const work = holder.run('sleep 2');
    const taker = shell();
    expect((await taker.take('r2', line)).lines[1]).toBe('busy');
    await work;
    expect((await taker.take('r2', `${line} not`)).code).toBe(LOCK_EXIT.held);
    expect((await taker.take('r2', line)).code).toBe(0);
    await expect(holder.run('true')).rejects.toMatchObject({ code: 'transport/connection-lost' });
  });

  test('a lock is released by its owner alone', async () => {
    const holder = shell();
    const { lines } = await holder.take('r1');
    const mine = lines[0] ?? '';
    expect((await holder.run(holdsLock(mine))).code).toBe(0);
    editLock(withWord(5, 'r2'));
    expect((await holder.run(holdsLock(mine))).code).toBe(LOCK_EXIT.lost);
    expect((await holder.run(releaseLock(mine))).code).toBe(LOCK_EXIT.lost);
    expect(existsSync(lockPath())).toBe(true);
    editLock(withWord(5, 'r1'));
    expect((await holder.run(releaseLock(mine))).code).toBe(0);
    expect(lockLine()).toBe('free');
    expect((await holder.run(holdsLock(mine))).code).toBe(LOCK_EXIT.lost);
    expect((await shell().record()).lock).toBeUndefined();
    expect((await shell().take('r2')).lines[0]).toBe(`2 ${lockLine(2)}`);
    expect(readdirSync(join(folder, 'state'))).toEqual(['lock.2']);
  });

  test('of many that find a dead owner, one takes the lock', async () => {
    const shells = Array.from({ length: 6 }, shell);
    mkdirSync(join(folder, 'state'), { mode: 0o700 });
    for (let round = 0; round < 12; round++) {
      const number = 1 + round * 2;
      writeFileSync(lockPath(number), `dead 1 1 0 0 r0\n{}\n`);
      const taken = await Promise.all(shells.map((one, index) => one.take(`r${round}-${index}`)));
      const winners = taken.filter(({ code }) => code === 0);
      expect(winners.map(({ lines }) => lines[0])).toEqual([`${number + 1} ${lockLine(number + 1)}`]);
      expect(readdirSync(join(folder, 'state'))).toEqual([`lock.${number + 1}`]);
    }
  });

  test('a line that a full disk cut short takes no other along', async () => {
    const one = shell();
    await one.take('r1');
    await one.run(beginJournal([{ is: 'run', run: 'r1', by: 'ada', at: '' }]));
    appendFileSync(join(folder, 'state', 'journal'), '{"is":"done","i');
    const owed = { id: 'p/act', name: 'act', since: 'r1', boot: 'b' };
    await one.run(appendDurably([{ is: 'begin', id: 'a', name: 'A', owes: [owed] }]));
    expect((await one.record()).journal).toMatchObject({ owed: [owed], underWay: ['A'] });
  });

  test('the journal begins anew, grows, and is read as it was written', async () => {
    const one = shell();
    await one.take('r1');
    const odd = `it's 100% "odd" \\n $(x) \u00e4\u{1F600}\nline`;
    const header: JournalEntry[] = [{ is: 'run', run: 'r1', by: odd, at: 'now' }];
    expect((await one.run(beginJournal(header))).code).toBe(0);
    expect((await one.run(appendDurably([{ is: 'begin', id: 'a', name: odd, owes: [] }]))).code).toBe(0);
    expect((await one.run(append([{ is: 'done', id: 'a' }]))).code).toBe(0);
    const { journal, journalText, boot } = await one.record();
    expect(journal).toEqual(parseJournal(journalText));
    expect(journal).toMatchObject({ lastRun: { run: 'r1', by: odd }, isEnded: false, finished: ['a'] });
    expect(boot).toMatch(/^[0-9a-f-]{36}$/);
    const again = await shell().take('r1');
    expect(again.lines.slice(1).join('\n')).toBe(journalText);
    await one.run(beginJournal([]));
    expect((await one.record()).journalText).toBe('');
    expect(readdirSync(join(folder, 'state')).toSorted()).toEqual(['journal', 'lock.1']);
  });

  test('a host without either costs the reader nothing', async () => {
    expect(await shell().record()).toMatchObject({ lock: undefined, journalText: '', journal: { owed: [] } });
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });
});
