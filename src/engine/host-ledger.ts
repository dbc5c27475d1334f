import type { HomelabError } from '../core/errors.js';
import {
  debtOf,
  parseJournal,
  type JournalEntry,
  type JournalState,
  type OwedAction,
} from '../core/journal.js';
import { parseRunOwner, type RunOwner } from '../core/run-owner.js';
import type { RemoteShell, Section, SectionResult } from '../core/shell.js';
import type { HostRecord, LiveLock } from '../probes/host-journal.js';
import { append, appendDurably, beginJournal } from './journal-script.js';
import { holdsLock, leaveLockFor, LOCK_EXIT, releaseLock, takeLock, type TakenLock } from './lock-script.js';
import { locked, lockLost, noLedger } from './lock-failure.js';
import { isOwnerGone } from './run-owner.js';

export interface HostLedgerOptions {
  readonly host: string;
  readonly owner: RunOwner;
  /** The shell that is in use now; the lock is its. */
  readonly shell: () => RemoteShell;
}

/** An item on its way to be applied, as the journal knows it. */
export interface JournaledItem {
  readonly id: string;
  readonly name: string;
  readonly isAction: boolean;
  readonly owes: readonly { readonly id: string; readonly name: string }[];
}

/**
 * The lock and the journal of one host in one run. Nothing is written there before {@link HostLedger.take}; from then on
 * what is applied carries its own entries along, so they cost no round trip of their own.
 */
export class HostLedger {
  readonly #options: HostLedgerOptions;
  readonly #owed = new Map<string, OwedAction>();
  #record: Pick<HostRecord, 'boot' | 'journalText'> = { boot: '', journalText: '' };
  #otherLock: LiveLock | undefined;
  /** Undefined: not taken. */
  #mine: TakenLock | undefined;
  /** Whose lock it is; another shell of ours has to take it anew. */
  #holder: RemoteShell | undefined;
  #hasBegun = false;

  constructor(options: HostLedgerOptions) {
    this.#options = options;
  }

  /** What is owed: by earlier runs as far as it was read, and by this one. */
  get owed(): readonly OwedAction[] {
    return [...this.#owed.values()];
  }

  /** Whether this run has taken the lock, and not released it. */
  get isTaken(): boolean {
    return this.#mine !== undefined;
  }

  /** Boot id of the host as it was read last. */
  get boot(): string {
    return this.#record.boot;
  }

  /** The lock of another run, as a plan read it; undefined: there was none, or its owner is known to be over. */
  get otherLock(): LiveLock | undefined {
    return this.#otherLock;
  }

  /** Remembers what a plan has read. Owed actions of a run that is at work are that run's business. */
  load(record: HostRecord): void {
    this.#record = record;
    const holder = record.lock?.owner;
    const isGone = holder !== undefined && isOwnerGone(holder, this.#options.owner);
    this.#otherLock = isGone ? undefined : record.lock;
    if (this.#otherLock === undefined) this.#carry(record.journal);
  }

  /**
   * Takes the lock, where this shell does not hold it yet.
   * @returns whether another run has applied here since the journal was read: what was seen may be old
   * @throws HomelabError `engine/locked`, `engine/no-ledger`, `transport/…`
   */
  async take(): Promise<boolean> {
    if (this.#holder === this.#options.shell()) return false;
    const first = await this.#tryToTake();
    const gone = first.code === LOCK_EXIT.held ? this.#goneHolder(first) : undefined;
    const result = gone === undefined ? first : await this.#tryToTake(gone);
    if (result.code === LOCK_EXIT.held) throw this.#locked(result);
    if (result.code !== 0) throw noLedger(this.#options.host, result);
    const [mine = '', ...journal] = result.stdout.toString('utf8').split('\n');
    this.#mine = mine;
    this.#holder = this.#options.shell();
    const boot = mine.split(' ', 2)[1] ?? '';
    if (this.#hasBegun) {
      this.#record = { ...this.#record, boot };
      return false;
    }
    const journalText = journal.join('\n');
    const isOther = journalText !== this.#record.journalText;
    this.#record = { boot, journalText };
    this.#owed.clear();
    this.#carry(parseJournal(journalText));
    return isOther;
  }

  /** Goes before the steps of `items`: proves the lock, and writes down what they will owe. */
  beginSection(items: readonly JournaledItem[]): Section {
    const { owner } = this.#options;
    const entries: JournalEntry[] = items.map(({ id, name, owes }) => ({
      is: 'begin',
      id,
      name,
      owes: owes.map((action) => this.#owedNow(action)),
    }));
    const header: JournalEntry[] = [
      { is: 'run', run: owner.run, by: owner.by, at: new Date().toISOString() },
      ...this.owed.map((action) => ({ is: 'owed' as const, action })),
    ];
    const write = this.#hasBegun ? appendDurably(entries) : beginJournal([...header, ...entries]);
    const isNothingNew = this.#hasBegun && entries.length === 0;
    this.#hasBegun = true;
    const proof = holdsLock(this.#mine ?? '');
    return { script: isNothingNew ? proof : `${proof}\n${write}` };
  }

  /** Goes behind the last step of an item, `done`, or of an action, which then is owed no longer, `ran`. */
  endSection(id: string, is: 'done' | 'ran'): Section {
    return { script: `${append([{ is, id }])}\ntrue` };
  }

  /** @throws HomelabError `engine/lock-lost`, `engine/no-ledger` where {@link beginSection} ended so */
  checkBegun(result: SectionResult | undefined): void {
    if (result?.code === 0) return;
    if (result?.code === LOCK_EXIT.lost) throw lockLost(this.#options.host);
    throw noLedger(this.#options.host, result);
  }

  /** From now on `action` is owed. */
  owe(action: { readonly id: string; readonly name: string }): void {
    this.#owed.set(action.id, debtOf(this.#owed.get(action.id), this.#owedNow(action)));
  }

  /** From now on the action `id` is not owed. */
  settle(id: string): void {
    this.#owed.delete(id);
  }

  /** Keeps the lock ours while the host is away. @throws HomelabError `engine/lock-lost`, `transport/…` */
  async leaveFor(seconds: number): Promise<void> {
    if (this.#mine === undefined) return;
    const [result] = await this.#options.shell().run([{ script: leaveLockFor(this.#mine, seconds) }]);
    if (result?.code === LOCK_EXIT.lost) throw lockLost(this.#options.host);
    // Whoever comes back takes it again: by the name of the run it is still ours.
    this.#holder = undefined;
  }

  /**
   * Writes down what is still owed and lets the lock go. Nothing where nothing was applied.
   * @throws HomelabError `engine/locked`, `transport/…`
   */
  async release(): Promise<void> {
    if (this.#mine === undefined) return;
    await this.take();
    const end = this.#hasBegun ? append([{ is: 'end', owed: this.owed }]) : undefined;
    await this.#options.shell().run([{ script: releaseLock(this.#mine, end) }]);
    this.#mine = undefined;
    this.#holder = undefined;
  }

  #owedNow({ id, name }: { readonly id: string; readonly name: string }): OwedAction {
    return { id, name, since: this.#options.owner.run, boot: this.#record.boot };
  }

  #carry({ owed }: JournalState): void {
    for (const action of owed) this.#owed.set(action.id, action);
  }

  async #tryToTake(breakable?: string): Promise<SectionResult> {
    const { owner, shell } = this.#options;
    const request = { run: owner.run, owner: JSON.stringify(owner), breakable };
    const [result] = await shell().run([{ script: takeLock(request) }]);
    return result as SectionResult;
  }

  /** The first line of a lock whose owner was a process of this machine that is over. */
  #goneHolder(result: SectionResult): string | undefined {
    const [, , line, json = ''] = result.stdout.toString('utf8').split('\n');
    const holder = parseRunOwner(json);
    return holder !== undefined && isOwnerGone(holder, this.#options.owner) ? line : undefined;
  }

  #locked(result: SectionResult): HomelabError {
    const [age = '', does = '', , json = ''] = result.stdout.toString('utf8').split('\n');
    return locked(this.#options.host, {
      owner: parseRunOwner(json),
      ageSeconds: Math.max(0, Number(age) || 0),
      isBusy: does === 'busy',
    });
  }
}
