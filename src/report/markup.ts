import { htmlText } from '../core/html-text.js';
import { visible } from './sanitize.js';

/** HTML that may go into a page as it is. Only {@link markup} and {@link rawMarkup} make it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a {@link markup}: text is escaped, undefined is nothing, lists are joined. */
export type MarkupPart = string | number | Markup | undefined | readonly MarkupPart[];

/**
 * A template of HTML. Every value in it is text that can end no element and no quoted attribute; what a reader would obey or
 * hide (controls, bidi) is shown as an escape, and secrets of the project are masked. Values may stand in elements and in quoted
 * attributes that are no URL, style or script. Source: HTML Living Standard, "Tokenization".
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly MarkupPart[]): Markup {
  return new Markup(strings.reduce((text, next, at) => `${text}${partText(parts[at - 1])}${next}`));
}

/** Text of ours that is HTML already, e.g. a style sheet. Never what came from a file or a host. */
export function rawMarkup(text: string): Markup {
  return new Markup(text);
}

function partText(part: MarkupPart): string {
  if (part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string' || typeof part === 'number') return htmlText(visible(String(part)));
  return part.map(partText).join('');
}
