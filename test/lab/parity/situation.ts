import { quote } from '../../../src/core/quote.js';

/** One value for each tool. */
export interface Sides<Value> {
  readonly ansible: Value;
  readonly homelab: Value;
}

/** A task as it stands in a playbook without its name, `{ module: parameters }` or `{ kind: parameters }`; or several. */
export type Tasks = Readonly<Record<string, unknown>> | readonly Readonly<Record<string, unknown>>[];

/** What a tool said of a task; of several: `failed` where one failed, `changed` where one changed something. */
export type Outcome = 'ok' | 'changed' | 'failed';

/**
 * A difference that is meant. What is given here is expected of each tool instead of "the same", exactly, so that the
 * difference can neither grow nor go without being noticed.
 */
export interface DeliberateDifference {
  /** Why it is better so: a sentence that docs/ansible.md repeats. */
  readonly because: string;
  /** What {@link Situation.look} prints. */
  readonly seen?: Sides<string>;
  readonly first?: Sides<Outcome>;
  readonly second?: Sides<Outcome>;
}

/**
 * Something that people do with Ansible, and the same with homelab. The situations run in their order, in one play of
 * each tool, twice; they must not disturb each other. All shell text runs under `sh -eu` as root, on the machine itself.
 */
export interface Situation {
  readonly name: string;
  /** Shell script that makes the situation, on both machines; `$tool` is `Ansible` on one and `homelab` on the other. */
  readonly given?: string;
  readonly ansible: Tasks;
  readonly homelab: Tasks;
  /**
   * Shell script that prints what the situation is about. `show PATH...` is there for it: everything at and below these
   * paths, with type, mode, owner, group and target, and what files hold (cat -A).
   */
  readonly look: string;
  readonly differs?: DeliberateDifference;
}

/** The situations of one module of Ansible: the default export of `situations/<module>.ts`. */
export interface ModuleSituations {
  /** Shell script, once, on both machines, before anything of the module. */
  readonly given?: string;
  /** Files of both projects, by their path in it. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  readonly situations: readonly Situation[];
}

/** A situation with what it is called in playbooks and tests, `module/name`. */
export interface NamedSituation extends Situation {
  readonly id: string;
}

/** The tasks as a list. */
export function listOf(tasks: Tasks | undefined): readonly Readonly<Record<string, unknown>>[] {
  if (tasks === undefined) return [];
  return Array.isArray(tasks) ? (tasks as readonly Readonly<Record<string, unknown>>[]) : [tasks as never];
}

/** A name as a part of a path. */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** Shell text that writes `text` to the file `path`, which needs no quoting. */
export function writeTo(path: string, text: string): string {
  return `${printing(text)} >${path}`;
}

/** Shell text that prints `text`. */
export function printing(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `printf '%b' ${quote(escaped)}`;
}

/** What `show` prints of a file with a mode of 0644 that is root's; `text` as `cat -A` shows it. */
export function seenFile(path: string, text: string): string {
  return `${path} f 644 root:root \n${path}:\n${text}|\n`;
}

/** The same of such a file in a directory that has a mode of 0755. */
export function seenBelow(folder: string, name: string, text: string): string {
  return `${folder} d 755 root:root \n${seenFile(`${folder}/${name}`, text)}`;
}
