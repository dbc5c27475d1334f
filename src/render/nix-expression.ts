import { HomelabError } from '../core/errors.js';

/** The key of a mapping that stands for an expression: `{ _nix: "pkgs.mariadb" }`. */
export const NIX_KEY = '_nix';

/** A value that only Nix can work out, e.g. `pkgs.mariadb`: it goes into a module as it is written. */
export class NixExpression {
  /** Text of one expression, as between parentheses. */
  readonly text: string;

  /** @throws HomelabError `render/cannot-encode` for an empty text, and for one that no file of Nix can hold */
  constructor(text: string) {
    if (text.trim() === '') throw refuse('an expression of Nix cannot be empty');
    if (text.includes('\0')) throw refuse('an expression of Nix cannot hold a NUL');
    this.text = text;
  }

  /** The expression that a mapping `{ _nix: TEXT }` stands for; undefined for every other value. @throws HomelabError as the constructor */
  static from(value: unknown): NixExpression | undefined {
    if (value instanceof NixExpression) return value;
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, NIX_KEY)) return undefined;
    const entries = Object.entries(value);
    const [, text] = entries.find(([key]) => key === NIX_KEY) ?? [];
    if (entries.length === 1 && typeof text === 'string') return new NixExpression(text);
    throw refuse(`\`${NIX_KEY}\` stands alone in its mapping, with the text of an expression`);
  }

  /** As one operand: a list holds it, a function takes it. */
  get operand(): string {
    if (/^[A-Za-z_][\w'-]*(?:\.[A-Za-z_][\w'-]*)*$/.test(this.text)) return this.text;
    // A comment at its end would take the parenthesis with it.
    return `(${this.text}${this.text.includes('#') ? '\n' : ''})`;
  }
}

function refuse(message: string): HomelabError {
  return new HomelabError({
    code: 'render/cannot-encode',
    message,
    hint: `Write an expression as \`{ ${NIX_KEY}: "pkgs.mariadb" }\`.`,
  });
}
