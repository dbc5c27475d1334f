import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { waitUntil } from './wait-until.js';

/** A program of the controller that still runs: what it printed so far, and a way to tell it something. */
export class RunningProgram {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  #hasEnded = false;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    child.stdin?.on('error', () => {});
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        this.#hasEnded = true;
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
      });
    });
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** Waits until it has printed `text` on either stream. */
  async printed(text: string): Promise<void> {
    await this.reaches(`prints ${text}`, () => (this.#stdout + this.#stderr).includes(text));
  }

  /** Waits until `isTrue`. Throws, with what it said, where the program ends before. */
  async reaches(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
    await waitUntil(`the program ${what}`, async () => {
      if (await isTrue()) return true;
      if (!this.#hasEnded) return false;
      throw new Error(`the program ended before it ${what}:\n${this.#stdout}\n${this.#stderr}`);
    });
  }

  /** Types on its standard input, which stays open. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Its exit code; 128 and the signal's number where a signal ended it. */
  ended(): Promise<number> {
    return this.#ended;
  }
}
