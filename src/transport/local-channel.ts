import { spawn } from 'node:child_process';
import { HomelabError } from '../core/errors.js';
import type { ChannelEnd, ShellChannel } from './shell-channel.js';

export interface LocalCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** In a process group of its own, without this program's terminal. Default: false. */
  readonly isApart?: boolean | undefined;
}

/** Starts a program on this machine. A program that is not there ends with code 127, as a shell would say it. */
export function openLocalChannel({ argv, env, cwd, isApart }: LocalCommand): Promise<ShellChannel> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { stdio: 'pipe', env, cwd, detached: isApart ?? false });
  const { stdin, stdout, stderr } = child;
  // A broken pipe shows as the end of the program; by itself it says nothing.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  const ended = new Promise<ChannelEnd>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      resolve({ code: isMissing ? 127 : 126, lost: isMissing ? undefined : spawnFailure(file, error) });
    });
    child.once('close', (code) => resolve({ code, lost: undefined }));
    // A process it left behind may hold the pipes open for ever: once it is over, its own output is there soon.
    child.once('exit', (code) => setTimeout(() => resolve({ code, lost: undefined }), 200).unref());
  });
  const destroy = (): void => {
    child.kill('SIGHUP');
    // What still runs in it must not keep this program from ending.
    child.unref();
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
  };
  return Promise.resolve({ stdin, stdout, stderr, ended, destroy });
}

function spawnFailure(file: string, cause: Error): HomelabError {
  return new HomelabError({
    code: 'transport/no-shell',
    message: `Cannot start ${file} on this machine`,
    hint: 'Look at its permissions and at the limits of the account (ulimit -u).',
    cause,
  });
}
