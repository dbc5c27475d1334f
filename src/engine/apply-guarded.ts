import { HomelabError, toHomelabError } from '../core/errors.js';
import type { ScriptStep } from '../core/step.js';
import type { Item } from '../core/item.js';
import { dueOf, isSuccess, stepFailed, type Applied, type Due } from './apply-items.js';
import type { StepResult } from './guard/step-results.js';
import { canProbe, locate, probeItems } from './probe-item.js';
import type { ReachedHost } from './reached-host.js';
import { toSection } from './step-script.js';

/** One item that may cut off the login, and the actions that its change asks for: those count only once they have run. */
export interface GuardedDue {
  readonly due: Due;
  readonly actions: readonly Due[];
}

/** Whether the guard has to carry the item out. A reboot cannot be undone, so it is no part of a guarded change. */
export function needsGuard(reached: ReachedHost, due: Due): boolean {
  const { guard } = reached;
  if (guard === undefined || due.steps.some((step) => step.do === 'reboot')) return false;
  return guard.areasAtRisk(due.item).length > 0;
}

/** The actions that can be a part of a guarded change: what they are is known, and they do not reboot. */
export async function actionsDue(reached: ReachedHost, actions: readonly Item[]): Promise<readonly Due[]> {
  const probed = await probeItems(reached.readable, actions.filter(canProbe));
  const due = [...probed].flatMap(([item, one]) => (one.is === 'known' ? [dueOf(item, one, reached)] : []));
  return due.filter(({ steps }) => steps.every((step) => step.do !== 'reboot'));
}

/**
 * Applies one item with its actions under guard: all of it holds and a new login has proven so, or all of it is undone.
 * @throws HomelabError `engine/lock-lost`, `engine/no-ledger`, `transport/…` where nothing was changed
 */
export async function applyGuarded(reached: ReachedHost, { due, actions }: GuardedDue): Promise<Applied> {
  const { guard, ledger } = reached;
  if (guard === undefined) throw new Error('no guard');
  const all = [due, ...actions].flatMap((of) => of.steps.map((step) => ({ of, step: step as ScriptStep })));
  const parts = all.filter((part) => !isAfterProof(part));
  const later = all.filter(isAfterProof);
  const sections = parts.map(({ step }) => toSection(step));
  const endings = [
    ledger.endSection(due.journaled.id, 'done'),
    ...actions.map((action) => ledger.endSection(action.journaled.id, 'ran')),
  ];
  try {
    const { results, isShellLost } = await reached.whileUnneeded(() =>
      guard.make({
        item: due.item,
        areas: guard.areasAtRisk(due.item),
        steps: parts.map(({ step }) => step),
        sections,
        before: [ledger.beginSection([due.journaled])],
        checkBefore: (result) => ledger.checkBegun(result),
      }),
    );
    const failed = failedStep(results, parts, reached.readable.name);
    if (failed !== undefined) {
      await reached.write(endings.slice(1), isShellLost);
      return { is: 'failed', error: failed, isPartlyDone: false };
    }
    const error = await runLater(reached, later, isShellLost);
    if (error !== undefined) {
      await reached.write(endings.slice(1), false);
      return { is: 'failed', error, isPartlyDone: true };
    }
    await reached.write(endings, isShellLost && later.length === 0);
    const last = parts.filter(({ of }) => of === due).length - 1;
    return { is: 'changed', output: outputOf(results[last]), ran: actions };
  } catch (thrown) {
    const error = toHomelabError(thrown);
    if (!error.code.startsWith('guard/')) throw error;
    // What was undone owes nothing.
    await reached.write(endings.slice(1), false);
    return { is: 'failed', error: locate(error, reached.readable.name, due.item), isPartlyDone: false };
  }
}

/** A step, and the item that it belongs to. */
interface GuardedPart {
  readonly of: Due;
  readonly step: ScriptStep;
}

function isAfterProof({ step }: GuardedPart): boolean {
  return step.do === 'run' && step.isAfterProof === true;
}

/** What comes once the change is proven. @returns the error of the step that failed @throws HomelabError `transport/…` */
async function runLater(
  reached: ReachedHost,
  later: readonly GuardedPart[],
  isShellLost: boolean,
): Promise<HomelabError | undefined> {
  if (later.length === 0) return undefined;
  // Where the login at work was cut off, there is another one after this.
  await reached.write([{ script: 'true' }], isShellLost);
  const results = await reached.shell.run(
    later.map(({ step }) => toSection(step)),
    { stopOnFailure: true },
  );
  for (const [index, { of, step }] of later.entries()) {
    const result = results[index];
    if (result === undefined || result.code === null || isSuccess(step, result.code)) continue;
    return stepFailed(of.item, step, result, reached.readable.name);
  }
  return undefined;
}

function failedStep(
  results: readonly StepResult[],
  parts: readonly GuardedPart[],
  host: string,
): HomelabError | undefined {
  const last = parts[results.length - 1];
  const result = results.at(-1);
  if (last === undefined || result === undefined) return undefined;
  if (results.length === parts.length && isSuccess(last.step, result.code)) return undefined;
  const error = stepFailed(last.of.item, last.step, { ...result, truncated: false }, host);
  return new HomelabError({
    code: 'guard/rolled-back',
    message: `${error.message}\nWhat was done of this change was undone.`,
    hint: error.hint,
    host,
    task: error.task,
    source: error.source,
    cause: error,
  });
}

function outputOf(result: StepResult | undefined) {
  return result === undefined ? undefined : { ...result, truncated: false };
}
