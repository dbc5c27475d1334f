import { printfWord, quoteAll } from '../../core/quote.js';
import type { SectionResult } from '../../core/shell.js';
import type { Step } from '../../core/step.js';
import { toSection } from '../step-script.js';
import { REHEARSED } from './change-script.js';
import type { GuardArea, TrialLogin } from './guard-area.js';
import { SET_PATH } from './host-folder.js';

/** Programs that change the files they name and nothing else. */
const FILE_PROGRAMS = new Set(['mkdir', 'rm', 'rmdir', 'mv', 'ln', 'chmod', 'chown', 'touch', 'cp']);

/** Whether all that the step does is to files of /etc, so that it can be tried on a copy. */
function isTriable(step: Step): boolean {
  if (step.do === 'write') return isInEtc(step.path);
  if (step.do !== 'run') return false;
  const [program = '', ...words] = step.command.argv;
  const paths = words.filter((word) => word.includes('/'));
  return FILE_PROGRAMS.has(program) && paths.length > 0 && paths.every(isInEtc);
}

function isInEtc(path: string): boolean {
  return path.startsWith('/etc/') && !path.split('/').includes('..');
}

/** What a host says of a change before it is made. */
export interface TrialAnswer {
  /** Areas whose undo has been rehearsed there. */
  readonly rehearsed: readonly string[];
  /** Groups of the account that logs in. */
  readonly groups: readonly string[];
  /** Undefined: the host has nothing to try it in. */
  readonly trial:
    { readonly code: number; readonly printed: readonly string[]; readonly said: string } | undefined;
}

/** What separates what the areas print; none of their programs prints it. */
const MARK = '--homelab--';

/**
 * Tries the files that the steps write on a copy of /etc, in a mount namespace of its own that ends with the process. The
 * host's own files are not touched. Bodies travel by a pipe.
 */
export function trialScript(
  steps: readonly Step[],
  areas: readonly GuardArea[],
  who: Omit<TrialLogin, 'groups'>,
): string {
  const asTried: TrialLogin = { ...who, groups: [] };
  const checks = areas.map(
    ({ trial }) => `( ${trial?.(asTried) ?? ':'}\n) </dev/null || exit 1\necho ${MARK}`,
  );
  const writes = steps.filter(isTriable).flatMap((step) => {
    if (step.do === 'reboot') return [];
    return [`( ${toSection(step).script}\n) </dev/null || exit 1`];
  });
  const inside = `${SET_PATH}
mount --make-rprivate / && mount -t tmpfs -o mode=700 none /tmp && cp -a /etc /tmp/etc && mount --bind /tmp/etc /etc || exit 1
[ -d /run/sshd ] || { mount -t tmpfs none /run && mkdir /run/sshd; } || exit 1
(
${writes.join('\n')}
${checks.join('\n')}
) >/tmp/printed 2>/tmp/said
printf '%s\\0' "$?"
cat /tmp/printed
printf '\\0'
cat /tmp/said`;
  return `${SET_PATH}
${REHEARSED}
printf '\\0'
id -Gn ${quoteAll(['--', who.user])} 2>/dev/null
printf '\\0'
! command -v unshare >/dev/null 2>&1 || printf ${printfWord(Buffer.from(inside))} | unshare -m sh 2>/dev/null
true`;
}

/** @throws nothing: an answer that cannot be read is one of a host that tells nothing */
export function parseTrial(result: SectionResult | undefined): TrialAnswer {
  const [rehearsed = '', groups = '', code = '', printed = '', said = ''] = (
    result?.stdout.toString('utf8') ?? ''
  ).split('\0');
  const number = Number.parseInt(code, 10);
  const isTried = Number.isInteger(number);
  return {
    rehearsed: rehearsed.split(' ').filter((name) => name !== ''),
    groups: groups
      .trim()
      .split(/\s+/)
      .filter((name) => name !== ''),
    trial: isTried ? { code: number, printed: printed.split(`${MARK}\n`), said: said.trim() } : undefined,
  };
}
