import { HomelabError, HomelabErrors, InternalError } from '../core/errors.js';
import type { Item, LateItem } from '../core/item.js';
import { Secret } from '../core/secret.js';
import { UNKNOWN } from '../render/scope.js';
import type { YamlPath } from '../yaml/document.js';
import { actionAsItem } from './action-as-item.js';
import type { Binding } from './binding.js';
import { resolveCondition, type ResolvedCondition } from './condition.js';
import { conditionContext } from './condition-context.js';
import { elementsOf, type Element } from './elements.js';
import { ItemPreparation } from './item-preparation.js';
import { checkedParams } from './item-params.js';
import { collect } from './mistakes.js';
import { exampleResults, resultsOf, type Printing } from './results.js';
import type { RawItem } from './raw-item.js';
import { renderAt } from './render-at.js';

/** An item without its id, which the play gives. */
export type NamelessItem = Omit<Item, 'id'>;

/**
 * The items that one written item becomes on a host: one, or one for each element of `each`. None where its parameters
 * cannot be told before the facts are known.
 * @throws HomelabErrors everything that is wrong with it for this host; `doubtful` gets what is wrong only if the item is
 *   done there, where `when` is wrong itself and so does not tell
 */
export function compileItem(raw: RawItem, binding: Binding, doubtful: HomelabError[]): NamelessItem[] {
  const inCondition: HomelabError[] = [];
  const condition = collect(inCondition, () => conditionOf(raw, binding));
  if (inCondition.length === 0) return compileElements(raw, binding, condition);
  collect(doubtful, () => compileElements(raw, binding, undefined));
  throw new HomelabErrors(inCondition);
}

function compileElements(
  raw: RawItem,
  binding: Binding,
  condition: ResolvedCondition | undefined,
): NamelessItem[] {
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

interface One {
  readonly condition: ResolvedCondition | undefined;
  readonly element: Element;
}

function compileOne(raw: RawItem, binding: Binding, one: One): NamelessItem[] {
  const { task } = raw;
  // Told one by one: this is done for every item of every host.
  const { printing, printed, renderer, facts, folder } = binding;
  const results = resultsOf(printing, printed);
  const context = { ...binding.values, ...one.element, ...results.scope };
  const exampleContext = () => ({
    ...binding.exampleValues,
    ...one.element,
    ...exampleResults(printing, printed),
  });
  const errors: HomelabError[] = [];
  const name = collect(errors, () => {
    const written = raw.frame.name ?? '';
    const place = { raw, at: ['name'], context, renderer, facts };
    return nameOf(raw, raw.isData === true ? written : renderAt(place, written));
  });
  const checked = collect(errors, () => checkedParams({ raw, context, exampleContext, renderer, facts }));
  if (errors.length > 0) throw new HomelabErrors(errors);
  const { params, rendered } = checked ?? {};
  let prepared = params;
  if (checked !== undefined) {
    const mistake = actionAsItem(raw, params);
    if (mistake !== undefined) throw mistake;
    const contextAt = (at: YamlPath) => conditionContext(raw, binding, [raw.kind, ...at]);
    const preparation = { raw, params, rendered, context, contextAt, renderer, folder };
    prepared = placed(raw, () => task.prepare?.(params, new ItemPreparation(preparation)) ?? params);
  }
  const late = results.needed.size === 0 ? undefined : lateItem(raw, binding, one, [...results.needed]);
  // Facts that are not known made it so: nothing can be said.
  if (checked === undefined && late === undefined) return [];
  return [
    {
      ...frameOf(raw),
      name:
        (name === UNKNOWN ? '' : String(name)) ||
        defaultName(raw.kind, late === undefined ? prepared : rendered),
      params: prepared,
      skipReason: undefined,
      condition: questionOf(one.condition, binding),
      guarded: raw.frame.guarded ?? (prepared === undefined ? undefined : task.isGuarded?.(prepared)),
      sensitive:
        raw.frame.sensitive === true || (prepared as { sensitive?: unknown } | null)?.sensitive === true,
      late,
    },
  ];
}

/** What `prepare` returns; an error that says no place has that of the parameters. */
function placed<T>(raw: RawItem, prepare: () => T): T {
  try {
    return prepare();
  } catch (thrown) {
    if (!(thrown instanceof HomelabError) || thrown instanceof HomelabErrors || thrown.source !== undefined)
      throw thrown;
    const { code, message, hint, cause } = thrown;
    const source = raw.document.locate([...raw.path, raw.kind]);
    throw new HomelabError({ code, message, hint, cause, source });
  }
}

/** @throws HomelabError `playbook/secret-name` */
function nameOf(raw: RawItem, rendered: unknown): unknown {
  if (!(rendered instanceof Secret)) return rendered;
  throw new HomelabError({
    code: 'playbook/secret-name',
    message: 'a secret cannot be part of a name: names are shown',
    hint: 'Name the item after what it is about.',
    source: raw.document.locate([...raw.path, 'name']),
  });
}

function lateItem(raw: RawItem, binding: Binding, one: One, needs: readonly string[]): LateItem {
  return {
    needs,
    complete: async (printed) => {
      const [item] = await binding.folder.withOpenFiles(() => compileOne(raw, { ...binding, printed }, one));
      if (item === undefined || item.late !== undefined)
        throw new InternalError(`An item is not complete: ${raw.kind}`);
      return item;
    },
  };
}

/** What later items of the play call what this one prints; undefined where they cannot. */
function printsAs({ task, frame, isAction }: RawItem): string | undefined {
  return task.doesPrint === true && frame.each === undefined && !isAction ? frame.id : undefined;
}

/** What later items of the play may ask this one for, and whether it is secret. */
export function printingOf(raw: RawItem): Printing | undefined {
  const name = printsAs(raw);
  const { frame, params } = raw;
  const isSecret = frame.sensitive === true || (params as { sensitive?: unknown } | null)?.sensitive === true;
  return name === undefined ? undefined : { name, isSecret };
}

function frameOf(raw: RawItem) {
  const { retry, on_failure: onFailure = 'stop' } = raw.frame;
  return {
    kind: raw.kind,
    task: raw.task,
    source: raw.source,
    onChange: raw.onChange,
    retry: retry === undefined ? undefined : { times: retry.times, delayMs: retry.delay * 1000 },
    onFailure,
    printsAs: printsAs(raw),
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

/** The kind and what it is about, e.g. `file /etc/motd`. */
function defaultName(kind: string, params: unknown): string {
  const { path, name, names } = (params ?? {}) as Record<string, unknown>;
  const subject = path ?? name ?? (Array.isArray(names) ? names.join(', ') : undefined);
  return typeof subject === 'string' ? `${kind} ${subject}` : kind;
}
