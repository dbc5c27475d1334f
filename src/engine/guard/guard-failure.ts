import { HomelabError } from '../../core/errors.js';
import { CHANGES_FOLDER } from './host-folder.js';

/** Where a failure happened. */
export interface FailurePlace {
  readonly host: string;
  /** What was changed, in words. */
  readonly what: string;
}

/** The change would lock the login out, as a trial on a copy showed. Nothing was changed. */
export function refused({ host, what }: FailurePlace, reasons: readonly string[]): HomelabError {
  return new HomelabError({
    code: 'guard/refused',
    host,
    message: `this change of ${what} was tried on a copy and would not do:\n${reasons.join('\n')}`,
    hint: 'Nothing was changed. Correct the item, then plan again.',
  });
}

/** The change was made, not proven, and is undone. What would mend the cause is told too. */
export function rolledBack({ host, what }: FailurePlace, reason: string, cause: unknown): HomelabError {
  return new HomelabError({
    code: 'guard/rolled-back',
    host,
    message: `the change of ${what} was undone: ${reason}`,
    hint: [
      `${host} is as it was before. What was done there is told in ${CHANGES_FOLDER}.`,
      ...(cause instanceof HomelabError && cause.hint !== undefined ? [cause.hint] : []),
    ].join(' '),
    cause,
  });
}

/** Nobody knows whether the change holds. */
export function indeterminate({ host, what }: FailurePlace, reason: string, cause: unknown): HomelabError {
  return new HomelabError({
    code: 'guard/indeterminate',
    host,
    message: `the change of ${what} was not proven, and ${host} does not tell whether it was undone: ${reason}`,
    hint: `A reboot undoes it. On its console, ${CHANGES_FOLDER} tells what was done.`,
    cause,
  });
}

/** Nothing on the host could undo the change. Nothing was changed. */
export function noTimer({ host, what }: FailurePlace, said: string): HomelabError {
  return new HomelabError({
    code: 'guard/no-timer',
    host,
    message: `${host} has nothing that could undo a change of ${what} by itself${said === '' ? '' : `\n${said}`}`,
    hint: 'It takes systemd, or `at` with its daemon atd running: install the package at. `guarded: false` makes the change without a way back.',
  });
}

/** What was there cannot be kept. Nothing was changed. */
export function noRoom({ host, what }: FailurePlace, said: string): HomelabError {
  return new HomelabError({
    code: 'guard/no-room',
    host,
    message: `what a change of ${what} alters could not be kept on ${host}, to be brought back${said === '' ? '' : `\n${said}`}`,
    hint: `Looked at ${CHANGES_FOLDER}: make it writable, with space left.`,
  });
}

/** A change of an earlier run is not decided. */
export function pendingChange(host: string, change: string): HomelabError {
  return new HomelabError({
    code: 'guard/pending',
    host,
    message: `a change of an earlier run is still waiting to be undone on ${host} (${change})`,
    hint: `It is undone within minutes, and at the next boot. Where that failed, undo.log in ${CHANGES_FOLDER} tells why.`,
  });
}

/** The undo was rehearsed and did not work. Nothing was changed. */
export function rehearsalFailed({ host, what }: FailurePlace, said: string): HomelabError {
  return new HomelabError({
    code: 'guard/rehearsal-failed',
    host,
    message: `undoing a change of ${what} was rehearsed on ${host} and did not work${said === '' ? '' : `\n${said}`}`,
    hint: 'Nothing was changed. `guarded: false` makes the change without a way back.',
  });
}
