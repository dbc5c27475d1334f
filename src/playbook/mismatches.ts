import type { Condition, ConditionValue } from '../core/condition.js';
import { flattenFacts } from '../core/facts.js';
import { resolveCondition, variableAt, type ConditionContext } from './condition.js';

/** How values are shown; a sensitive item shows none. */
export type ShowValue = (value: unknown) => string;

/**
 * What speaks against a condition, e.g. `os_family is debian, not alpine`; empty where it holds, or where facts that are
 * not known yet decide.
 * @throws HomelabErrors as {@link resolveCondition} does
 */
export function mismatchesOf(condition: Condition, context: ConditionContext, show: ShowValue): string[] {
  // Whole first: every mistake in it is told, not the first key's alone.
  if (resolveCondition(condition, context).matches !== false) return [];
  return Object.entries(condition)
    .filter(([key, wanted]) => resolveCondition({ [key]: wanted }, context).matches === false)
    .map(([key, wanted]) => describeMismatch(key, wanted, { context, show }));
}

interface Telling {
  readonly context: ConditionContext;
  readonly show: ShowValue;
}

function describeMismatch(key: string, wanted: ConditionValue, telling: Telling): string {
  const { context, show } = telling;
  if (key === 'not' && 'not' in (wanted as Condition)) return 'what is ruled out holds';
  if (key === 'not')
    return `${Object.keys(wanted)
      .map((inner) => `${inner} is ${showFound(inner, context, show)}`)
      .join(' and ')}, which is ruled out`;
  return `${key} is ${showFound(key, context, show)}, not ${orList([wanted].flat().map(show))}`;
}

function showFound(key: string, context: ConditionContext, show: ShowValue): string {
  const found = [valueOf(key, context)].flat();
  return found.length === 0 ? 'none' : found.map(show).join(', ');
}

/** What a key stands for. */
function valueOf(key: string, context: ConditionContext): unknown {
  if (key === 'host') return context.host;
  if (key === 'group') return context.groups;
  if (key.startsWith('vars.')) return variableAt(key.slice('vars.'.length), context, [key]);
  return context.facts === undefined ? '…' : (flattenFacts(context.facts)[key] ?? '…');
}

function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
