import type { Command } from './command.js';
import type { Body } from './content.js';

/** Run a program. */
export interface RunStep {
  readonly do: 'run';
  readonly command: Command;
  /** Of a guarded change: done once a new login has proven the rest of it. What it does is not undone. At the end of its item. */
  readonly isAfterProof?: true | undefined;
}

/**
 * Write a whole file: beside its target under another name, with owner and mode set, synced, then renamed over it.
 * A target that is a symlink or a directory is refused.
 */
export interface WriteStep {
  readonly do: 'write';
  /** Absolute. */
  readonly path: string;
  readonly body: Body;
  /** Octal, e.g. `0644`. */
  readonly mode: string;
  /** Name or number; empty: the account that writes. */
  readonly owner: string;
  /** Name or number; empty: the group of the account that writes. */
  readonly group: string;
  /** Run on the finished candidate before the rename, `{{candidate}}` being its path; not 0 means: keep the old file. */
  readonly validate?: readonly string[] | undefined;
  /** Keep the file that is replaced as `PATH.homelab-<time>`. */
  readonly backup?: boolean | undefined;
}

/**
 * Boot the host anew: the engine asks for it, waits until a boot with another id answers over the same route, and goes
 * on with a new connection.
 */
export interface RebootStep {
  readonly do: 'reboot';
  /** For going down and coming back together. */
  readonly timeoutMs: number;
  /** False: it is enough that it goes down; the host takes no further part in the run. */
  readonly isReturnExpected: boolean;
}

/** What goes to a host as a part of a script. */
export type ScriptStep = RunStep | WriteStep;

/** What changes a host: data that the engine alone carries out. */
export type Step = ScriptStep | RebootStep;

/** A step that runs `argv`, with what else the command needs. */
export function runStep(argv: readonly string[], rest: Omit<Command, 'argv'> = {}): RunStep {
  return { do: 'run', command: { argv, ...rest } };
}
