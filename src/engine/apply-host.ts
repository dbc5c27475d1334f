import type { EventSink } from '../core/events.js';
import { HomelabError } from '../core/errors.js';
import type { HostPlay, Item, Play } from '../core/item.js';
import { PlayApplication } from './apply-play.js';
import type { HostSession } from './host-session.js';
import { NOT_CHANGED } from './plan-item.js';
import { differsFromPlan } from './preview.js';
import { runActions, stillOwed } from './run-actions.js';
import { taskResult } from './task-result.js';
import { verifyItems } from './verify.js';

interface ApplyHostOptions {
  readonly play: Play;
  readonly sink: EventSink;
  readonly signal: AbortSignal;
  /** True when what the plan saw may be old: everything is looked at again. */
  readonly isStale: boolean;
}

/** One play on one host: apply, prove, then the actions owed. Failures are kept in the session. */
export async function applyHost(session: HostSession, options: ApplyHostOptions): Promise<void> {
  const { reached } = session;
  const play = reached?.plays.get(options.play);
  if (reached === undefined || play === undefined || !session.isActive) return;
  const { sink, signal } = options;
  // A host that something else cut off meanwhile, by a reboot, may have changed with it.
  const wasCutOff = await reached.comeBack().catch((thrown: unknown) => void session.fail(thrown));
  if (wasCutOff === undefined) return;
  const hasChangedBefore = [...session.results.values()].some((result) => result.status === 'changed');
  const application = new PlayApplication(
    { session, reached, play, sink, signal },
    options.isStale || hasChangedBefore || wasCutOff,
  );
  try {
    await application.run();
    const { hasBarrierRun, progress } = application;
    const { changed, owing, printed } = progress;
    if (session.isActive && changed.size > 0) {
      const isInSync = (item: Item): boolean => session.results.get(item)?.status === 'ok';
      const toVerify = play.items.filter((item) => changed.has(item) || (hasBarrierRun && isInSync(item)));
      await verifyItems(session, reached, toVerify, sink);
    }
    if (session.isActive) await runActions(session, reached, play, { changed: owing, printed, sink, signal });
    if (session.isActive) leaveOutRest(session, play);
  } catch (thrown) {
    application.abandon(session.fail(thrown));
  }
  rememberOwed(session, stillOwed(reached, play));
}

/** Actions that the plan had shown and that nothing owes after all. */
function leaveOutRest(session: HostSession, play: HostPlay): void {
  for (const action of play.actions.values()) {
    const planned = session.results.get(action);
    if (planned?.status !== 'pending') continue;
    const differsFromPlanned = differsFromPlan(planned, { status: 'skipped', changes: [] });
    const result = taskResult(action, { status: 'skipped', reason: NOT_CHANGED });
    session.results.set(action, { ...result, differsFromPlan: differsFromPlanned });
  }
}

function rememberOwed(session: HostSession, names: readonly string[]): void {
  const lost = session.error?.code === 'engine/lost-result' ? session.error.task : undefined;
  const owed = names.filter((name) => name !== lost);
  if (owed.length === 0) return;
  const reason = `Owed, and done by the next run: ${owed.join(', ')}.`;
  const { error } = session;
  session.error = new HomelabError({
    code: error?.code ?? 'engine/interrupted',
    message: error?.message ?? 'interrupted before its actions ran',
    hint: error?.hint === undefined ? reason : `${error.hint} ${reason}`,
    host: session.host.name,
    task: error?.task,
    source: error?.source,
    cause: error,
  });
}
