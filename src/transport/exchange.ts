import type { Writable } from 'node:stream';
import type { FrameOutcome, FrameParser } from './frame-parser.js';
import type { ChannelEnd, ShellChannel } from './shell-channel.js';

/** How one request came out, as far as the stream can tell. */
export type ExchangeOutcome =
  | FrameOutcome
  | { readonly kind: 'ended'; readonly end: ChannelEnd; readonly hasHello: boolean }
  | { readonly kind: 'timeout'; readonly hasHello: boolean };

export interface ExchangeOptions {
  readonly channel: ShellChannel;
  readonly text: string;
  readonly parser: FrameParser;
  /** For the whole answer; undefined: as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** For the shell to say that it reads. */
  readonly helloTimeoutMs: number;
}

/** Small enough that a slow link never holds more of a large request twice. */
const SLICE_BYTES = 256 * 1024;

/** Sends one request and waits for its answer, the end of the channel, or the clock. Never rejects. */
export function exchange(options: ExchangeOptions): Promise<ExchangeOutcome> {
  const { channel, text, parser, timeoutMs, helloTimeoutMs } = options;
  return new Promise((resolve) => {
    const timers: NodeJS.Timeout[] = [];
    let isSettled = false;
    const settle = (outcome: ExchangeOutcome): void => {
      if (isSettled) return;
      isSettled = true;
      timers.forEach(clearTimeout);
      channel.stdout.off('data', receive);
      resolve(outcome);
    };
    const receive = (chunk: Buffer): void => {
      const outcome = parser.push(chunk);
      if (outcome !== undefined) settle(outcome);
    };
    channel.stdout.on('data', receive).resume();
    void channel.ended.then((end) => settle({ kind: 'ended', end, hasHello: parser.hasHello }));
    const giveUp = (): void => settle({ kind: 'timeout', hasHello: parser.hasHello });
    if (timeoutMs !== undefined) timers.push(setTimeout(giveUp, timeoutMs));
    if (!parser.hasHello)
      timers.push(setTimeout(() => (parser.hasHello ? undefined : giveUp()), helloTimeoutMs));
    void write(channel.stdin, Buffer.from(text, 'utf8'), () => isSettled);
  });
}

/** Slice by slice, no faster than the other end reads. Stops when the exchange is over. */
async function write(stdin: Writable, bytes: Buffer, isOver: () => boolean): Promise<void> {
  for (let at = 0; at < bytes.length && !isOver() && !stdin.destroyed; at += SLICE_BYTES)
    if (!stdin.write(bytes.subarray(at, at + SLICE_BYTES)))
      await new Promise<void>((resolve) => {
        // 'drain' never comes once the other end is gone; then nobody waits for this promise either.
        stdin.once('drain', resolve);
      });
}
