import { HomelabError, HomelabErrors } from '../core/errors.js';
import type { Facts } from '../core/facts.js';
import type { HostConfig, Inventory } from '../core/host-config.js';
import type { Item } from '../core/item.js';
import type { Renderer } from '../render/renderer.js';
import { UNKNOWN } from '../render/scope.js';
import type { YamlPath } from '../yaml/document.js';
import { resolveCondition, type ResolvedCondition } from './condition.js';
import type { HostValues } from './host-values.js';
import { conditionContext } from './condition-context.js';
import { ItemPreparation } from './item-preparation.js';
import { checkedParams } from './item-params.js';
import { collect } from './mistakes.js';
import type { RawItem } from './raw-item.js';
import { renderAt } from './render-at.js';
import type { ProjectFolder } from './template-folder.js';

/** What an item is compiled for. */
export interface Binding {
  readonly inventory: Inventory;
  readonly host: HostConfig;
  /** Undefined before the host was asked: what depends on them is not judged. */
  readonly facts: Facts | undefined;
  readonly values: HostValues;
  /** The same with example facts, while the real ones are not known. */
  readonly exampleValues: HostValues;
  readonly renderer: Renderer;
  readonly folder: ProjectFolder;
  /** Name of the first chosen host of the play: where an item with `once` is done. */
  readonly firstHost: string;
  /** Ids that earlier items of the play declare, each with the ids of the items it became. */
  readonly idsByName: ReadonlyMap<string, readonly string[]>;
}

/** An item without its id, which the play gives. */
export type NamelessItem = Omit<Item, 'id'>;

/**
 * The items that one written item becomes on a host: one, or one for each element of `each`. None where its parameters
 * cannot be told before the facts are known.
 * @throws HomelabErrors everything that is wrong with it for this host
 */
export function compileItem(raw: RawItem, binding: Binding): NamelessItem[] {
  const condition = conditionOf(raw, binding);
  if (condition?.matches === false) return [skipped(raw, '`when` does not match')];
  const { host, firstHost } = binding;
  if (raw.frame.once === true && host.name !== firstHost)
    return [skipped(raw, `\`once\`: it is done on ${firstHost}`)];
  const errors: HomelabError[] = [];
  const elements = collect(errors, () => elementsOf(raw, binding)) ?? [];
  const items = elements.flatMap(
    (element) => collect(errors, () => compileOne(raw, binding, { condition, element })) ?? [],
  );
  if (errors.length > 0) throw new HomelabErrors(errors);
  return items;
}

function conditionOf(raw: RawItem, binding: Binding): ResolvedCondition | undefined {
  if (raw.frame.when === undefined) return undefined;
  return resolveCondition(raw.frame.when, conditionContext(raw, binding, ['when']));
}

/** What an element of `each` adds to the values: its `item`. Nothing where there is no `each`. */
type Element = Readonly<Record<string, unknown>>;

function elementsOf(raw: RawItem, binding: Binding): readonly Element[] {
  const { each } = raw.frame;
  if (each === undefined) return [{}];
  const render = (value: unknown, at: readonly (string | number)[]): unknown =>
    renderAt({ raw, at, context: binding.values, ...binding }, value);
  if (typeof each !== 'string') return each.map((value, index) => ({ item: render(value, ['each', index]) }));
  const list = render(each, ['each']);
  if (Array.isArray(list)) return list.map((item: unknown) => ({ item }));
  if (list === UNKNOWN) return [{ item: UNKNOWN }];
  throw new HomelabError({
    code: 'playbook/each-no-list',
    message: '`each` takes a list, or {{vars.NAME}} of a variable that holds one',
    hint: 'Write [a, b], or the variable alone in quotes.',
    source: raw.document.locate([...raw.path, 'each']),
  });
}

interface One {
  readonly condition: ResolvedCondition | undefined;
  readonly element: Element;
}

function compileOne(raw: RawItem, binding: Binding, { condition, element }: One): NamelessItem[] {
  const { task } = raw;
  const context = { ...binding.values, ...element };
  const exampleContext = { ...binding.exampleValues, ...element };
  const errors: HomelabError[] = [];
  const name = collect(errors, () =>
    renderAt({ raw, at: ['name'], context, ...binding }, raw.frame.name ?? ''),
  );
  const checked = collect(errors, () => checkedParams({ raw, context, exampleContext, ...binding }));
  if (errors.length > 0) throw new HomelabErrors(errors);
  if (checked === undefined) return [];
  const { params, rendered } = checked;
  if (task.isAction?.(params) === true && !raw.isAction && !waitsForChange(raw)) throw actionAsItem(raw);
  const contextAt = (at: YamlPath) => conditionContext(raw, binding, [raw.kind, ...at]);
  const preparation = new ItemPreparation({ raw, params, rendered, context, contextAt, ...binding });
  const prepared = task.prepare?.(params, preparation) ?? params;
  return [
    {
      ...frameOf(raw),
      name: String(name) || defaultName(raw.kind, prepared),
      params: prepared,
      skipReason: undefined,
      condition: questionOf(condition, binding),
      sensitive:
        raw.frame.sensitive === true || (prepared as { sensitive?: unknown } | null)?.sensitive === true,
    },
  ];
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

function skipped(raw: RawItem, skipReason: string): NamelessItem {
  return {
    ...frameOf(raw),
    name: raw.frame.name ?? raw.kind,
    params: undefined,
    skipReason,
    condition: undefined,
    sensitive: raw.frame.sensitive === true,
  };
}

function questionOf(condition: ResolvedCondition | undefined, { idsByName }: Binding): Item['condition'] {
  if (condition === undefined || condition.matches === true) return undefined;
  return (isChanged) => condition.evaluate((name) => (idsByName.get(name) ?? []).some(isChanged));
}

/** Whether the item is left out unless another has changed something: then it is done no more often than an action. */
function waitsForChange({ frame }: RawItem): boolean {
  return frame.when !== undefined && 'changed' in frame.when;
}

function actionAsItem(raw: RawItem): HomelabError {
  return new HomelabError({
    code: 'playbook/action-as-item',
    message: 'a restart, a reload or a reboot is not a state: as an item it would be done on every run',
    hint: 'Write it under `actions` of the play and name it in `on_change` of what it depends on, or give it `when: { changed: ID }`.',
    source: raw.document.locate([...raw.path, raw.kind]),
  });
}

/** The kind and what it is about, e.g. `file /etc/motd`. */
function defaultName(kind: string, params: unknown): string {
  const { path, name, names } = (params ?? {}) as Record<string, unknown>;
  const subject = path ?? name ?? (Array.isArray(names) ? names.join(', ') : undefined);
  return typeof subject === 'string' ? `${kind} ${subject}` : kind;
}
