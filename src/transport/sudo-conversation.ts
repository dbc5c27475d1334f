import type { Secret } from '../core/secret.js';
import type { ChannelEnd, ShellChannel } from './shell-channel.js';

export type SudoHeard =
  | { readonly kind: 'ready'; readonly isPasswordSent: boolean }
  | { readonly kind: 'asked-again' }
  | { readonly kind: 'ended'; readonly end: ChannelEnd; readonly stderr: string }
  | { readonly kind: 'timeout' };

export interface SudoConversation {
  readonly channel: ShellChannel;
  /** What sudo asks with; holds a nonce, so nothing else can say it. */
  readonly prompt: string;
  /** What the shell says once it runs; holds the same nonce. */
  readonly ready: string;
  readonly secret: Secret;
  readonly timeoutMs: number;
}

const MOST_CHARACTERS = 64 * 1024;

/**
 * Gives sudo the password when, and only when, its own prompt is seen, and then sends nothing until the shell says that
 * it runs: whatever else were sent, sudo would take for the next password. A second prompt ends the talk.
 */
export function sudoConversation(options: SudoConversation): Promise<SudoHeard> {
  const { channel, prompt, ready, secret, timeoutMs } = options;
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    let isPasswordSent = false;
    const timer = setTimeout(() => settle({ kind: 'timeout' }), timeoutMs);
    const settle = (heard: SudoHeard): void => {
      clearTimeout(timer);
      channel.stdout.off('data', onStdout).pause();
      channel.stderr.off('data', onStderr);
      resolve(heard);
    };
    const onStdout = (chunk: Buffer): void => {
      stdout = (stdout + chunk.toString('latin1')).slice(-MOST_CHARACTERS);
      if (stdout.includes(ready)) settle({ kind: 'ready', isPasswordSent });
    };
    const onStderr = (chunk: Buffer): void => {
      stderr = (stderr + chunk.toString('utf8')).slice(-MOST_CHARACTERS);
      const prompts = stderr.split(prompt).length - 1;
      if (prompts > 1) settle({ kind: 'asked-again' });
      if (prompts !== 1 || isPasswordSent) return;
      isPasswordSent = true;
      channel.stdin.write(`${secret.reveal()}\n`);
    };
    channel.stdout.on('data', onStdout);
    channel.stderr.on('data', onStderr);
    void channel.ended.then((end) => settle({ kind: 'ended', end, stderr }));
  });
}
