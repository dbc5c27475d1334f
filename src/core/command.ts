import { bodyBytes, type Body } from './content.js';
import { InternalError } from './errors.js';
import { printfWord, quote, quoteAll } from './quote.js';
import { Secret } from './secret.js';

/** One program to run on a host: words, not a line, so nothing in it is ever taken for syntax. */
export interface Command {
  readonly argv: readonly string[];
  /** Set for this command alone; by assignment in the shell, so a value is in no argument list. */
  readonly env?: Readonly<Record<string, string | Secret>> | undefined;
  readonly cwd?: string | undefined;
  readonly stdin?: Body | undefined;
  /** Exit codes that count as done. Default: `[0]`. */
  readonly successCodes?: readonly number[] | undefined;
}

/** The command as POSIX shell text, for a script that a shell reads from its standard input. */
export function toShell(command: Command): string {
  const assignments = Object.entries(command.env ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw new InternalError(`Not a variable name: ${JSON.stringify(name)}`);
    return `${name}=${quote(value instanceof Secret ? value.reveal() : value)} `;
  });
  const enter = command.cwd === undefined ? '' : `cd -- ${quote(command.cwd)} && `;
  const feed = command.stdin === undefined ? '' : `printf ${printfWord(bodyBytes(command.stdin))} | `;
  return `${enter}${feed}${assignments.join('')}${quoteAll(command.argv)}`;
}
