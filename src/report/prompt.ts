import { createInterface } from 'node:readline';
import { StringDecoder } from 'node:string_decoder';
import { HomelabError } from '../core/errors.js';
import { Secret } from '../core/secret.js';
import { visible } from './sanitize.js';
import type { Output } from './terminal.js';

/** What a prompt reads from: `process.stdin`, or a stream of a test. */
export type Input = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

/** Where a question is put and answered. */
export interface PromptStreams {
  readonly stdin: Input;
  /** Where the question goes: stderr, since stdout may be read by a program. */
  readonly stderr: Output;
}

function interrupted(): HomelabError {
  return new HomelabError({
    code: 'run/interrupted',
    message: 'Interrupted',
    hint: 'Run the command again to go on.',
  });
}

/**
 * Asks a question that is answered by y or n. Only `y` and `yes` are a yes; an empty answer and the end of input are a
 * no. Undefined where there is no terminal to ask.
 * @throws HomelabError `run/interrupted` on Ctrl-C
 */
export async function confirm(
  question: string,
  { stdin, stderr }: PromptStreams,
): Promise<boolean | undefined> {
  if (stdin.isTTY !== true) return undefined;
  const lines = createInterface({ input: stdin, output: stderr, terminal: true, historySize: 0 });
  try {
    return await new Promise<boolean>((resolve, reject) => {
      lines.once('SIGINT', () => {
        stderr.write('\n');
        reject(interrupted());
      });
      lines.once('close', () => resolve(false));
      lines.question(`${visible(question)} [y/N] `, (answer) => resolve(/^\s*y(es)?\s*$/i.test(answer)));
    });
  } finally {
    lines.close();
  }
}

const ENTER = ['\r', '\n'];
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_U = '\x15';
const ERASE = ['\x7f', '\b'];

/** A line that is typed unseen. Keys that are no text (arrows and the like) are ignored. */
class HiddenLine {
  #typed = '';
  #sequence: 'none' | 'begun' | 'running' = 'none';

  /** Takes a key; answers what it ended, if it ended the line. */
  press(key: string): 'entered' | 'interrupted' | 'ended' | undefined {
    if (this.#skipsSequence(key)) return undefined;
    if (key === CTRL_C) return 'interrupted';
    if (ENTER.includes(key)) return 'entered';
    if (key === CTRL_D) return this.#typed === '' ? 'ended' : 'entered';
    if (ERASE.includes(key)) this.#typed = this.#typed.replace(/.$/su, '');
    else if (key === CTRL_U) this.#typed = '';
    else if (key >= ' ') this.#typed += key;
    return undefined;
  }

  get text(): string {
    return this.#typed;
  }

  /** A function key is ESC, `[` or `O`, and all up to a final character (ECMA-48, 5.4); ESC alone is nothing. */
  #skipsSequence(key: string): boolean {
    if (key === '\x1b') {
      this.#sequence = 'begun';
      return true;
    }
    if (this.#sequence === 'running') {
      if (/[@-~]/.test(key)) this.#sequence = 'none';
      return true;
    }
    const isRunning = this.#sequence === 'begun' && (key === '[' || key === 'O');
    this.#sequence = isRunning ? 'running' : 'none';
    return isRunning;
  }
}

function readHidden(stdin: Input): Promise<string | undefined> {
  const line = new HiddenLine();
  const decoder = new StringDecoder('utf8');
  return new Promise((resolve, reject) => {
    const settle = (how: 'entered' | 'interrupted' | 'ended'): void => {
      stdin.off('data', take);
      stdin.off('end', end);
      if (how === 'interrupted') reject(interrupted());
      else resolve(how === 'entered' ? line.text : undefined);
    };
    const take = (chunk: Buffer | string): void => {
      for (const key of typeof chunk === 'string' ? chunk : decoder.write(chunk)) {
        const how = line.press(key);
        if (how !== undefined) return settle(how);
      }
    };
    const end = (): void => settle('ended');
    stdin.on('data', take);
    stdin.on('end', end);
    stdin.resume();
  });
}

/**
 * Asks for a secret: what is typed is not shown. Undefined where there is no terminal to ask, or where Ctrl-D was all
 * that was typed.
 * @throws HomelabError `run/interrupted` on Ctrl-C
 */
export async function askSecret(
  question: string,
  { stdin, stderr }: PromptStreams,
): Promise<Secret | undefined> {
  if (stdin.isTTY !== true || stdin.setRawMode === undefined) return undefined;
  // Before the question is there: who answers fast is not to see what was typed.
  stdin.setRawMode(true);
  stderr.write(`${visible(question)} `);
  try {
    const typed = await readHidden(stdin);
    return typed === undefined ? undefined : new Secret(typed);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
