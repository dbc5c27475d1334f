import type { Condition, ConditionValue } from '../core/condition.js';
import { HomelabError, HomelabErrors, type SourcePosition } from '../core/errors.js';
import { FACT_EXAMPLES, flattenFacts, type Facts } from '../core/facts.js';
import { didYouMean } from '../core/nearest.js';
import { Secret } from '../core/secret.js';
import { UNKNOWN } from '../render/scope.js';
import { collect } from './mistakes.js';
import { holdsUnknown } from './unknown-values.js';

/** What a condition is matched with, for one host. */
export interface ConditionContext {
  /** Undefined before the host was asked: what depends on a fact stays open. */
  readonly facts: Facts | undefined;
  /** Rendered variables of the host; one that is unknown stays open as well. Undefined: all are. */
  readonly vars: Readonly<Record<string, unknown>> | undefined;
  /** Undefined where none is looked at: then nothing that depends on it is judged. */
  readonly host: string | undefined;
  readonly groups: readonly string[];
  /** Names that `host` and `group` may have; undefined: any. */
  readonly knownHosts: readonly string[] | undefined;
  readonly knownGroups: readonly string[] | undefined;
  /** Ids that an item before this one declares; undefined where a condition cannot ask for changes. */
  readonly earlierIds: readonly string[] | undefined;
  /** Where the key at a path of the condition was written. */
  readonly locateKey: (path: readonly string[]) => SourcePosition;
}

/**
 * A condition with everything known put in. `matches` is undefined while a fact or a change decides; `evaluate` asks
 * about changes, and takes what depends on an unknown fact for true.
 */
export interface ResolvedCondition {
  readonly matches: boolean | undefined;
  readonly evaluate: (isChanged: (id: string) => boolean) => boolean;
}

/** Where a match stands: known now, or a question about an earlier item. */
type Match = boolean | ((isChanged: (id: string) => boolean) => boolean);

/**
 * @throws HomelabErrors everything that is wrong with it, each at its key: `playbook/unknown-condition`,
 *   `playbook/undefined-variable`, `playbook/unknown-id`, `playbook/unknown-host`, `playbook/unknown-group`,
 *   `playbook/bad-condition`
 */
export function resolveCondition(condition: Condition, context: ConditionContext): ResolvedCondition {
  const match = matchAll(condition, context, []);
  if (typeof match === 'boolean') return { matches: match, evaluate: () => match };
  return { matches: undefined, evaluate: match };
}

function matchAll(condition: Condition, context: ConditionContext, path: readonly string[]): Match {
  const errors: HomelabError[] = [];
  const matches = Object.entries(condition).map(([key, wanted]) =>
    collect(errors, () => matchOne(wanted, context, [...path, key])),
  );
  if (errors.length > 0) throw new HomelabErrors(errors);
  if (matches.includes(false)) return false;
  const questions = matches.filter((match) => typeof match === 'function');
  return questions.length === 0 || ((isChanged) => questions.every((question) => question(isChanged)));
}

function matchOne(wanted: ConditionValue, context: ConditionContext, path: readonly string[]): Match {
  const key = path.at(-1) ?? '';
  if (key === 'not') {
    const inner = matchAll(asCondition(wanted, context, path), context, path);
    if (typeof inner === 'boolean') return !inner;
    return (isChanged) => context.facts === undefined || !inner(isChanged);
  }
  if (isMapping(wanted)) throw badCondition(`\`${key}\` takes a value or a list`, context, path);
  if ([wanted].flat().some((one) => String(one).includes('{{')))
    throw badCondition('a condition compares with plain values, not with templates', context, path);
  if (key === 'changed') return matchChanged(wanted, context, path);
  if (key === 'host' || key === 'group') {
    const names = knownNames(wanted, context, path);
    if (context.host === undefined) return () => true;
    return isIn(key === 'host' ? context.host : context.groups, names);
  }
  if (key.startsWith('vars.')) {
    const found = variableAt(key.slice('vars.'.length), context, path);
    if ([found].flat().some((one) => one instanceof Secret))
      throw badCondition(
        'a condition cannot compare a secret: whether it matches would tell of it',
        context,
        path,
      );
    if (holdsUnknown(found)) return () => true;
    if ([found].flat().some((one) => typeof one === 'object' && one !== null))
      throw badCondition(`\`${key}\` is a mapping or holds one: name a value in it`, context, path);
    return isIn(found, wanted);
  }
  const facts = flattenFacts(context.facts ?? FACT_EXAMPLES);
  if (!(key in facts)) throw unknownKey(key, context, path);
  return context.facts === undefined ? () => true : isIn(facts[key], wanted);
}

type PlainValue = Exclude<ConditionValue, Condition>;

function isMapping(value: ConditionValue): value is Condition {
  return typeof value === 'object' && !Array.isArray(value);
}

function matchChanged(wanted: PlainValue, context: ConditionContext, path: readonly string[]): Match {
  const { earlierIds } = context;
  if (earlierIds === undefined) throw badCondition('`changed` is asked by `when` alone', context, path);
  const ids = [wanted].flat().map(String);
  const missing = ids.find((id) => !earlierIds.includes(id));
  if (missing !== undefined) {
    throw new HomelabError({
      code: 'playbook/unknown-id',
      message: `no earlier item has the id "${missing}"`,
      hint: didYouMean(missing, earlierIds) ?? 'Give the earlier item an `id`.',
      source: context.locateKey(path),
    });
  }
  return (isChanged) => ids.some(isChanged);
}

/** What `host` or `group` is compared with. @throws HomelabError for a name that the inventory does not have */
function knownNames(wanted: PlainValue, context: ConditionContext, path: readonly string[]): PlainValue {
  const key = path.at(-1) ?? '';
  const known = key === 'host' ? context.knownHosts : context.knownGroups;
  const stranger = [wanted]
    .flat()
    .map(String)
    .find((name) => known?.includes(name) === false);
  if (stranger === undefined || known === undefined) return wanted;
  throw new HomelabError({
    code: `playbook/unknown-${key}`,
    message: `there is no ${key} "${stranger}" in the inventory`,
    hint: didYouMean(stranger, known) ?? '`homelab inventory graph` shows hosts and groups.',
    source: context.locateKey(path),
  });
}

/** A list matches when one of its values does, on either side. Numbers and booleans compare as they are written. */
function isIn(found: unknown, wanted: PlainValue): boolean {
  const values = [found].flat().map(String);
  return [wanted].flat().some((one) => values.includes(String(one)));
}

/** @throws HomelabError `playbook/undefined-variable` */
export function variableAt(name: string, context: ConditionContext, path: readonly string[]): unknown {
  let value: unknown = context.vars ?? UNKNOWN;
  for (const part of name.split('.')) {
    if (value === UNKNOWN) return value;
    const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
    if (!names.includes(part)) {
      throw new HomelabError({
        code: 'playbook/undefined-variable',
        message: `the variable "${name}" is not defined for this host`,
        hint: didYouMean(part, names) ?? 'Give it a default in `vars` of the inventory.',
        host: context.host,
        source: context.locateKey(path),
      });
    }
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function asCondition(value: ConditionValue, context: ConditionContext, path: readonly string[]): Condition {
  if (isMapping(value)) return value;
  throw badCondition('`not` takes a mapping, e.g. { not: { os_family: debian } }', context, path);
}

function badCondition(message: string, context: ConditionContext, path: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'playbook/bad-condition',
    message,
    hint: 'Facts, vars.NAME, host and group are compared with a value or with each of a list.',
    source: context.locateKey(path),
  });
}

function unknownKey(key: string, context: ConditionContext, path: readonly string[]): HomelabError {
  const known = [...Object.keys(flattenFacts(FACT_EXAMPLES)), 'not', 'changed', 'host', 'group'];
  const variables = Object.keys(context.vars ?? {}).map((name) => `vars.${name}`);
  return new HomelabError({
    code: 'playbook/unknown-condition',
    message: `unknown key "${key}" in a condition`,
    hint: didYouMean(key, [...known, ...variables]) ?? `Known: ${known.join(', ')}, vars.NAME.`,
    source: context.locateKey(path),
  });
}
