import { randomUUID } from 'node:crypto';
import { HomelabError, toHomelabError } from '../../core/errors.js';
import { EXIT } from '../../core/exit-codes.js';
import type { NotifyMessage, NotifyTarget } from '../../core/notification.js';
import type { HostResult, RunResult } from '../../core/result.js';
import { openNotify } from '../../inventory/open-notify.js';
import { notify } from '../../notify/notify.js';
import { summaryLine } from '../../report/counts.js';
import { errorText } from '../../report/errors-text.js';
import { runDocument } from '../../report/json-document.js';
import { outcome } from '../../report/outcome.js';
import { PLAIN_PALETTE } from '../../report/palette.js';
import type { OpenProject } from './project-command.js';
import { warnUntold } from './warn-untold.js';

/**
 * Whom `--notify` tells; undefined where nobody asked.
 * @throws HomelabError `usage/no-notify` where homelab.yml does not say; HomelabErrors `secret/…`
 */
export async function notifyTargets(
  { settings, secrets }: Pick<OpenProject, 'settings' | 'secrets'>,
  isWanted: boolean,
): Promise<readonly NotifyTarget[] | undefined> {
  if (!isWanted) return undefined;
  if (settings.notify === undefined) {
    throw new HomelabError({
      code: 'usage/no-notify',
      message: '--notify has nobody to tell: homelab.yml says nothing of it',
      hint: 'Write it there: notify: [{ ntfy: https://ntfy.lan/house }]',
    });
  }
  return openNotify(settings.notify, secrets);
}

/** Tells how a run ended. @returns the exit code: that of the run, 1 where all went well and somebody could not be told */
export async function tellOutcome(
  targets: readonly NotifyTarget[] | undefined,
  result: RunResult,
): Promise<number> {
  if (targets === undefined) return result.exitCode;
  const isDone = result.exitCode === EXIT.done;
  const hasChanged = result.hosts.some(({ status }: HostResult) => status === 'changed');
  const failures = await tell(targets, {
    id: result.run,
    title: `homelab ${result.command}: ${summaryLine(result.hosts)}`,
    text: outcome(result, { palette: PLAIN_PALETTE, width: undefined }),
    outcomes: [isDone ? (hasChanged ? 'changed' : 'done') : 'failed'],
    document: runDocument(result),
  });
  return isDone && failures > 0 ? EXIT.failed : result.exitCode;
}

/** Tells that a run could not be made. */
export async function tellFailure(
  targets: readonly NotifyTarget[] | undefined,
  command: string,
  thrown: unknown,
): Promise<void> {
  if (targets === undefined) return;
  const error = toHomelabError(thrown);
  await tell(targets, {
    id: randomUUID(),
    title: `homelab ${command} could not be run`,
    text: errorText(error),
    outcomes: ['failed'],
    document: { command, error: { code: error.code, message: error.message, hint: error.hint ?? null } },
  });
}

async function tell(targets: readonly NotifyTarget[], message: NotifyMessage): Promise<number> {
  const failures = await notify(targets, message);
  warnUntold(failures);
  return failures.length;
}
