import type { ProjectContents } from '../harness/shared-lab.js';

/** Why a part of the contract has no meaning for a kind: a sentence that a reader can check. */
export interface NotApplicable {
  readonly because: string;
}

/** An outside judge: what a shell script prints on the machine, as root, past homelab. */
export interface Judgement {
  readonly shell: string;
  /** Its standard output, byte for byte. */
  readonly prints: string;
}

/** What somebody does by hand to what the row keeps. */
export interface Damage {
  readonly by: string;
  /** The fields that a plan then shows for the row, sorted, and no others. */
  readonly fields: readonly string[];
}

/** One item of the kind. The rows of a kind are applied together, in their order, as one play: they must not disturb each other. */
export interface ContractRow {
  readonly name: string;
  /** Parameters of the kind, as in a playbook. */
  readonly params: unknown;
  /** Shell script that makes the situation on the machine, before the first plan. */
  readonly given?: string;
  /** What holds once it is applied. */
  readonly holds: Judgement;
  /** Each is done by hand, seen by a plan, and mended by a provision, after which `holds` holds again. */
  readonly damages: readonly Damage[] | NotApplicable;
  /** The parameters that undo it (`state: absent`), and what holds then. */
  readonly undo: { readonly params: unknown; readonly holds: Judgement } | NotApplicable;
}

/** An odd value on its way: applied, judged, then in sync. */
export type OddValueRow = Pick<ContractRow, 'name' | 'params' | 'given' | 'holds'>;

/** An apply whose connection is killed while it runs. */
export interface Interruption {
  /** Shell script that makes the old state. Has to work from any state. */
  readonly from: string;
  /** Parameters of the new state; different enough that applying takes steps. */
  readonly params: unknown;
  /** Shell scripts that each print one thing of the state: each has to print what it did before, or what it does after. */
  readonly observe: readonly string[];
}

/** The rows of a kind, or why it can have none: one that never changes anything has other tests. */
export type KindProof = KindContract | NotApplicable;

/**
 * What proves one kind of task on a real machine: the default export of `kinds/<kind>.ts`. A kind without it fails
 * the test by its absence. All shell text runs under `sh -eu` as root, on the machine itself.
 */
export interface KindContract {
  /** The machine of the lab to use. Default: `proof`. */
  readonly host?: string;
  /** Once, before anything else. */
  readonly setUp?: string;
  /** Once, after everything; the machine is shared with other kinds. */
  readonly tearDown?: string;
  /** Files of the project that rows name, by their path in it. */
  readonly files?: ProjectContents;
  readonly rows: readonly ContractRow[];
  /** Spaces, quotes, newlines where allowed, unicode, leading `-`, glob characters, 1 MB contents: what the kind has room for. */
  readonly oddValues: readonly OddValueRow[] | NotApplicable;
  readonly interruption: Interruption | NotApplicable;
}
