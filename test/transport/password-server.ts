import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, KeyboardAuthContext, ParsedKey } from 'ssh2';

/** How a server asks for a password, and what it makes of answers. */
export interface PasswordRules {
  /** The methods it takes, in the order it names them. */
  readonly methods: readonly ('publickey' | 'password' | 'keyboard-interactive' | 'none')[];
  /** Of keyboard-interactive: what is asked, one round after the other. */
  readonly rounds?: readonly (readonly { readonly prompt: string; readonly echo: boolean }[])[];
  /** Of password: it is right, but a new one has to be set. */
  readonly isExpired?: boolean;
}

/** A server that takes passwords, which a test may not give to an account of this machine. */
export interface PasswordServer {
  readonly port: number;
  /** The host key. */
  readonly publicKey: string;
  /** What was sent to it as a password or an answer, in order. */
  readonly heard: readonly string[];
  stop(): void;
}

/** Listens on loopback with the host key in `keyFile`; whoever says `right` gets a local shell. */
export async function startPasswordServer(
  keyFile: string,
  right: string,
  rules: PasswordRules,
): Promise<PasswordServer> {
  const heard: string[] = [];
  const hostKey = readFileSync(keyFile, 'utf8');
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => authenticate(context, { heard, right, rules }));
    client.on('session', (accept) => {
      accept().on('exec', (acceptExec, _reject, { command }) => {
        const channel = acceptExec();
        const child = spawn('/bin/sh', ['-c', command]);
        channel.pipe(child.stdin);
        child.stdout.pipe(channel, { end: false });
        child.stdin.on('error', () => undefined);
        child.on('close', (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const parsed = ssh2.utils.parseKey(hostKey) as ParsedKey;
  return {
    port: (server.address() as AddressInfo).port,
    publicKey: `${parsed.type} ${parsed.getPublicSSH().toString('base64')}`,
    heard,
    stop: () => void server.close(),
  };
}

interface Hearing {
  readonly heard: string[];
  readonly right: string;
  readonly rules: PasswordRules;
}

function authenticate(context: AuthContext, { heard, right, rules }: Hearing): void {
  const methods = rules.methods.filter((name) => name !== 'none');
  if (context.method === 'none' && rules.methods.includes('none')) context.accept();
  else if (context.method === 'password' && rules.methods.includes('password')) {
    heard.push(context.password);
    if (rules.isExpired === true) context.requestChange('Your password has expired', () => undefined);
    else if (context.password === right) context.accept();
    else context.reject(methods);
  } else if (context.method === 'keyboard-interactive' && rules.methods.includes('keyboard-interactive'))
    ask(context, { heard, right, rules }, 0);
  else context.reject(methods);
}

function ask(context: KeyboardAuthContext, hearing: Hearing, round: number): void {
  const { heard, right, rules } = hearing;
  const prompts = rules.rounds?.[round];
  if (prompts === undefined) {
    if (heard.at(-1) === right) context.accept();
    else context.reject(rules.methods.filter((name) => name !== 'none'));
    return;
  }
  context.prompt([...prompts], (answers) => {
    heard.push(...answers);
    ask(context, hearing, round + 1);
  });
}
