import { randomBytes } from 'node:crypto';
import { HomelabError } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import type { BecomePassword } from './become-password.js';
import type { ShellSource } from './framed-shell.js';
import { oneLine, type ChannelEnd, type OpenChannel, type ShellChannel } from './shell-channel.js';
import { sudoConversation } from './sudo-conversation.js';

export interface SudoOptions {
  readonly host: string;
  readonly openChannel: OpenChannel;
  readonly password: BecomePassword;
  readonly timeoutMs: number;
}

/** POSIX shells end with it where a program is not found. */
const NOT_FOUND = 127;

/**
 * A root shell by sudo(8). First without a password, which costs nothing more than a plain login. Only where sudo ends
 * without having started a shell is it asked again, and then given the password at its own prompt alone.
 */
export function sudoSource({ host, openChannel, password, timeoutMs }: SudoOptions): ShellSource {
  return {
    open: () => openChannel(['exec', 'sudo', '-n', '--', '/bin/sh']),
    reopen: async (end: ChannelEnd, stderr: string): Promise<ShellChannel> => {
      if (end.code === NOT_FOUND || end.code === null) throw sudoMissing(host, stderr);
      const opened = { channel: undefined as ShellChannel | undefined };
      const outcome = await password.use(host, async (secret) => {
        const attempt = await converse(openChannel, { host, secret, timeoutMs });
        opened.channel = attempt.channel;
        return attempt.outcome;
      });
      if (opened.channel !== undefined) return opened.channel;
      if (outcome === 'none') throw passwordNeeded(host, stderr);
      throw passwordWrong(host, typeof outcome === 'object' ? outcome.refusedBy : host);
    },
  };
}

interface Attempt {
  readonly channel: ShellChannel | undefined;
  readonly outcome: 'accepted' | 'wrong' | 'unused';
}

async function converse(
  openChannel: OpenChannel,
  { host, secret, timeoutMs }: { host: string; secret: Secret; timeoutMs: number },
): Promise<Attempt> {
  const nonce = randomBytes(16).toString('hex');
  const prompt = `homelab-${nonce}:`;
  // -k: ask although a ticket may have come up meanwhile, so that the prompt and nothing else reads the password.
  const argv = [
    'exec',
    'sudo',
    '-k',
    '-S',
    '-p',
    prompt,
    '--',
    '/bin/sh',
    '-c',
    `echo ready-${nonce}; exec /bin/sh`,
  ];
  const channel = await openChannel(argv);
  const heard = await sudoConversation({ channel, prompt, ready: `ready-${nonce}\n`, secret, timeoutMs });
  if (heard.kind === 'ready') return { channel, outcome: heard.isPasswordSent ? 'accepted' : 'unused' };
  channel.destroy();
  if (heard.kind === 'asked-again') return { channel: undefined, outcome: 'wrong' };
  if (heard.kind === 'ended' && heard.end.lost !== undefined) throw heard.end.lost;
  if (heard.kind === 'timeout') throw sudoSilent(host);
  throw sudoDenied(host, heard.stderr.replaceAll(prompt, ''));
}

function sudoMissing(host: string, stderr: string): HomelabError {
  return new HomelabError({
    code: 'transport/sudo-missing',
    host,
    message: `sudo cannot be run on ${host}${said(stderr)}`,
    hint: 'Install sudo there, or log in as root (user: root, become: none).',
  });
}

function passwordNeeded(host: string, stderr: string): HomelabError {
  return new HomelabError({
    code: 'transport/sudo-password-needed',
    host,
    message: `sudo on ${host} wants a password${said(stderr)}`,
    hint: 'Run on a terminal, set HOMELAB_BECOME_PASSWORD, or allow NOPASSWD for the account in sudoers.',
  });
}

function passwordWrong(host: string, refusedBy: string): HomelabError {
  return new HomelabError({
    code: 'transport/sudo-password-wrong',
    host,
    message:
      refusedBy === host
        ? `sudo on ${host} refuses the password`
        : `The sudo password was refused by ${refusedBy}, so it was not tried on ${host}`,
    hint: 'Run again with the right password. It is tried once only, so that no account locks itself.',
  });
}

function sudoSilent(host: string): HomelabError {
  return new HomelabError({
    code: 'transport/timeout',
    host,
    message: `sudo on ${host} neither asked for a password nor started a shell`,
    hint: 'It may ask with words of its own (a second factor): allow NOPASSWD, or set passprompt_override in sudoers.',
  });
}

function sudoDenied(host: string, stderr: string): HomelabError {
  return new HomelabError({
    code: 'transport/sudo-denied',
    host,
    message: `sudo on ${host} does not let the account become root${said(stderr)}`,
    hint: 'The account needs a rule in sudoers that allows /bin/sh, e.g. membership of the group sudo.',
  });
}

function said(stderr: string): string {
  const text = oneLine(stderr);
  return text === '' ? '' : `: ${text}`;
}
