import { Secret } from '../core/secret.js';
import type { RenderedValue, ValuePath } from '../render/render-value.js';
import type { TemplateContext } from '../render/renderer.js';
import { UNKNOWN } from '../render/scope.js';

/** A mapping with the same keys, and {@link UNKNOWN} for every value: what is known of facts before a host was asked. */
export function withoutValues(facts: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, isMapping(value) ? withoutValues(value) : UNKNOWN]),
  );
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether `value` is unknown or something in it is. */
export function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown);
}

/**
 * The rendered value with {@link UNKNOWN} for every text that was made with something unknown. A list that would hold
 * one becomes unknown as a whole: template functions read lists to their end.
 */
export function markUnknown({ value, references }: RenderedValue, context: TemplateContext): unknown {
  return references
    .filter(({ name }) => isUnknown(name, context))
    .reduce<unknown>((marked, { path }) => (marked === UNKNOWN ? UNKNOWN : markAt(marked, path)), value);
}

function markAt(value: unknown, path: ValuePath): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return typeof value === 'string' || value instanceof Secret ? UNKNOWN : value;
  if (typeof value !== 'object' || value === null) return value;
  const marked = markAt((value as Record<string | number, unknown>)[key], rest);
  if (Array.isArray(value)) return holdsUnknown(marked) ? UNKNOWN : value;
  return { ...value, [key]: marked };
}

/** Whether the value of a name, e.g. `vars.site.port`, is unknown or holds something that is. */
function isUnknown(name: string, context: TemplateContext): boolean {
  const [root = '', ...parts] = name.split('.');
  // Facts of other hosts are no part of `groups`; reading all of `vars` would go round in circles.
  if (root === 'groups' || root === 'host') return false;
  if (root === '' || (root === 'vars' && parts.length === 0)) return true;
  let value: unknown = context[root];
  for (const part of parts) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) break;
    value = (value as Record<string, unknown>)[part];
  }
  return value !== context['vars'] && holdsUnknown(value);
}
