/** What became of a connection that a jump host should have made: the reason number of RFC 4254, 5.1, and its words. */
export type Refusal = Error & { readonly reason: number };

const MOST_LINES = 400;
const MOST_CHARACTERS = 1000;
const REASONS = [
  'administratively prohibited',
  'connect failed',
  'unknown channel type',
  'resource shortage',
];

/**
 * What an ssh program says on its standard error at LogLevel DEBUG1 (ssh_config(5)). There is no other way to learn
 * why it failed. Keeps the beginning, which tells of the login, and the end.
 */
export class SshLog {
  readonly #first: string[] = [];
  #last: string[] = [];
  #rest = '';
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #refusals = new Map<string, Refusal>();
  readonly #forwards = new Map<string, string>();
  #forward: string | undefined;

  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = `${this.#rest}${text}`.split(/\r?\n/);
    this.#rest = (lines.pop() ?? '').slice(0, MOST_CHARACTERS);
    for (const line of lines) this.#add(line.slice(0, MOST_CHARACTERS));
  }

  get lines(): readonly string[] {
    return [...this.#first, ...this.#last, ...(this.#rest === '' ? [] : [this.#rest])];
  }

  /** Without what only somebody looking for a fault wants to know. */
  get said(): readonly string[] {
    return this.lines.filter((line) => !/^debug\d: /.test(line) && line.trim() !== '');
  }

  /** Why the connection to `address:port` could not be made from this host. */
  refusalOf({ address, port }: { address: string; port: number }): Refusal | undefined {
    return this.#refusals.get(`${address}:${port}`);
  }

  #add(line: string): void {
    if (this.#first.length < MOST_LINES) this.#first.push(line);
    else this.#last = [...this.#last.slice(1 - MOST_LINES), line];
    this.#followForward(line);
    this.#onLine?.(line);
  }

  /** ssh names the place when it asks for the channel, and the channel alone when that comes to nothing. */
  #followForward(line: string): void {
    const place = /^debug1: channel_connect_stdio_fwd:? (\S+)$/.exec(line)?.[1];
    if (place !== undefined) {
      this.#forward = place;
      this.#refusals.delete(place);
      return;
    }
    const channel = /^debug1: channel (\d+): new \[?stdio-forward/.exec(line)?.[1];
    if (channel !== undefined && this.#forward !== undefined) this.#forwards.set(channel, this.#forward);
    const [, failed = '', reason = '', words = ''] =
      /^channel (\d+): open failed: ([a-z ]+): (.*)$/.exec(line) ?? [];
    const wanted = this.#forwards.get(failed);
    if (wanted === undefined) return;
    this.#forwards.delete(failed);
    this.#refusals.set(wanted, Object.assign(new Error(words), { reason: REASONS.indexOf(reason) + 1 }));
  }
}
