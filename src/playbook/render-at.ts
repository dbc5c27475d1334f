import { HomelabErrors } from '../core/errors.js';
import type { Facts } from '../core/facts.js';
import { renderValue, type RenderedValue, type ValuePath } from '../render/render-value.js';
import type { Renderer, TemplateContext } from '../render/renderer.js';
import type { YamlPath } from '../yaml/document.js';
import { mentionsResults } from './results.js';
import { markUnknown } from './unknown-values.js';
import type { Written } from './written.js';

/** A place in an item or a role, and what names mean there. */
export interface RenderingPlace {
  readonly raw: Written;
  /** Of the value below it. */
  readonly at: YamlPath;
  readonly context: TemplateContext;
  readonly renderer: Renderer;
  /** Undefined: what depends on facts is marked as unknown. */
  readonly facts: Facts | undefined;
}

/**
 * A value of an item or a role with its templates rendered.
 * @throws HomelabErrors `render/…`, each at its place inside the text
 */
export function renderAt(place: RenderingPlace, value: unknown): unknown {
  const rendered = tryRenderAt(place, value);
  if (rendered.errors.length > 0) throw new HomelabErrors(rendered.errors);
  const isOpen = place.facts === undefined || mentionsResults(rendered.references);
  return isOpen ? markUnknown(rendered, place.context) : rendered.value;
}

/** The same with its errors, and with nothing marked. */
export function tryRenderAt({ raw, at, context, renderer }: RenderingPlace, value: unknown): RenderedValue {
  const { document, path } = raw;
  return renderValue(value, context, {
    renderer,
    source: {
      name: document.file,
      locate: (below: ValuePath, inside) => document.locateInside([...path, ...at, ...below], inside),
    },
  });
}
