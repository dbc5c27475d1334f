import { HomelabError } from '../../core/errors.js';

/** The arguments before the first `--`, and the command behind it: oclif would take the command's flags for ours. */
export function splitAtDashes(argv: readonly string[]): { own: string[]; words: string[] } {
  const at = argv.indexOf('--');
  return at === -1 ? { own: [...argv], words: [] } : { own: argv.slice(0, at), words: argv.slice(at + 1) };
}

/** Refuses an empty command. @throws HomelabError `usage/no-command` with `example` in its hint */
export function requireCommand(words: readonly string[], example: string): void {
  if (words.length > 0) return;
  throw new HomelabError({
    code: 'usage/no-command',
    message: 'there is no command to run',
    hint: `Write it after --, e.g. \`${example}\`.`,
  });
}
