import { InternalError } from './errors.js';

/**
 * One word for a POSIX shell that evaluates to exactly `argument`. The only quoting function of the project.
 * Single quotes hold every byte but themselves (POSIX.1-2024, Shell Command Language 2.2.2); NUL cannot be in an argument.
 */
export function quote(argument: string): string {
  if (argument.includes('\0')) throw new InternalError('An argument for a host holds a NUL character');
  if (/^[A-Za-z0-9_@%+:,./-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** A command line that runs `argv` word for word. */
export function quoteAll(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}

/**
 * A `printf` format word that prints exactly `bytes`, NUL included. `printf` is built into dash, bash and busybox sh,
 * so what it prints is never in an argument list that `ps` could show; this is how bodies and secrets travel.
 */
export function printfWord(bytes: Uint8Array): string {
  let word = '';
  for (const byte of bytes) word += PRINTF_ESCAPES[byte];
  // A word that begins with a dash would be taken for options.
  return word.startsWith('-') ? `'\\055${word.slice(1)}'` : `'${word}'`;
}

const PRINTF_ESCAPES: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  const isPlain = byte === 0x0a || (byte >= 0x20 && byte < 0x7f && !`'\\%`.includes(character));
  return isPlain ? character : `\\${byte.toString(8).padStart(3, '0')}`;
});
