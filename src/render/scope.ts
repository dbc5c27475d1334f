import { Secret } from '../core/secret.js';

/** A value that is not known: the item of an empty list, what is behind an empty value. Anything may be in it. */
export const UNKNOWN = Symbol('unknown');

/** What names mean at one place of a template. */
export interface Scope {
  readonly root: unknown;
  /** What bare names are looked up in, innermost first; `../` goes one further. */
  readonly contexts: readonly unknown[];
  /** `@index` and the like, innermost first. */
  readonly data: readonly Readonly<Record<string, unknown>>[];
  /** `as |name|`. */
  readonly blockParams: ReadonlyMap<string, unknown>;
  /** False in a branch that is not taken with these values: there only names are checked, not what they hold. */
  readonly isLive: boolean;
}

/** Where nothing has been entered yet. */
export function rootScope(context: unknown): Scope {
  return { root: context, contexts: [context], data: [], blockParams: new Map(), isLive: true };
}

/** A scope whose bare names mean `context`. As in Handlebars, the same context again is no further level of `../`. */
export function enter(
  scope: Scope,
  context: unknown,
  rest: { readonly data?: Readonly<Record<string, unknown>>; readonly isLive?: boolean } = {},
): Scope {
  const isSame = context === scope.contexts[0] && context !== UNKNOWN;
  return {
    ...scope,
    contexts: isSame ? scope.contexts : [context, ...scope.contexts],
    data: rest.data === undefined ? scope.data : [rest.data, ...scope.data],
    isLive: scope.isLive && (rest.isLive ?? true),
  };
}

/** The scope with names for block parameters; names without a value are left out. */
export function withBlockParams(scope: Scope, names: readonly string[], values: readonly unknown[]): Scope {
  const named = names.slice(0, values.length).map((name, index) => [name, values[index]] as const);
  return { ...scope, blockParams: new Map([...scope.blockParams, ...named]) };
}

/** A value found, or the first part of the path that does not exist. */
export type Found =
  | { readonly isFound: true; readonly value: unknown }
  | {
      readonly isFound: false;
      /** Index of the missing part. */
      readonly index: number;
      /** What the part was looked for in. */
      readonly holder: unknown;
    };

/**
 * Follows `parts` from `start` through own properties only: nothing that a prototype brings is ever found. In a branch
 * that is not taken, what is behind an empty value is unknown rather than missing: the branch was guarded.
 */
export function follow(start: unknown, parts: readonly string[], isLive: boolean): Found {
  let value = start;
  for (const [index, part] of parts.entries()) {
    if (value === UNKNOWN) return { isFound: true, value };
    if (!isLive && isEmpty(value, false)) return { isFound: true, value: UNKNOWN };
    if (typeof value !== 'object' || value === null) return { isFound: false, index, holder: value };
    if (!Object.hasOwn(value, part)) return { isFound: false, index, holder: value };
    value = (value as Record<string, unknown>)[part];
  }
  return { isFound: true, value };
}

/** What Handlebars takes for nothing: empty text and lists, null, false, and zero unless it is to count. */
export function isEmpty(value: unknown, doesZeroCount: boolean): boolean {
  if (value instanceof Secret) return value.revealBytes().length === 0;
  if (value === 0) return !doesZeroCount;
  return !value || (Array.isArray(value) && value.length === 0);
}
