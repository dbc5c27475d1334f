import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';

/** A certificate for one name, with its key, both PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that vouches for itself. */
export function selfSigned(name: string): ServerCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'mail-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
        .concat(['-days', '2', '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`])
        .concat(['-keyout', key, '-out', cert]),
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A mail that was taken, and how it came. */
export interface ReceivedMail {
  readonly isEncrypted: boolean;
  readonly login: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text, without the dots that protect lines. */
  readonly data: string;
}

interface MailReceiverOptions {
  /** Undefined: it does not know TLS. */
  readonly certificate?: ServerCertificate | undefined;
  /** TLS from the first byte; else by STARTTLS. */
  readonly isImplicit?: boolean;
  /** `user:password` of the only account; undefined: it does not know AUTH. */
  readonly account?: string | undefined;
}

/** The state of one conversation. */
interface Conversation {
  isEncrypted: boolean;
  login: string | undefined;
  from: string;
  to: string[];
  data: string[] | undefined;
}

/** A small mail server on loopback (RFC 5321, 3207, 4954) that keeps what it was sent. */
export class MailReceiver {
  readonly mails: ReceivedMail[] = [];
  /** Every line that it was sent. */
  readonly lines: string[] = [];
  /** Answers in place of the usual ones, by the command's first word, each used once; empty: the connection is cut. */
  readonly faults: [command: string, answer: string][] = [];
  readonly #options: MailReceiverOptions;
  readonly #server: Server;

  constructor(options: MailReceiverOptions = {}) {
    this.#options = options;
    const { certificate, isImplicit = false } = options;
    this.#server =
      isImplicit && certificate !== undefined
        ? createTlsServer({ ...certificate }, (socket) => this.#converse(socket, true))
        : createServer((socket) => this.#converse(socket, false));
  }

  /** Its port. */
  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.close();
  }

  #converse(socket: Socket, isEncrypted: boolean): void {
    socket.write('220 mail.test ESMTP\r\n');
    this.#listen(socket, { isEncrypted, login: undefined, from: '', to: [], data: undefined });
  }

  #listen(socket: Socket, conversation: Conversation): void {
    let rest = '';
    const onData = (chunk: Buffer): void => {
      const lines = (rest + chunk.toString('utf8')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const answer = this.#answer(line, conversation);
        if (answer === 'TLS') {
          socket.off('data', onData);
          socket.write('220 go ahead\r\n');
          this.#encrypt(socket);
          return;
        }
        if (answer === '') socket.destroy();
        else if (answer !== undefined) socket.write(`${answer}\r\n`);
      }
    };
    socket.on('data', onData);
    socket.on('error', () => undefined);
  }

  #encrypt(socket: Socket): void {
    const { certificate } = this.#options;
    const secure = new TLSSocket(socket, { isServer: true, ...certificate });
    this.#listen(secure, { isEncrypted: true, login: undefined, from: '', to: [], data: undefined });
  }

  /** What it says to a line; undefined: nothing yet. */
  #answer(line: string, conversation: Conversation): string | undefined {
    if (conversation.data !== undefined) return this.#collect(line, conversation, conversation.data);
    this.lines.push(line);
    const command = line.split(' ')[0]?.toUpperCase() ?? '';
    const [fault] = this.faults;
    if (fault?.[0] === command) {
      this.faults.shift();
      return fault[1];
    }
    const { certificate, account, isImplicit } = this.#options;
    switch (command) {
      case 'EHLO': {
        const canEncrypt = certificate !== undefined && isImplicit !== true && !conversation.isEncrypted;
        const words = ['mail.test', ...(canEncrypt ? ['STARTTLS'] : []), ...(account ? ['AUTH PLAIN'] : [])];
        return words.map((word, at) => `250${at === words.length - 1 ? ' ' : '-'}${word}`).join('\r\n');
      }
      case 'STARTTLS':
        return certificate === undefined ? '502 no' : 'TLS';
      case 'AUTH': {
        const [, user, password] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0');
        if (`${user}:${password}` !== account) return '535 no such login';
        conversation.login = `${user}:${password}`;
        return '235 welcome';
      }
      case 'MAIL':
        conversation.from = /<(.*?)>/.exec(line)?.[1] ?? '';
        conversation.to = [];
        return '250 ok';
      case 'RCPT':
        conversation.to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
        return '250 ok';
      case 'DATA':
        conversation.data = [];
        return '354 go on';
      case 'QUIT':
        return '221 bye';
      default:
        return '502 what?';
    }
  }

  #collect(line: string, conversation: Conversation, data: string[]): string | undefined {
    if (line !== '.') {
      data.push(line.startsWith('.') ? line.slice(1) : line);
      return undefined;
    }
    conversation.data = undefined;
    const { isEncrypted, login, from, to } = conversation;
    this.mails.push({ isEncrypted, login, from, to, data: data.join('\n') });
    const [fault] = this.faults;
    if (fault?.[0] !== '.') return '250 taken';
    this.faults.shift();
    return fault[1];
  }
}
