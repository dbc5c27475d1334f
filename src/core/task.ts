import type { z } from 'zod';
import type { Condition } from './condition.js';
import type { Facts } from './facts.js';
import type { Reader } from './reader.js';
import type { Secret } from './secret.js';
import type { Change, MaybeState, Unknown } from './state.js';
import type { Step } from './step.js';

/** A host as a probe sees it: readable, nothing else. */
export interface ReadableHost {
  readonly name: string;
  readonly facts: Facts;
  /** Absolute paths that items of this host keep: a purge leaves them. Undefined: nobody knows, so nothing is purged. */
  readonly managedPaths?: readonly string[] | undefined;
  /** Reads asked for in the same turn of the event loop, by whatever task, share one round trip. */
  read<Value>(reader: Reader<Value>, key: string): Promise<Value>;
  /** True where a change could shut out whoever logged in: not on this machine itself. */
  readonly hasLoginToLose?: boolean | undefined;
}

/** The project's own files, for kinds whose parameters name one. */
export interface ProjectFiles {
  /** The bytes of a file of the project, secret where it is encrypted. @throws HomelabError `playbook/missing-file` */
  read(path: string): Uint8Array | Secret;
  /** A file of `templates/`, rendered for the host at hand with `vars` on top; secret where a secret is in it. @throws HomelabError `render/…` with the template's line */
  render(template: string, vars: Readonly<Record<string, unknown>>): string | Secret;
}

/** What a kind may ask while its parameters are prepared for one host. */
export interface Preparation extends ProjectFiles {
  /**
   * What speaks against a condition that stands at `at` of the parameters, in words; empty where it holds, and as long
   * as facts decide that are not known yet. @throws HomelabErrors `playbook/…` where the condition is wrong
   */
  judge(condition: Condition, at: readonly (string | number)[]): readonly string[];
}

export interface StepContext<Params> {
  readonly params: Params;
  readonly facts: Facts;
  readonly before: MaybeState;
  /** What was wanted; null where the thing is to be absent. */
  readonly after: MaybeState;
  readonly changes: readonly Change[];
  /** Whether `field` is among the changes. `changed('state')`: the thing appears or goes. */
  readonly changed: (field: string) => boolean;
}

/** What a plan has to know of an item besides what was seen. Things are written as in `touches`. */
export interface Foresight {
  /** What applying it brings into being, `package:git` included. Left out: the first thing that it touches. */
  readonly makes?: readonly string[];
  /** Fields that an earlier item has brought about where it makes the thing: `names.git` by `package:git`. */
  readonly doneBy?: Readonly<Record<string, string>> | undefined;
  /** What goes with it where it is removed. Left out: the first thing that it touches. */
  readonly removes?: readonly string[];
  /** What has to be there when it is applied: `path:/srv/app` (a directory), `user:bob`, `group:crew`, `program:git`. */
  readonly requires?: readonly string[];
  /**
   * Things that decide what it comes to, the surest first: unknown, where an earlier item is about to make one.
   * `anything`: whatever of another kind is done before it. `why`: in words.
   */
  readonly hingesOn?: { readonly things: readonly string[]; readonly why: string } | undefined;
}

/**
 * A kind of task, whole: contract and implementation. The file's name is the kind's name in YAML.
 * `probe` may only read; `desired`, `touches` and `steps` are pure.
 */
export interface TaskDefinition<Params> {
  /** One line for the reference. */
  readonly summary: string;
  readonly params: z.ZodType<Params>;
  /** Parameters as a user writes them; parsed by a test and shown in the reference. */
  readonly examples: readonly unknown[];
  /** Parameters that name files of the project become what those hold; conditions are judged. Runs offline. */
  readonly prepare?: (params: Params, preparation: Preparation) => Params;
  /**
   * What only one item of a host may decide about, in words, with what this one says of it: another that says otherwise is a
   * mistake. Left out: nothing. `facts`: undefined before the host was asked. Pure.
   */
  readonly claims?: (params: Params, facts: Facts | undefined) => Readonly<Record<string, string>>;
  /** Null: the thing is to be absent. A field left out: leave as found. */
  readonly desired: (params: Params, facts: Facts) => MaybeState;
  /** What is wanted of what was observed, where it depends on that: on the version that is installed. Default: `desired`. Pure. */
  readonly desiredOf?: (params: Params, observed: MaybeState) => MaybeState;
  /** The same state as observed. Null: absent. */
  readonly probe: (host: ReadableHost, params: Params) => Promise<MaybeState | Unknown>;
  /**
   * One item of both, where that costs less than each by itself; undefined: they stay two. Asked of items that roles of
   * one play want of a host, in their order; it is done at the place of the later one. Pure.
   */
  readonly join?: (params: Params, later: Params) => Params | undefined;
  /**
   * What applying it may alter or depend on, as `path:/etc/x`, `unit:nginx.service`, `account:bob`: items that share
   * nothing are applied in one round trip. Left out, or `anything` among them: a barrier, everything after it is probed
   * again.
   */
  readonly touches?: (params: Params) => readonly string[];
  /** What decides whether a plan can know the item, and what it names as the cause. `before`: as observed, null where that is not known. Pure. */
  readonly foresight?: (params: Params, before: MaybeState) => Foresight;
  readonly steps: (context: StepContext<Params>) => readonly Step[];
  /** False where having run leaves nothing to look at again (a command without a condition). Default: always true. */
  readonly isVerifiable?: (params: Params) => boolean;
  /** True: what its last step prints is `{{results.ID.stdout}}` for later items. Default: nothing is. */
  readonly doesPrint?: boolean;
  /** True where the parameters ask for something that only an action may do (a restart). Default: never. */
  readonly isAction?: (params: Params) => boolean;
  /** Whether its change is undone unless a new login proves it. Left out, or undefined: what it touches decides. */
  readonly isGuarded?: (params: Params) => boolean | undefined;
  /**
   * What the login at work stands on and would lose for good with these changes, so that no timer could bring it back: a
   * sentence each, without its full stop. Asked before anything is applied, only where something differs and a login is to
   * lose. May only read.
   */
  readonly losesLogin?: (
    host: ReadableHost,
    params: Params,
    changes: readonly Change[],
  ) => Promise<readonly string[]> | readonly string[];
  /** True where a boot does the same as this action: it is owed no longer after one. Default: never. */
  readonly isDoneByBoot?: (params: Params) => boolean;
}

/** Keeps the parameter type of a definition together. */
export function defineTask<Params>(definition: TaskDefinition<Params>): TaskDefinition<Params> {
  return definition;
}

/** A definition whose parameter type is known to its own schema only. */
export type AnyTask = TaskDefinition<unknown>;
