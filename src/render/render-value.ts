import type { HomelabError, SourcePosition } from '../core/errors.js';
import { evaluateSole } from './render-template.js';
import type { Renderer, TemplateContext } from './renderer.js';
import type { TemplatePosition } from './template-source.js';

/** Keys and indexes from the root of a value. */
export type ValuePath = readonly (string | number)[];

/** Where a value is written. */
export interface ValueSource {
  /** How errors name it where `locate` is not given. */
  readonly name: string;
  /** The place in the file of a line and column inside the text at `path` of the value. */
  readonly locate?: ((path: ValuePath, inside: TemplatePosition) => SourcePosition) | undefined;
}

/** A name that the text at a path of the value mentions. */
export interface Reference {
  readonly path: ValuePath;
  /** From the root of the context, e.g. `facts.os.name`; empty: the root as a whole. */
  readonly name: string;
}

export interface RenderedValue {
  /** The value with its texts rendered; a text with a mistake stays as it was. */
  readonly value: unknown;
  /** Everything that is wrong, in the order of the value. */
  readonly errors: readonly HomelabError[];
  readonly references: readonly Reference[];
}

/** Whether rendering `value` may change it. */
export function hasTemplate(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('{{');
  return typeof value === 'object' && value !== null && Object.values(value).some(hasTemplate);
}

/** Whether the value at `path`, anything below it, or the text that it came out of mentions `root`, e.g. `facts`. */
export function mentions(references: readonly Reference[], root: string, path: ValuePath = []): boolean {
  return references.some(
    (one) =>
      (one.name === root || one.name === '' || one.name.startsWith(`${root}.`)) &&
      path.every((part, index) => index >= one.path.length || one.path[index] === part),
  );
}

/**
 * Renders every text in a value, keys excepted. A text that is exactly one `{{…}}` becomes that value, its type kept;
 * what comes out is never rendered again. Values with a class of their own (secrets) pass untouched.
 */
export function renderValue(
  value: unknown,
  context: TemplateContext,
  options: { readonly renderer: Renderer; readonly source: ValueSource },
): RenderedValue {
  const errors: HomelabError[] = [];
  const references: Reference[] = [];
  const render = (part: unknown, path: ValuePath): unknown => {
    if (typeof part === 'string') return part.includes('{{') ? renderString(part, path) : part;
    if (Array.isArray(part)) return part.map((item, index) => render(item, [...path, index]));
    if (typeof part !== 'object' || part === null || Object.getPrototypeOf(part) !== Object.prototype)
      return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, render(item, [...path, key])]));
  };
  const renderString = (text: string, path: ValuePath): unknown => {
    const { renderer, source } = options;
    const { locate } = source;
    const place = locate === undefined ? undefined : (inside: TemplatePosition) => locate(path, inside);
    const template = { text, name: source.name, locate: place };
    const found = evaluateSole(template, context) ?? renderer.render(template, context);
    references.push(...[...found.references].map((name) => ({ path, name })));
    errors.push(...found.errors);
    if (found.errors.length > 0) return text;
    return 'value' in found ? found.value : found.text;
  };
  return { value: render(value, []), errors, references };
}
