import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.js';
import { scratchFolder } from './local-shell.js';

export interface SshdOptions {
  /** Types of host keys, made anew. Default: ed25519. */
  readonly hostKeys?: readonly ('ed25519' | 'ecdsa' | 'rsa')[];
  /** Lines of sshd_config, before ours: the first value of a keyword counts. */
  readonly config?: readonly string[];
  /** Public keys that may log in. */
  readonly authorized?: readonly string[];
}

/** A real sshd of our own on a loopback port, with keys, configuration and log of its own. */
export interface PrivateSshd {
  readonly port: number;
  /** `ssh-ed25519 AAAA…` for each host key. */
  readonly publicKeys: readonly string[];
  /** Connections it has seen so far. */
  dials(): number;
  /** Stops its connections without closing them, as a network does that swallows everything. */
  freeze(): void;
  stop(): Promise<void>;
}

export const USER = userInfo().username;

/** Makes a key pair and returns its private file and its public line. */
export function makeKey(
  file: string,
  { type = 'ed25519', passphrase = '' } = {},
): { file: string; line: string } {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', file]);
  return { file, line: readFileSync(`${file}.pub`, 'utf8').trim() };
}

export async function startSshd(options: SshdOptions = {}): Promise<PrivateSshd> {
  // sshd run by root insists on its empty privilege separation folder.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const folder = scratchFolder();
  const keys = (options.hostKeys ?? ['ed25519']).map((type) =>
    makeKey(folder.file(`host_${type}`), { type }),
  );
  const port = await freePort();
  const log = folder.file('log');
  // What a login of this computer's account reads (.bashrc) is slow, and what it leaves when it is killed may stay locked.
  mkdirSync(folder.file('home'));
  writeFileSync(folder.file('authorized'), `${(options.authorized ?? []).join('\n')}\n`);
  const lines = [
    ...(options.config ?? []),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...keys.map(({ file }) => `HostKey ${file}`),
    `AuthorizedKeysFile ${folder.file('authorized')}`,
    'PidFile none',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'StrictModes no',
    'UsePAM no',
    'LogLevel VERBOSE',
    `SetEnv HOME=${folder.file('home')}`,
  ];
  writeFileSync(folder.file('config'), `${lines.join('\n')}\n`);
  const child = spawn('/usr/sbin/sshd', ['-D', '-f', folder.file('config'), '-E', log], { stdio: 'ignore' });
  // A test that fails before it stops its sshd must not keep the whole run from ending.
  child.unref();
  const killAtExit = (): void => void child.kill('SIGKILL');
  process.once('exit', killAtExit);
  await untilListening(port, child, log);
  // The probe that found it listening is in the log too.
  const seen = (): number => readFileSync(log, 'utf8').split('Connection from').length - 1;
  while (seen() === 0) await sleep(5);
  const probes = seen();
  return {
    port,
    publicKeys: keys.map(({ line }) => line.split(' ').slice(0, 2).join(' ')),
    dials: () => seen() - probes,
    freeze: () => descendants(child.pid ?? 0).forEach((pid) => kill(pid, 'SIGSTOP')),
    stop: async () => {
      process.off('exit', killAtExit);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      for (const pid of descendants(child.pid ?? 0)) kill(pid);
      child.kill('SIGKILL');
      await gone;
      folder.dispose();
    },
  };
}

async function untilListening(port: number, child: ChildProcess, log: string): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${readFileSync(log, 'utf8')}`);
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return;
    await sleep(10);
  }
  throw new Error('sshd does not listen');
}

/** Processes below `pid`, by /proc. */
function descendants(pid: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(join('/proc', pid, 'stat'), 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function kill(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself meanwhile.
  }
}
