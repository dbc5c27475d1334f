import { CST } from 'yaml';

/**
 * Watches the tokens of a YAML text on their way to the parser, which is recursive and would end the whole process on a
 * file of a few thousand brackets.
 */
export class DepthGauge {
  readonly #limit: number;
  #offset = 0;
  #brackets = 0;
  #indicators = 0;
  #isLineStart = true;
  #deepAt: number | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The offset where the nesting first went deeper than the limit. */
  get deepAt(): number | undefined {
    return this.#deepAt;
  }

  /** Takes the next token of the lexer. True from where it is too deep on. */
  isTooDeep(token: string): boolean {
    const type = CST.tokenType(token);
    if (type === 'doc-mode' || type === 'flow-error-end' || token === CST.SCALAR) return false;
    if (type === 'newline') this.#indicators = 0;
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') this.#indicators += 1;
    else if (type === 'flow-map-start' || type === 'flow-seq-start') this.#brackets += 1;
    else if (type === 'flow-map-end' || type === 'flow-seq-end')
      this.#brackets = Math.max(this.#brackets - 1, 0);
    // A level of indentation takes a column at least; a line this far in is a machine's joke.
    const isFarIn =
      type === 'space' && this.#isLineStart && token.length > this.#limit * 8 && !token.includes('\n');
    if (this.#brackets + this.#indicators > this.#limit || isFarIn) this.#deepAt ??= this.#offset;
    this.#offset += token.length;
    this.#isLineStart = token.endsWith('\n');
    return this.#deepAt !== undefined;
  }
}
