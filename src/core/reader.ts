/** What one reader's process on the host answered. */
export interface ReaderOutput {
  readonly code: number;
  /** Decoded as UTF-8; bytes that are not UTF-8 read as U+FFFD. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * How one sort of state is read from a host, for many keys with one process.
 * A reader only reads. What the host answers is data: `parse` accepts any bytes and never throws for strange ones
 * unless nothing true can be said, and then with a `HomelabError`.
 */
export interface Reader<Value> {
  /** Unique, e.g. `files`. */
  readonly name: string;
  /** POSIX shell text that prints the state of all `keys` (unique, in the order asked). */
  script(keys: readonly string[]): string;
  /** One value per key, in the order of `keys`. */
  parse(output: ReaderOutput, keys: readonly string[]): readonly Value[];
}
