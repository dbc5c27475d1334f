import type { Adoption } from '../../adopt/adopt-host.js';
import type { HomelabError } from '../../core/errors.js';
import type { HostAddition } from '../../inventory/add-hosts.js';
import type { NewHost } from '../../inventory/new-hosts.js';
import { adoptedHostDocument, type AdoptedHostView } from '../../report/adopt-view.js';
import { hostKeysDocument } from '../../report/trust-view.js';
import type { HostAnswer } from './each-host-command.js';
import type { Trusted } from './trusting-command.js';

/** Everything that `adopt` has done. */
export interface AdoptOutcome {
  readonly trusted: Trusted;
  readonly answers: readonly HostAnswer<Adoption>[];
  /** The new hosts that are proven. */
  readonly proven: readonly NewHost[];
  /** The file that they were written to. */
  readonly written: HostAddition | undefined;
}

const NOTHING = { added: [], tightened: [], access: undefined, notes: [], isWritten: false };

/** Whether login and root are proven. */
export function isProven(answer: HostAnswer<Adoption>): boolean {
  return 'value' in answer && answer.value.access !== undefined;
}

/** Each host, those first that could not be looked at. */
export function adoptedViews({ trusted, answers, proven }: AdoptOutcome): AdoptedHostView[] {
  const isWritten = (host: string): boolean => proven.some(({ name }) => name === host);
  return [
    ...[...trusted.failures].map(([host, error]) => ({ ...NOTHING, host, error })),
    ...answers.map((answer) => {
      const host = answer.host.name;
      if ('error' in answer) return { ...NOTHING, host, error: answer.error };
      return { ...answer.value, host, isWritten: isWritten(host) };
    }),
  ];
}

/** What has failed and was not told while keys were looked at. */
export function untoldFailures({ answers }: AdoptOutcome): HostAnswer<never>[] {
  return answers.flatMap((answer) => {
    const error: HomelabError | undefined = 'error' in answer ? answer.error : answer.value.error;
    return error === undefined ? [] : [{ host: answer.host, error }];
  });
}

/** The same for a program. */
export function adoptDocument(outcome: AdoptOutcome, exitCode: number): Record<string, unknown> {
  const { trusted, written, proven } = outcome;
  return {
    command: 'adopt',
    version: 1,
    exitCode,
    ...hostKeysDocument(trusted.views),
    hosts: adoptedViews(outcome).map(adoptedHostDocument),
    inventory: written === undefined ? null : { file: written.shown, added: proven.map(({ name }) => name) },
  };
}
