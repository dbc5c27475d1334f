import { spawn, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { ReadStream, WriteStream } from 'node:tty';
import type { PseudoTtyOptions } from 'ssh2';
import { HomelabError } from '../core/errors.js';
import type { SshConnection } from './ssh-connection.js';

/** A terminal's streams, or anything else that can be read and written. */
export interface LoginStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Words of a program to run; empty or undefined: the account's own shell. */
  readonly command?: readonly string[] | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * An interactive login over an open connection, with a terminal where `stdin` is one: its size follows the window, and
 * keys go through untouched.
 * @returns the exit code; 128 and the signal's number where it was killed
 * @throws HomelabError `transport/connection-lost`
 */
export async function sshLogin(
  connection: SshConnection,
  streams: LoginStreams,
  env: Environment,
): Promise<number> {
  const { stdin, stdout, stderr } = streams;
  const terminal = stdin instanceof ReadStream ? stdin : undefined;
  const channel = await connection.login(
    streams.command ?? [],
    terminal === undefined ? undefined : terminalOf(stdout, env),
  );
  for (const stream of [channel, channel.stderr]) stream.on('error', () => undefined);
  const resize = (): void => {
    const { rows, cols } = sizeOf(stdout);
    channel.setWindow(rows, cols, 0, 0);
  };
  terminal?.setRawMode(true);
  stdout.on('resize', resize);
  stdin.pipe(channel);
  channel.pipe(stdout, { end: false });
  channel.stderr.pipe(stderr, { end: false });
  try {
    return await new Promise<number>((resolve, reject) => {
      // Not from 'exit': of a program that ends at once that comes before we are back here. 'close' waits for a reader.
      channel.once('close', (code?: number | null, signal?: string) => {
        if (code === undefined) reject(connection.reason ?? lostLogin(connection));
        else resolve(code ?? signalCode(signal));
      });
      void connection.lost.then(reject);
    });
  } finally {
    stdin.unpipe(channel);
    stdin.pause();
    stdout.off('resize', resize);
    terminal?.setRawMode(false);
  }
}

/** The same on this machine: `$SHELL`, or the program. */
export function localLogin(streams: LoginStreams, env: Environment): Promise<number> {
  const [file = env['SHELL'] ?? '/bin/sh', ...args] = streams.command ?? [];
  const { stdin, stdout, stderr } = streams;
  const stdio: StdioOptions = [stdin, stdout, stderr].map((stream) =>
    'fd' in stream && typeof stream.fd === 'number' ? stream.fd : 'pipe',
  );
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio, env });
    child.once('error', (cause) =>
      reject(
        new HomelabError({
          code: 'transport/no-shell',
          message: `Cannot start ${file} on this machine`,
          hint: 'Is the name right, and is the program installed?',
          cause,
        }),
      ),
    );
    child.once('close', (code, signal) => resolve(code ?? signalCode(signal)));
    child.stdin?.on('error', () => undefined);
    if (child.stdin !== null) stdin.pipe(child.stdin);
    child.stdout?.pipe(stdout, { end: false });
    child.stderr?.pipe(stderr, { end: false });
  });
}

function terminalOf(stdout: LoginStreams['stdout'], env: Environment): PseudoTtyOptions {
  return { ...sizeOf(stdout), height: 0, width: 0, term: env['TERM'] ?? 'xterm' };
}

function sizeOf(stdout: LoginStreams['stdout']): { rows: number; cols: number } {
  return stdout instanceof WriteStream ? { rows: stdout.rows, cols: stdout.columns } : { rows: 24, cols: 80 };
}

/** `SIGTERM` as 143. Unknown names count as 128. */
function signalCode(signal: string | null | undefined): number {
  return 128 + ((constants.signals as Record<string, number>)[signal ?? ''] ?? 0);
}

function lostLogin({ endpoint }: SshConnection): HomelabError {
  return new HomelabError({
    code: 'transport/connection-lost',
    host: endpoint.name,
    message: `The login on ${endpoint.name} ended without saying how`,
    hint: 'Run again.',
  });
}
