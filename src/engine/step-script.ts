import { toShell } from '../core/command.js';
import { bodyBytes } from '../core/content.js';
import { printfWord, quote, quoteAll } from '../core/quote.js';
import type { Section } from '../core/shell.js';
import type { ScriptStep, Step, WriteStep } from '../core/step.js';

/** What stands for the candidate's path in a `validate` command. */
const CANDIDATE = '{{candidate}}';

/**
 * The step as one section of a script. Exit 44 with a message on stderr: refused, because the target is not what the
 * step may replace.
 */
export function toSection(step: ScriptStep): Section {
  if (step.do === 'run') return { script: toShell(step.command), successCodes: step.command.successCodes };
  return { script: writeScript(step) };
}

/**
 * Old or new, never half: the candidate is made beside the target (the same file system, so that rename(2) is atomic),
 * gets owner and mode while nobody reads it, is synced, and then takes the name. A kill at any point leaves the old
 * file; the trap removes the candidate.
 */
function writeScript(step: WriteStep): string {
  const path = quote(step.path);
  const candidateWords = (step.validate ?? []).map((word) =>
    word
      .split(CANDIDATE)
      .map((part) => (part === '' ? '' : quote(part)))
      .join('"$candidate"'),
  );
  // `chown USER:` would take the user's login group, and GNU refuses it for a number.
  const owner = step.group === '' ? step.owner : `${step.owner}:${step.group}`;
  const lines = [
    `target=${path}`,
    `if [ -L "$target" ] || { [ -e "$target" ] && [ ! -f "$target" ]; }; then`,
    `  printf '%s is not a regular file\\n' "$target" >&2; exit 44`,
    'fi',
    'if [ ! -d "${target%/*}/" ]; then',
    `  printf 'there is no directory %s: make it with a directory item before this one\\n' "\${target%/*}" >&2; exit 1`,
    'fi',
    'candidate=$(mktemp "${target%/*}/.homelab.XXXXXX") || exit 1',
    `trap 'rm -f -- "$candidate"' EXIT`,
    `trap 'exit 129' HUP TERM PIPE`,
    `printf ${printfWord(bodyBytes(step.body))} > "$candidate" || exit 1`,
    ...(owner === '' ? [] : [`chown ${quote(owner)} "$candidate" || exit 1`]),
    `chmod ${quote(step.mode)} "$candidate" || exit 1`,
    ...(candidateWords.length === 0 ? [] : [`${candidateWords.join(' ')} || exit 1`]),
    // An old sync has no operands and syncs everything, which is slower and as good.
    'sync "$candidate" 2>/dev/null || sync',
    ...(step.backup === true
      ? [
          // UTC, so that names sort by time when clocks are put back too.
          'copy=$target.homelab-$(date -u +%Y%m%dT%H%M%SZ)',
          'while [ -e "$copy" ]; do copy=$copy+; done',
          `[ ! -e "$target" ] || cp -p -- "$target" "$copy" || exit 1`,
        ]
      : []),
    'mv -f -- "$candidate" "$target"',
  ];
  return lines.join('\n');
}

/** The step in words, for an error: the command line, or what was to be written. Bodies and secrets are not in it. */
export function describeStep(step: Step): string {
  if (step.do === 'run') {
    const { argv, stdin } = step.command;
    // The text of a script is on its standard input; its words are what tells a person what it is about.
    const isScript = stdin !== undefined && argv.length > 3 && argv.slice(0, 3).join(' ') === 'sh -s --';
    return isScript ? argv.slice(3).join(' ') : quoteAll(argv);
  }
  return step.do === 'write' ? `write ${step.path}` : 'reboot';
}
