import Handlebars from 'handlebars';
import { HomelabError } from '../core/errors.js';
import { placeIn, type TemplatePosition, type TemplateSource } from './template-source.js';

/** A template as a tree, standalone lines already handled. */
export type TemplateTree = hbs.AST.Program;

/** What the parser knows of a mistake: only errors about names carry their place themselves. */
interface ParserError extends Error {
  readonly lineNumber?: number;
  readonly column?: number;
}

/** The parser's lexer, left standing where it stopped. Not part of the published types. */
interface StoppedLexer {
  readonly yylloc: { readonly first_line: number; readonly first_column: number };
}

/** Trees by text: one text is rendered for every host. */
const trees = new Map<string, TemplateTree>();
const MOST_KEPT_TREES = 2000;

/**
 * The tree of a template.
 * @throws HomelabError `render/syntax` at the line and column where the text stops making sense
 */
export function parseTemplate(template: TemplateSource): TemplateTree {
  const kept = trees.get(template.text);
  if (kept !== undefined) return kept;
  try {
    const tree = Handlebars.parse(template.text);
    if (trees.size >= MOST_KEPT_TREES) trees.clear();
    trees.set(template.text, tree);
    return tree;
  } catch (cause) {
    throw new HomelabError({
      code: 'render/syntax',
      message: `the template cannot be read: ${reasonOf(cause as Error)}`,
      hint: 'Close every {{#block}} with {{/block}}. For braces that are no template, write \\{{ .',
      source: placeIn(template, positionOf(cause as ParserError)),
      cause,
    });
  }
}

function positionOf(error: ParserError): TemplatePosition {
  if (error.lineNumber !== undefined && error.column !== undefined)
    return { line: error.lineNumber, column: error.column + 1 };
  const { lexer } = (Handlebars as unknown as { Parser: { lexer: StoppedLexer } }).Parser;
  return { line: lexer.yylloc.first_line, column: lexer.yylloc.first_column + 1 };
}

/** The line of the parser's message that says what is wrong; the others repeat the text and list token names. */
function reasonOf(error: Error): string {
  const lines = error.message.split('\n');
  const [first = ''] = lines;
  return lines.length === 1 ? first.replace(/ - \d+:\d+$/, '') : 'something is missing or misplaced here';
}

/** Line and column, from 1, of where a node begins. */
export function positionOfNode(node: hbs.AST.Node): TemplatePosition {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}
