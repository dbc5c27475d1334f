import { HomelabErrors } from '../core/errors.js';
import type { Secret } from '../core/secret.js';
import { NO_PARTIALS, type PartialSource } from './partials.js';
import { renderTemplate, type TemplateResult } from './render-template.js';
import type { TemplateSource } from './template-source.js';

/** What names mean in a template: `vars`, `host`, `facts`, `groups`, and what a template is given of its own. */
export type TemplateContext = Readonly<Record<string, unknown>>;

/** Renders templates with one set of partials. */
export interface Renderer {
  /** A template for a context, with everything that is wrong with it. Throws nothing. */
  render(template: TemplateSource, context: TemplateContext): TemplateResult;
  /**
   * The text of a template; a secret where one is in it.
   * @throws HomelabErrors `render/…`, everything that is wrong with it for this context, at its place
   */
  renderText(template: TemplateSource, context: TemplateContext): string | Secret;
}

/** A renderer whose `{{> name}}` come from `partials`; default: there are none. */
export function createRenderer(partials: PartialSource = NO_PARTIALS): Renderer {
  const render: Renderer['render'] = (template, context) => renderTemplate(template, context, partials);
  return {
    render,
    renderText: (template, context) => {
      const { text, errors } = render(template, context);
      if (errors.length > 0) throw new HomelabErrors(errors);
      return text;
    },
  };
}
