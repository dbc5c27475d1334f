import type { AuthHandlerMiddleware, AuthenticationType, NextAuthHandler, Prompt } from 'ssh2';
import { HomelabError } from '../core/errors.js';
import type { Login } from '../core/shell.js';
import type { Secret } from '../core/secret.js';
import type { Endpoint } from './endpoint.js';
import { oneLine } from './shell-channel.js';
import { where } from './ssh-failure.js';

/** Where the password of accounts may come from without asking. */
export const LOGIN_PASSWORD_VARIABLE = 'HOMELAB_LOGIN_PASSWORD';

/**
 * One login by a password, which is sent once at most, whatever the server says: as a password (RFC 4252, 8) where it
 * takes one, else as the answer to the one hidden question that it asks (RFC 4256).
 */
export class PasswordLogin {
  readonly #endpoint: Endpoint;
  readonly #secret: Secret;
  #method: Login['method'] | undefined;
  #isSent = false;
  #offered: readonly string[] = [];
  #question: string | undefined;
  #refuse: ((error: HomelabError) => void) | undefined;

  constructor(endpoint: Endpoint, secret: Secret) {
    this.#endpoint = endpoint;
    this.#secret = secret;
    this.refused.catch(() => undefined);
  }

  /** Rejects where the server asks for something else than the password: nothing more is said to it then. */
  readonly refused = new Promise<never>((_resolve, reject) => {
    this.#refuse = reject;
  });

  /** Whether the password has left this machine. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** How the login was done, once it is; undefined where the server lets anybody in. */
  get login(): Login | undefined {
    const { user, port } = this.#endpoint;
    return this.#method === undefined ? undefined : { user, method: this.#method, port };
  }

  /** Says to ssh2 what to try next. The first time it asks for nothing but the methods that there are. */
  readonly handler: AuthHandlerMiddleware = (left, _isPartial, next): void => {
    const username = this.#endpoint.user;
    // Its typings do not know that nothing is left to choose from before the first answer.
    const methods = left as AuthenticationType[] | null;
    if (methods === null) {
      next({ type: 'none', username });
      return;
    }
    if (this.#method === undefined) this.#offered = methods;
    this.#next(methods, next);
  };

  /** Why the server let nobody in. */
  get failure(): HomelabError {
    const place = where(this.#endpoint);
    const { name: host, user } = this.#endpoint;
    if (this.#isSent)
      return new HomelabError({
        code: 'transport/login-password-wrong',
        host,
        message: `${place} refuses the password of ${user}`,
        hint: 'Run again with the right password, and check the account’s name. It is tried once only, so that no account locks itself.',
      });
    return new HomelabError({
      code: 'transport/no-password-login',
      host,
      message: `${place} lets nobody in by a password: it takes ${this.#offered.map(oneLine).join(', ') || 'nothing'}`,
      hint: `Put your public key into ~${user}/.ssh/authorized_keys there by its console, or allow PasswordAuthentication in sshd_config for the time being.`,
    });
  }

  #next(methods: readonly AuthenticationType[], next: NextAuthHandler): void {
    const username = this.#endpoint.user;
    // After the first attempt there is no second one, by whatever method.
    if (this.#method !== undefined) next(false as never);
    else if (methods.includes('password')) {
      this.#method = 'password';
      this.#isSent = true;
      next({ type: 'password', username, password: this.#secret.reveal() });
    } else if (methods.includes('keyboard-interactive')) {
      this.#method = 'keyboard-interactive';
      const prompt: Answerer = (_name, _instructions, _lang, prompts, finish) =>
        this.#answer(prompts, finish);
      next({ type: 'keyboard-interactive', username, prompt });
    } else next(false as never);
  }

  /** A server may ask nothing first, or last. What is not one hidden line is not answered, nor is a second one. */
  #answer(prompts: readonly Prompt[], finish: (answers: string[]) => void): void {
    const [first] = prompts;
    if (first === undefined) finish([]);
    else if (prompts.length === 1 && first.echo !== true && !this.#isSent) {
      this.#isSent = true;
      this.#question = first.prompt;
      finish([this.#secret.reveal()]);
    } else if (first.prompt === this.#question) this.#refuse?.(this.failure);
    else this.refuseQuestion(first.prompt);
  }

  /** Ends the login: the server wants what is not a password, e.g. a new one in place of it. */
  refuseQuestion(question: string): void {
    this.#refuse?.(
      new HomelabError({
        code: 'transport/no-password-login',
        host: this.#endpoint.name,
        message: `${where(this.#endpoint)} asks for something else than the password: ${oneLine(question)}`,
        hint: 'Log in there by hand once (a new password may have to be set), then try again.',
      }),
    );
  }
}

type Answerer = (
  name: string,
  instructions: string,
  lang: string,
  prompts: Prompt[],
  finish: (answers: string[]) => void,
) => void;
