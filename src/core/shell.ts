import type { Reader } from './reader.js';

/** One part of a script: run in a subshell of its own, with no input, its output captured apart from the others'. */
export interface Section {
  /** POSIX shell text. Values in it went through `quote`; a syntax error in it fails this section alone. */
  readonly script: string;
  /** Exit codes that count as done. Default: `[0]`. */
  readonly successCodes?: readonly number[] | undefined;
}

export interface SectionResult {
  /** Exit code of the section; null when it was not run because an earlier one had failed. */
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** True when the host had more output than the limit lets through. */
  readonly truncated: boolean;
}

export interface RunOptions {
  /** Sections after the first one that failed are not run (their code is null). Default: false. */
  readonly stopOnFailure?: boolean | undefined;
  /** The sections do not depend on each other: the host runs them at the same time. Default: false. */
  readonly atOnce?: boolean | undefined;
  /** After this long without an answer the connection is given up as `transport/timeout`. Default: none. */
  readonly timeoutMs?: number | undefined;
  /** Most bytes of each section's stdout and stderr that are sent back. Default: 64 MiB. */
  readonly outputLimitBytes?: number | undefined;
}

/** How a shell's account was logged in to. */
export interface Login {
  readonly user: string;
  readonly method: 'publickey' | 'password' | 'keyboard-interactive';
  /** The key that was accepted, as ssh-keygen -lf tells it: `ssh-ed25519`, 256, `SHA256:…`. */
  readonly key?: { readonly type: string; readonly bits: number; readonly fingerprint: string } | undefined;
  /** The port that answered. */
  readonly port?: number | undefined;
}

/**
 * A shell that stays open on one host under one account. One call of `run` is one round trip.
 * Calls are answered in their order. A lost connection fails the call with a `transport/…` error, never with a code.
 */
export interface RemoteShell {
  /** Requests answered so far, the opening one included. */
  readonly roundTrips: number;
  /** How its account was logged in to; undefined on this machine, and where the program ssh did it and did not tell. */
  readonly login?: Login | undefined;
  run(sections: readonly Section[], options?: RunOptions): Promise<SectionResult[]>;
  /** One value for one key. All reads asked for in the same turn of the event loop share one round trip. */
  read<Value>(reader: Reader<Value>, key: string): Promise<Value>;
  close(): Promise<void>;
}
