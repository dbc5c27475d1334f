import { registerSecret } from '../core/redaction.js';
import { Secret } from '../core/secret.js';
import type { AskSecret } from './identity-file.js';

export type PasswordOutcome = 'accepted' | 'wrong' | 'unused';

export interface RunPasswordOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the password may come from without asking. Never handed to a child process (core/secret-variables.ts). */
  readonly variable: string;
  /** Without its colon. */
  readonly question: string;
  readonly askSecret: AskSecret;
}

/**
 * One password of a whole run: from the environment or asked once, by the first host that needs it. Until one host has
 * accepted it only one tries at a time, and a wrong one is not tried again anywhere: accounts lock themselves after a few
 * wrong attempts (pam_faillock(8)), and they may be the same account.
 */
export class RunPassword {
  readonly #options: RunPasswordOptions;
  #secret: Promise<Secret | undefined> | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #refusedBy: string | undefined;
  #isAccepted = false;

  constructor(options: RunPasswordOptions) {
    this.#options = options;
  }

  /**
   * Calls `attempt` with the password once it may be tried.
   * @returns its outcome, `none` where there is no password, or the host that refused it before
   */
  use(
    host: string,
    attempt: (secret: Secret) => Promise<PasswordOutcome>,
  ): Promise<PasswordOutcome | 'none' | { readonly refusedBy: string }> {
    if (this.#isAccepted) return this.#use(host, attempt);
    const turn = this.#turn.then(() => this.#use(host, attempt));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #use(
    host: string,
    attempt: (secret: Secret) => Promise<PasswordOutcome>,
  ): Promise<PasswordOutcome | 'none' | { readonly refusedBy: string }> {
    if (this.#refusedBy !== undefined) return { refusedBy: this.#refusedBy };
    this.#secret ??= this.#find();
    const secret = await this.#secret;
    if (secret === undefined) return 'none';
    registerSecret(secret);
    const outcome = await attempt(secret);
    if (outcome === 'accepted') this.#isAccepted = true;
    if (outcome === 'wrong') this.#refusedBy ??= host;
    return outcome;
  }

  #find(): Promise<Secret | undefined> {
    const { env, variable, question, askSecret } = this.#options;
    const given = env[variable];
    if (given !== undefined && given !== '') return Promise.resolve(new Secret(given));
    return askSecret(question);
  }
}
