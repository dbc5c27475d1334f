import { spawn, type ChildProcess } from 'node:child_process';
import { HomelabError } from '../core/errors.js';
import type { PrivateFolder } from './openssh-folder.js';
import { SshLog } from './openssh-log.js';

export interface SshProcessOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: PrivateFolder;
  /** Each line of its log as it comes. */
  readonly onLine?: ((line: string) => void) | undefined;
}

/** What a program left behind may still write after its end. */
const LAST_WORDS_MS = 200;

/** One running `ssh` without streams of its own: it has no terminal to ask on, and a group of its own to be ended with. */
export class SshProcess {
  readonly log: SshLog;
  /** Resolves when it is over: with an error where it could not even start. Never rejects. */
  readonly ended: Promise<HomelabError | undefined>;
  readonly #child: ChildProcess;
  #isOver = false;

  constructor({ argv, env, folder, onLine }: SshProcessOptions) {
    const [file = '', ...args] = argv;
    this.log = new SshLog(onLine);
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], env, detached: true });
    this.#child = child;
    const { pid } = child;
    if (pid !== undefined) folder.watch(pid);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.log.push(text));
    child.stderr?.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.once('error', (cause) => resolve(noProgram(cause)));
      child.once('close', () => resolve(undefined));
      child.once('exit', () => {
        this.#isOver = true;
        if (pid !== undefined) folder.unwatch(pid);
        setTimeout(() => resolve(undefined), LAST_WORDS_MS).unref();
      });
    });
  }

  /** Calls `look` whenever it has said something, and now and then. Resolves once that is true; so does its end. */
  async until(look: () => boolean): Promise<void> {
    const { stderr } = this.#child;
    let stop: (() => void) | undefined;
    const seen = new Promise<void>((resolve) => {
      const check = (): void => (look() ? resolve() : undefined);
      const timer = setInterval(check, LAST_WORDS_MS);
      stderr?.on('data', check);
      stop = (): void => {
        clearInterval(timer);
        stderr?.off('data', check);
      };
    });
    await Promise.race([seen, this.ended]);
    stop?.();
  }

  /** Signals it and what it started. */
  kill(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined || this.#isOver) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function noProgram(cause: Error): HomelabError {
  return new HomelabError({
    code: 'transport/no-ssh-program',
    message: 'The program ssh cannot be started on this machine',
    hint: 'Install OpenSSH (on Debian: apt-get install openssh-client), or set transport: ssh2.',
    cause,
  });
}
