import type { SourcePosition } from '../core/errors.js';

/** Line and column inside a template, both counted from 1. */
export interface TemplatePosition {
  readonly line: number;
  readonly column: number;
}

/** A template and where it is written. */
export interface TemplateSource {
  readonly text: string;
  /** How errors name it: a file, or the place of the value that holds it. */
  readonly name: string;
  /** The text itself is secret: so is what it renders to. */
  readonly isSecret?: boolean | undefined;
  /** The place of a line and column of `text`. Default: that line and column of the file `name`. */
  readonly locate?: ((inside: TemplatePosition) => SourcePosition) | undefined;
}

/** The place in the user's files of a position in a template. */
export function placeIn(template: TemplateSource, inside: TemplatePosition): SourcePosition {
  return template.locate?.(inside) ?? { file: template.name, ...inside };
}
