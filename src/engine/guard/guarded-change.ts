import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { toHomelabError, type HomelabError } from '../../core/errors.js';
import type { RemoteShell, Section, SectionResult } from '../../core/shell.js';
import {
  applyScript,
  armScript,
  CHANGE_EXIT,
  cleanScript,
  confirmScript,
  rehearseScript,
  resultScript,
  stateScript,
  undoNowScript,
} from './change-script.js';
import * as failure from './guard-failure.js';
import { STATES } from './host-folder.js';
import { proveLogin, type ProofTarget } from './login-proof.js';
import type { Look } from './look.js';
import { parseResults, type StepResult } from './step-results.js';
import type { ChangeOnHost } from './undo-script.js';

export interface GuardedChangeOptions extends ChangeOnHost {
  readonly target: ProofTarget;
  /** The login at work; its connection may not outlive the change. */
  readonly shell: RemoteShell;
  /** Undefined: a trial has shown all of it. */
  readonly look?: Look | undefined;
  /** Until it is undone. */
  readonly seconds: number;
}

/** Why a change is being undone. */
interface Undoing {
  readonly reason: string;
  readonly cause?: HomelabError | undefined;
  /** The host has begun by itself. */
  readonly isBegun?: boolean | undefined;
}

/** Of the time of a change, the last part is not used to confirm it. */
const MARGIN_MS = 10_000;
/** How long past its time an undo may take; at(1) counts in minutes. */
const UNDO_PATIENCE_MS = 150_000;
/** Between two logins where the first was refused. */
const REFUSED_PAUSE_MS = 10_000;
const LOOK_PAUSE_MS = 500;
/** For a question to a login that may have been cut off. */
const ANSWER_TIMEOUT_MS = 5000;

/**
 * One change that the host undoes by itself, unless a new login proves that it still lets us in: armed, made outside of the
 * login at work, proven, confirmed. See docs/decisions/0012.
 */
export class GuardedChange {
  readonly #options: GuardedChangeOptions;
  readonly #change: ChangeOnHost;
  readonly #token = randomBytes(16).toString('hex');
  #armedAtMs = 0;
  #isShellLost = false;
  /** A new login did not work, so that none will before it is undone. */
  #isRefused = false;

  constructor(options: GuardedChangeOptions) {
    this.#options = options;
    this.#change = options;
  }

  /** Whether the login at work was cut off meanwhile. */
  get isShellLost(): boolean {
    return this.#isShellLost;
  }

  /**
   * Rehearses the undo, then logs in anew.
   * @throws HomelabError `guard/rehearsal-failed`, `guard/no-timer`, `guard/no-room`, `guard/pending`, `transport/…`
   */
  async rehearse(): Promise<void> {
    const { shell, target } = this.#options;
    const [result] = await shell.run([{ script: rehearseScript(this.#change) }]);
    this.#checkArmed(result, failure.rehearsalFailed);
    const proof = await proveLogin(target, { script: 'true', deadlineMs: this.#deadline(performance.now()) });
    if (proof.is === 'unproven') throw failure.rehearsalFailed(this.#place, proof.error.message);
  }

  /**
   * Makes the change. `before` is run first, in the same round trip; it ends with an error of the caller's where its code
   * is not 0.
   * @returns what each step came to, the last of which may have failed; the change is undone then
   * @throws HomelabError `guard/rolled-back`, `guard/indeterminate`; `guard/no-timer`, `guard/no-room`, `guard/pending`
   *   and `transport/…` before anything was changed
   */
  async make(
    sections: readonly Section[],
    before: readonly Section[],
    checkBefore: (result: SectionResult | undefined) => void,
  ): Promise<readonly StepResult[]> {
    const { shell, seconds, id } = this.#options;
    const tokenSum = createHash('sha256').update(this.#token).digest('hex');
    const arm = { script: armScript(this.#change, { seconds, tokenSum }) };
    this.#armedAtMs = performance.now();
    const results = await shell.run([...before, arm], { stopOnFailure: true });
    for (const index of before.keys()) checkBefore(results[index]);
    this.#checkArmed(results.at(-1), failure.noRoom);
    const applied = await this.#ask(applyScript(id, sections), seconds * 1000);
    const steps = applied === undefined ? undefined : parseResults(applied);
    if (steps !== undefined && (!steps.isComplete || steps.hasFailed(sections))) {
      await this.#undo({ reason: 'a step of it failed' });
      return steps.steps;
    }
    await this.#lookAt();
    const proven = await this.#prove();
    return steps?.steps ?? proven;
  }

  /** @throws HomelabError as {@link make} where what was made would not do */
  async #lookAt(): Promise<void> {
    const { look } = this.#options;
    const result = look === undefined ? undefined : await this.#ask(look.script, ANSWER_TIMEOUT_MS);
    const reasons = result === undefined ? [] : (look?.objections(result) ?? []);
    if (reasons.length === 0) return;
    await this.#rollBack({ reason: reasons.join('\n') });
  }

  /** Logs in anew and confirms. @returns what the steps came to, as the new login read it */
  async #prove(): Promise<readonly StepResult[]> {
    const { id, target } = this.#options;
    const script = `( ${confirmScript(id, this.#token)}\n) || exit\n${resultScript(id)}`;
    const proof = await proveLogin(target, { script, deadlineMs: this.#deadline(this.#armedAtMs) });
    if (proof.is === 'unproven') {
      this.#isRefused = true;
      return this.#rollBack({ reason: proof.error.message, cause: proof.error });
    }
    if (proof.result.code === CHANGE_EXIT.failed) return this.#rollBack({ reason: 'a step of it failed' });
    if (proof.result.code !== 0)
      return this.#rollBack({ reason: 'the host had begun to undo it', isBegun: true });
    const again = await proveLogin(target, {
      script: cleanScript(id),
      deadlineMs: this.#deadline(performance.now()),
    });
    if (again.is === 'unproven')
      throw failure.indeterminate(
        this.#place,
        `it was confirmed, and then ${again.error.message}`,
        again.error,
      );
    return parseResults(proof.result).steps;
  }

  async #rollBack(why: Undoing): Promise<never> {
    await this.#undo(why);
    throw failure.rolledBack(this.#place, why.reason, why.cause);
  }

  /**
   * Has the change undone, and waits until it is and a new login works as before.
   * @throws HomelabError `guard/indeterminate`
   */
  async #undo({ reason, cause, isBegun = false }: Undoing): Promise<void> {
    const { id, seconds, target } = this.#options;
    // Where the login at work still answers, the time of the change need not be waited for.
    if (!isBegun) await this.#ask(undoNowScript(id), ANSWER_TIMEOUT_MS);
    const deadlineMs = this.#armedAtMs + seconds * 1000 + UNDO_PATIENCE_MS;
    const seen = (await this.#watchUndo(deadlineMs)) ?? (await this.#logInAfterUndo(deadlineMs));
    const [state = '', ...said] = seen.split('\n');
    const tell = (what: string): HomelabError =>
      failure.indeterminate(this.#place, `${reason}\n${what}`.trim(), cause);
    if (state !== STATES.undone) throw tell([state, ...said].join('\n').trim());
    const proof = await proveLogin(target, { script: 'true', deadlineMs });
    if (proof.is === 'unproven') throw tell(`it was undone, and ${proof.error.message}`);
  }

  /** What the change has become, as the login at work sees it; undefined where that was cut off. */
  async #watchUndo(deadlineMs: number): Promise<string | undefined> {
    const { id } = this.#options;
    for (;;) {
      const look = await this.#ask(stateScript(id), ANSWER_TIMEOUT_MS);
      if (look === undefined) return undefined;
      const state = look.stdout.toString('utf8');
      if (!isUnderWay(state) || performance.now() >= deadlineMs) return state;
      await delay(LOOK_PAUSE_MS);
    }
  }

  /**
   * The same by a new login. Each that is refused counts against us on the host: after one nobody tries again before the
   * time of the change is over. One that nobody answers costs nothing, and where the host was rebooted it is undone by then.
   */
  async #logInAfterUndo(deadlineMs: number): Promise<string> {
    const { id, target, seconds } = this.#options;
    const untilOverMs = (): number => this.#armedAtMs + seconds * 1000 - performance.now();
    if (this.#isRefused) await delay(Math.max(0, untilOverMs()));
    for (;;) {
      const look = await proveLogin(target, { script: stateScript(id), deadlineMs, mostRefusals: 1 });
      const state = look.is === 'proven' ? look.result.stdout.toString('utf8') : look.error.message;
      const isSeen = look.is === 'proven' && !isUnderWay(state);
      if (isSeen || performance.now() >= deadlineMs - REFUSED_PAUSE_MS) return state;
      await delay(look.is === 'proven' ? LOOK_PAUSE_MS : Math.max(REFUSED_PAUSE_MS, untilOverMs()));
    }
  }

  /** The answer of the login at work; undefined where it was cut off. */
  async #ask(script: string, timeoutMs: number): Promise<SectionResult | undefined> {
    if (this.#isShellLost) return undefined;
    try {
      const [result] = await this.#options.shell.run([{ script }], { timeoutMs });
      return result;
    } catch (thrown) {
      if (!toHomelabError(thrown).code.startsWith('transport/')) throw thrown;
      this.#isShellLost = true;
      return undefined;
    }
  }

  #checkArmed(
    result: SectionResult | undefined,
    otherwise: (place: failure.FailurePlace, said: string) => HomelabError,
  ): void {
    if (result?.code === 0) return;
    const said = result?.stderr.toString('utf8').trim() ?? '';
    const { pending, noTimer, noRoom } = CHANGE_EXIT;
    if (result?.code === pending)
      throw failure.pendingChange(this.#place.host, result.stdout.toString('utf8').trim().slice(0, 200));
    if (result?.code === noTimer) throw failure.noTimer(this.#place, said);
    throw (result?.code === noRoom ? failure.noRoom : otherwise)(this.#place, said);
  }

  /** Until when a change that was armed at `sinceMs` may be confirmed. */
  #deadline(sinceMs: number): number {
    const lengthMs = this.#options.seconds * 1000;
    return sinceMs + lengthMs - Math.min(MARGIN_MS, lengthMs / 4);
  }

  get #place(): failure.FailurePlace {
    const { target, areas } = this.#options;
    return { host: target.host.name, what: areas.map(({ what }) => what).join(', ') };
  }
}

function isUnderWay(state: string): boolean {
  return /^(?:armed|undoing)$/m.test(state.split('\n', 1)[0] ?? '');
}
