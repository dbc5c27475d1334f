import { HomelabError, HomelabErrors, type SourcePosition } from '../core/errors.js';
import type { Facts } from '../core/facts.js';
import type { HostConfig } from '../core/host-config.js';
import type { Item } from '../core/item.js';
import type { ProjectFiles } from '../core/task.js';
import { mentions, renderValue, type ValuePath } from '../render/render-value.js';
import type { Renderer } from '../render/renderer.js';
import { toErrors } from '../yaml/check-schema.js';
import type { YamlPath } from '../yaml/document.js';
import { schemaProblems } from '../yaml/schema-problems.js';
import { resolveCondition, type ResolvedCondition } from './condition.js';
import type { HostValues } from './host-values.js';
import type { RawItem } from './raw-item.js';
import type { ProjectFolder } from './template-folder.js';

/** What an item is compiled for. */
export interface Binding {
  readonly host: HostConfig;
  /** Undefined before the host was asked: examples stand in, and what depends on them is not judged. */
  readonly facts: Facts | undefined;
  readonly values: HostValues;
  readonly renderer: Renderer;
  readonly folder: ProjectFolder;
  /** Ids that earlier items of the play declare, each with the ids of the items it became. */
  readonly idsByName: ReadonlyMap<string, readonly string[]>;
  /** True for what stands under `actions`. */
  readonly isAction: boolean;
}

/** An item without its id, which the play gives. */
export type NamelessItem = Omit<Item, 'id'>;

/**
 * The items that one written item becomes on a host: one, or one for each element of `each`.
 * @throws HomelabError, HomelabErrors everything that is wrong with it for this host
 */
export function compileItem(raw: RawItem, binding: Binding): NamelessItem[] {
  const condition = conditionOf(raw, binding);
  if (condition?.matches === false) return [skipped(raw)];
  return elementsOf(raw, binding).map((element) => compileOne(raw, binding, { condition, element }));
}

function conditionOf(raw: RawItem, binding: Binding): ResolvedCondition | undefined {
  if (raw.frame.when === undefined) return undefined;
  return resolveCondition(raw.frame.when, {
    facts: binding.facts,
    vars: binding.values.vars,
    host: binding.host.name,
    groups: binding.host.groups,
    earlierIds: [...binding.idsByName.keys()],
    locateKey: (path) => raw.document.locateKey([...raw.path, 'when', ...path]),
  });
}

/** The contexts of `each`: what `item` is. One without `item` where there is no `each`. */
function elementsOf(raw: RawItem, binding: Binding): readonly HostValues[] {
  if (raw.frame.each === undefined) return [binding.values];
  const { value, references } = render(raw, binding, {
    value: raw.frame.each,
    context: binding.values,
    at: ['each'],
  });
  if (Array.isArray(value)) return value.map((item: unknown) => ({ ...binding.values, item }));
  if (binding.facts === undefined && mentions(references, 'facts')) return [];
  throw new HomelabError({
    code: 'playbook/each-no-list',
    message: '`each` takes a list, or {{vars.NAME}} of a variable that holds one',
    host: binding.host.name,
    source: raw.document.locate([...raw.path, 'each']),
  });
}

interface One {
  readonly condition: ResolvedCondition | undefined;
  readonly element: HostValues;
}

function compileOne(raw: RawItem, binding: Binding, { condition, element }: One): NamelessItem {
  // `validate` names its candidate like a variable; the engine puts the path in.
  const context = { ...element, candidate: '{{candidate}}' };
  const name = render(raw, binding, { value: raw.frame.name ?? '', context, at: ['name'] });
  const params = checkedParams(raw, binding, context);
  const task = raw.task;
  if (task.isAction?.(params) === true && !binding.isAction) throw actionAsItem(raw);
  const prepared = task.prepare?.(params, filesFor(raw, binding, context)) ?? params;
  return {
    ...frameOf(raw),
    name: String(name.value) || defaultName(raw.kind, prepared),
    params: prepared,
    skipReason: undefined,
    condition: questionOf(condition, binding),
    sensitive:
      raw.frame.sensitive === true || (prepared as { sensitive?: unknown } | null)?.sensitive === true,
  };
}

function frameOf(raw: RawItem) {
  const { retry, on_failure: onFailure = 'stop' } = raw.frame;
  return {
    kind: raw.kind,
    task: raw.task,
    source: raw.document.locate(raw.path),
    onChange: raw.onChange,
    retry: retry === undefined ? undefined : { times: retry.times, delayMs: retry.delay * 1000 },
    onFailure,
  };
}

function skipped(raw: RawItem): NamelessItem {
  return {
    ...frameOf(raw),
    name: raw.frame.name ?? raw.kind,
    params: undefined,
    skipReason: '`when` does not match',
    condition: undefined,
    sensitive: false,
  };
}

function questionOf(condition: ResolvedCondition | undefined, { idsByName }: Binding): Item['condition'] {
  if (condition === undefined || condition.matches === true) return undefined;
  return (isChanged) => condition.evaluate((name) => (idsByName.get(name) ?? []).some(isChanged));
}

/** Parameters rendered and parsed. Before the host was asked, a value made of facts is not judged. */
function checkedParams(raw: RawItem, binding: Binding, context: HostValues): unknown {
  const { value, references } = render(raw, binding, { value: raw.params, context, at: [raw.kind] });
  const result = schemaProblems(value, raw.task.params);
  if (result.isValid) return result.value;
  const isOpen = (path: ValuePath): boolean =>
    binding.facts === undefined && mentions(references, 'facts', path);
  const problems = result.problems.filter(({ path, isKey }) => isKey || !isOpen(path));
  const basePath = [...raw.path, raw.kind];
  throw new HomelabErrors(
    toErrors({ document: raw.document, basePath, problems, code: 'playbook/parameter' }),
  );
}

interface Rendering {
  readonly value: unknown;
  readonly context: HostValues;
  /** Of the value below the item. */
  readonly at: YamlPath;
}

function render(raw: RawItem, { renderer }: Binding, { value, context, at }: Rendering) {
  const locate = (path: ValuePath, inside: { line: number; column: number }): SourcePosition =>
    raw.document.locateInside([...raw.path, ...at, ...path], inside);
  const rendered = renderValue(value, context, { renderer, source: { name: raw.document.file, locate } });
  if (rendered.errors.length > 0) throw new HomelabErrors(rendered.errors);
  return { value: rendered.value, references: rendered.references };
}

/** The project's files for one item; an error that has no place of its own gets that of the parameter. */
function filesFor(raw: RawItem, { renderer, folder }: Binding, context: HostValues): ProjectFiles {
  return {
    read: (path) => placed(raw, path, () => folder.read(path)),
    render: (name, vars) => {
      const template = placed(raw, name, () => folder.template(name));
      return renderer.renderText(template, { ...context, ...vars });
    },
  };
}

function placed<T>(raw: RawItem, value: string, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    if (!(thrown instanceof HomelabError) || thrown.source !== undefined) throw thrown;
    const params = Object.entries((raw.params ?? {}) as Record<string, unknown>);
    const key = params.find(([, one]) => one === value)?.[0];
    const path = [...raw.path, raw.kind, ...(key === undefined ? [] : [key])];
    const { code, message, hint, cause } = thrown;
    throw new HomelabError({ code, message, hint, cause, source: raw.document.locate(path) });
  }
}

function actionAsItem(raw: RawItem): HomelabError {
  return new HomelabError({
    code: 'playbook/action-as-item',
    message: 'a restart or reload is not a state: as an item it would be done on every run',
    hint: 'Write it under `actions` of the play, and name it in `on_change` of what it depends on.',
    source: raw.document.locate([...raw.path, raw.kind]),
  });
}

/** The kind and what it is about, e.g. `file /etc/motd`. */
function defaultName(kind: string, params: unknown): string {
  const { path, name, names } = (params ?? {}) as Record<string, unknown>;
  const subject = path ?? name ?? (Array.isArray(names) ? names.join(', ') : undefined);
  return typeof subject === 'string' ? `${kind} ${subject}` : kind;
}
