import { didYouMean } from '../core/nearest.js';
import type { TemplateSource } from './template-source.js';

/** Where `{{> name}}` comes from: the files of `templates/`. */
export interface PartialSource {
  /** Names there are, for the hint beside a wrong one. */
  names(): readonly string[];
  /** The partial of a name, or undefined. `template.name` is the file as the user would type it. */
  load(name: string): TemplateSource | undefined;
}

/** A project without partials. */
export const NO_PARTIALS: PartialSource = { names: () => [], load: () => undefined };

/** A partial, or what is wrong with its name. */
export type FoundPartial =
  | { readonly isFound: true; readonly template: TemplateSource }
  | { readonly isFound: false; readonly code: string; readonly message: string; readonly hint: string };

/** The partial that a statement names. A name computed from values is refused: it must be known offline. */
export function findPartial(
  statement: hbs.AST.PartialStatement,
  partials: PartialSource,
  open: readonly string[],
): FoundPartial {
  if (statement.name.type === 'SubExpression') {
    const hint = 'Write the name itself: {{> name}}.';
    return { isFound: false, code: 'render/unsupported', message: 'a partial with a computed name', hint };
  }
  const name = statement.name.original;
  const template = isPlainName(name) ? partials.load(name) : undefined;
  if (template === undefined) {
    const hint = didYouMean(name, partials.names()) ?? 'Partials are files of templates/.';
    return { isFound: false, code: 'render/unknown-partial', message: `there is no partial "${name}"`, hint };
  }
  if (open.includes(template.name)) {
    const message = `the partial "${name}" is part of itself`;
    const hint = `The circle: ${[...open, template.name].join(' → ')}.`;
    return { isFound: false, code: 'render/partial-loop', message, hint };
  }
  return { isFound: true, template };
}

/** Letters, digits, `_`, `-`, `.` and folders below; never a way out of the templates. */
function isPlainName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*(\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/.test(name);
}
