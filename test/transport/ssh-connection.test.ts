import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import type { Client } from 'ssh2';
import { sshLogin } from '../../src/transport/login.js';
import { SshConnection } from '../../src/transport/ssh-connection.js';

type Opened = (error: Error | undefined, channel: PassThrough) => void;

/**
 * An ssh2 client whose server answers all at once: the program has ended (`exit`) before anybody can listen to its
 * channel, as happens when it ends at once and its messages come in one packet. `close` comes once the output was read.
 */
class HastyClient extends EventEmitter {
  readonly #exit: readonly unknown[];

  constructor(exit: readonly unknown[]) {
    super();
    this.#exit = exit;
  }

  exec(_command: string, opened: Opened): void {
    this.#open(opened);
  }

  shell(_terminal: unknown, opened: Opened): void {
    this.#open(opened);
  }

  #open(opened: Opened): void {
    const channel = Object.assign(new PassThrough({ emitClose: false }), { stderr: new PassThrough() });
    channel.once('end', () => channel.emit('close', ...this.#exit));
    opened(undefined, channel);
    channel.emit('exit', ...this.#exit);
    channel.end();
  }
}

const connectionTo = (exit: readonly unknown[]) =>
  new SshConnection(new HastyClient(exit) as unknown as Client, {
    endpoint: {
      name: 'nas',
      address: '192.0.2.1',
      port: 22,
      user: 'admin',
      key: 'nas',
      via: [],
      knownAs: '192.0.2.1',
    } as never,
    carrier: undefined,
    loggedInBy: undefined,
  });

describe('a program that ends before anybody listens', () => {
  test.each([
    ['with a code', [3], 3],
    ['by a signal', [null, 'SIGKILL'], null],
    ['without saying how', [], null],
  ])('%s: its end is known', async (_how, exit, code) => {
    const channel = await connectionTo(exit).exec(['false']);
    channel.stdout.resume();
    expect(await channel.ended).toEqual({ code, lost: undefined });
  });

  test.each([
    ['with a code', [3], 3],
    ['by a signal', [null, 'SIGKILL'], 137],
  ])('%s, of a login: its code is the answer', async (_how, exit, code) => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    expect(await sshLogin(connectionTo(exit), { stdin, stdout, stderr }, {})).toBe(code);
  });
});
