import { writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { quoteAll } from '../core/quote.js';
import type { Secret } from '../core/secret.js';
import type { AskSecret } from './identity-file.js';
import { oneLine } from './shell-channel.js';

/** Says what is asked to the socket beside it, and prints what comes back. No answer: code 1. */
const PROGRAM = `'use strict';
const socket = require('node:net').connect(__dirname + '/ask');
let answer = '';
socket.setEncoding('utf8');
socket.on('data', (text) => { answer += text; });
socket.on('error', () => { process.exitCode = 1; });
socket.on('end', () => {
  if (answer === '') process.exitCode = 1;
  else process.stdout.write(answer);
});
socket.write(JSON.stringify({ question: process.argv[2] || '', kind: process.env.SSH_ASKPASS_PROMPT || '' }) + '\\n');
`;

/** What ssh asks for a key on disk or in hardware (sshconnect2.c): the same answer is right every time. */
const KEY_QUESTION = /^Enter (passphrase|PIN) for (?:[A-Z0-9-]+ )?key '?(.*?)'?: ?$/;
const MOST_CHARACTERS = 16 * 1024;

/**
 * Answers ssh's questions from this process: ssh runs a small program (SSH_ASKPASS, ssh(1)), which asks here over a
 * socket in the private folder. The answer is in no argument, no environment and no file.
 */
export class Askpass {
  readonly #askSecret: AskSecret;
  readonly #answers = new Map<string, Promise<Secret | undefined>>();
  readonly #keys = new Map<string, boolean>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #asking = 0;
  #asked = 0;

  constructor(askSecret: AskSecret) {
    this.#askSecret = askSecret;
  }

  /** Whether a person is being asked right now: then no clock should run. */
  get isAsking(): boolean {
    return this.#asking > 0;
  }

  /** How many questions came so far. */
  get asked(): number {
    return this.#asked;
  }

  /** Files of keys that had to be unlocked, and whether anybody answered. */
  get keys(): ReadonlyMap<string, boolean> {
    return this.#keys;
  }

  /** Begins to listen in `folder`. @returns the environment that makes ssh ask here and nowhere else */
  async listen(folder: string): Promise<Readonly<Record<string, string>>> {
    const program = join(folder, 'askpass');
    await writeFile(`${program}.cjs`, PROGRAM, { mode: 0o600 });
    const line = quoteAll([process.execPath, `${program}.cjs`]);
    await writeFile(program, `#!/bin/sh\nexec ${line} "$1"\n`, { mode: 0o700 });
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(join(folder, 'ask'), resolve);
    });
    server.unref();
    return { SSH_ASKPASS: program, SSH_ASKPASS_REQUIRE: 'force' };
  }

  close(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    let text = '';
    this.#sockets.add(socket);
    socket.setEncoding('utf8').on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MOST_CHARACTERS) socket.destroy();
      else if (text.endsWith('\n')) this.#hear(socket, parseQuestion(text));
    });
  }

  #hear(socket: Socket, { question, kind }: Question): void {
    if (kind === 'none') {
      // No question: a key wants to be touched. ssh ends its program when that is done; until then no clock runs.
      this.#asking += 1;
      socket.once('close', () => (this.#asking -= 1));
      return;
    }
    void this.#answer({ question, kind }).then((secret) =>
      socket.end(secret === undefined ? '' : `${secret.reveal()}\n`),
    );
  }

  async #answer({ question, kind }: Question): Promise<Secret | undefined> {
    // Whether something may be done (a new host key, the use of a key) is asked for a word, and never said yes to here.
    if (kind !== '' || /\(yes\/no/.test(question)) return undefined;
    this.#asked += 1;
    this.#asking += 1;
    try {
      return await this.#once(question);
    } catch {
      return undefined;
    } finally {
      this.#asking -= 1;
    }
  }

  async #once(question: string): Promise<Secret | undefined> {
    const [, what, key] = KEY_QUESTION.exec(question) ?? [];
    // Words of a server: another one may be wanted the next time.
    if (what === undefined || key === undefined)
      return this.#askSecret(oneLine(question).replace(/\s*:$/, ''));
    const asked = `${what === 'PIN' ? 'PIN' : 'Passphrase'} of ${oneLine(key)}`;
    const answer = this.#answers.get(asked) ?? this.#askSecret(asked);
    this.#answers.set(asked, answer);
    const secret = await answer;
    this.#keys.set(key, secret !== undefined);
    return secret;
  }
}

interface Question {
  readonly question: string;
  /** SSH_ASKPASS_PROMPT: empty, `confirm`, or `none`. */
  readonly kind: string;
}

const UNREADABLE: Question = { question: '', kind: 'unreadable' };

function parseQuestion(text: string): Question {
  try {
    const { question, kind } = JSON.parse(text) as { question?: unknown; kind?: unknown };
    if (typeof question === 'string' && typeof kind === 'string') return { question, kind };
    return UNREADABLE;
  } catch {
    return UNREADABLE;
  }
}
