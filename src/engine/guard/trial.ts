import { ENTER_ETC_COPY } from '../../core/etc-copy.js';
import { printfWord, quoteAll } from '../../core/quote.js';
import { SET_PATH } from '../../core/root-path.js';
import type { SectionResult } from '../../core/shell.js';
import type { Step } from '../../core/step.js';
import { toSection } from '../step-script.js';
import { REHEARSED } from './change-script.js';
import type { GuardArea, TrialLogin } from './guard-area.js';

/** Programs that change the files they name and nothing else. */
const FILE_PROGRAMS = new Set(['mkdir', 'rm', 'rmdir', 'mv', 'ln', 'chmod', 'chown', 'touch', 'cp']);

/** What the step changes, where all of it is in /etc, so that it can be tried on a copy; else nothing. */
function triablePaths(step: Step): readonly string[] {
  if (step.do === 'reboot') return [];
  const [program = '', ...words] = step.do === 'run' ? step.command.argv : ['', step.path];
  const paths = words.filter((word) => word.includes('/'));
  const isKnown = step.do === 'write' || FILE_PROGRAMS.has(program);
  return isKnown && paths.every(isInEtc) ? paths : [];
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

/** What a trial ends with that cannot be made. */
const UNTRIED = 99;

/** Ends the trial where a link leads out of the copy: what is there is the host's own. */
const STAY_IN_COPY = `h_stay() {
  for h_path do
    [ ! -L "$h_path" ] || h_path=$(readlink -f "$h_path")
    while [ -n "$h_path" ] && [ ! -d "$h_path" ]; do h_path=\${h_path%/*}; done
    case $(cd -P -- "$h_path/" && pwd -P)/ in /etc/*) ;; *) exit ${UNTRIED} ;; esac
  done
}`;

/**
 * Tries the files that the steps write on a copy of /etc, in a mount namespace of its own that ends with the process. The
 * host's own files are not touched. Bodies travel by a pipe.
 */
export function trialScript(
  steps: readonly Step[],
  areas: readonly GuardArea[],
  who: Omit<TrialLogin, 'groups'>,
): string {
  const writes = steps.flatMap((step) => {
    const paths = triablePaths(step);
    if (step.do === 'reboot' || paths.length === 0) return [];
    return [`h_stay ${quoteAll(paths)}`, `( ${toSection(step).script}\n) </dev/null || exit 1`];
  });
  const inside = `${SET_PATH}
${ENTER_ETC_COPY}
# NixOS has its programs in /run, and an sshd that needs no folder there.
[ -d /run/sshd ] || [ -e /run/current-system ] || { mount -t tmpfs none /run && mkdir /run/sshd; } || exit 1
${STAY_IN_COPY}
: >/tmp/begun
# What is written now is newer: times of files are as coarse as the kernel's tick.
sleep 0.02 2>/dev/null || sleep 1
(
${writes.join('\n')}
${checksOf(areas, { ...who, groups: [] })}
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

/** Shell text that lets each area judge, and ends with the first that refuses. */
function checksOf(areas: readonly GuardArea[], who: TrialLogin): string {
  const checks = areas.map(({ trial }) => `( ${trial?.(who) ?? ':'}\n) </dev/null || exit 1\necho ${MARK}`);
  return checks.join('\n');
}

/** Whether a trial shows all that the steps do. */
export function isTrialWhole(steps: readonly Step[]): boolean {
  return steps.every((step) => triablePaths(step).length > 0);
}

/** Asks the areas that judge about what is there now. Shell text; answer: code and what was printed, each ended by NUL, and stderr. */
export function lookScript(areas: readonly GuardArea[], who: TrialLogin): string {
  return `{ h_said=$({ h_printed=$( ( [ -d /run/sshd ] || mkdir /run/sshd
${checksOf(areas, who)}
) ); printf '%s\\0%s\\0' "$?" "$h_printed" >&3; } 2>&1)
printf %s "$h_said"; } 3>&1`;
}

/** Why `areas` say that the login would not work, by what {@link TrialAnswer.trial} tells; empty: they do not. */
export function objections(
  { code, printed, said }: NonNullable<TrialAnswer['trial']>,
  areas: readonly GuardArea[],
  who: TrialLogin,
): string[] {
  const reasons = areas.flatMap((area, index) => area.judge?.(printed[index] ?? '', who) ?? []);
  return code === 0 ? reasons : [said === '' ? `exit code ${code}` : said, ...reasons];
}

/** @throws nothing: an answer that cannot be read is one of a host that tells nothing */
export function parseTrial(result: SectionResult | undefined): TrialAnswer {
  const [rehearsed = '', groups = '', ...trial] = (result?.stdout.toString('utf8') ?? '').split('\0');
  return {
    rehearsed: rehearsed.split(' ').filter((name) => name !== ''),
    groups: groups
      .trim()
      .split(/\s+/)
      .filter((name) => name !== ''),
    trial: parseLook(trial),
  };
}

/** What was tried, of its parts; undefined: nothing was. */
export function parseLook([code = '', printed = '', said = '']: readonly string[]): TrialAnswer['trial'] {
  const number = Number.parseInt(code, 10);
  if (!Number.isInteger(number) || number === UNTRIED) return undefined;
  return { code: number, printed: printed.split(`${MARK}\n`), said: said.trim() };
}
