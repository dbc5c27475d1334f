import { CST, Lexer } from 'yaml';

/**
 * The offset where the nesting of `text` first goes deeper than `limit` levels, or undefined. Read from the tokens
 * alone: the parser behind it is recursive and ends the whole process on a file of a few thousand brackets.
 */
export function tooDeepAt(text: string, limit: number): number | undefined {
  let offset = 0;
  let brackets = 0;
  let indicators = 0;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'doc-mode' || type === 'flow-error-end' || token === CST.SCALAR) continue;
    if (type === 'newline') indicators = 0;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') indicators += 1;
    else if (type === 'flow-map-start' || type === 'flow-seq-start') brackets += 1;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') brackets = Math.max(brackets - 1, 0);
    if (brackets + indicators > limit) return offset;
    // A level of indentation takes a column at least; a line this far in is a machine's joke.
    if (type === 'space' && token.length > limit * 8 && text[offset - 1] === '\n' && !token.includes('\n'))
      return offset;
    offset += token.length;
  }
  return undefined;
}
