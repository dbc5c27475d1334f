import { HomelabError, toHomelabError } from '../core/errors.js';
import type { Item } from '../core/item.js';
import { redact } from '../core/redaction.js';
import type { Section, SectionResult } from '../core/shell.js';
import type { Change } from '../core/state.js';
import type { RebootStep, ScriptStep, Step } from '../core/step.js';
import type { JournaledItem } from './host-ledger.js';
import type { ReachedHost } from './reached-host.js';
import { locate, type Probed } from './probe-item.js';
import { stepHint } from './step-hint.js';
import { describeStep, toSection } from './step-script.js';

/** One item and what it is about to change. */
export interface Due {
  readonly item: Item;
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
  readonly journaled: JournaledItem;
}

/** How one item of a batch ended, and what its last step printed. `not-run`: an earlier one failed first. */
export type Applied =
  | {
      readonly is: 'changed';
      readonly output?: SectionResult | undefined;
      /** Actions that were a part of the change. */
      readonly ran?: readonly Due[] | undefined;
    }
  | {
      readonly is: 'failed';
      readonly error: HomelabError;
      /** An earlier step of it had been carried out. */
      readonly isPartlyDone: boolean;
    }
  | { readonly is: 'not-run' };

/** The steps that make `probed` what is wanted. An action runs its steps whatever was seen. */
export function dueOf(item: Item, probed: Extract<Probed, { is: 'known' }>, reached: ReachedHost): Due {
  const { before, after, changes } = probed;
  const fields = new Set(changes.map((change) => change.field));
  const changed = (field: string): boolean => fields.has(field);
  const steps = item.task.steps({
    params: item.params,
    facts: reached.facts,
    before,
    after,
    changes,
    changed,
  });
  return { item, changes, steps, journaled: reached.journaled(item) };
}

/** A step of a batch and the item that it belongs to. */
interface DueStep<Kind extends Step = Step> {
  readonly due: Due;
  readonly step: Kind;
}

interface Failure {
  readonly at: DueStep;
  readonly error: HomelabError;
}

/** Part of a script: a step, or what the journal says about one. */
interface Part {
  readonly section: Section;
  readonly of?: DueStep<ScriptStep>;
}

/**
 * Applies a batch in order, stopping at the first failure: in one round trip, but for the reboots in it. The journal on
 * the host is kept by the same script.
 * @throws HomelabError `engine/lock-lost`, `engine/no-ledger`, `transport/…`: what was under way may be done or not
 */
export async function applyBatch(reached: ReachedHost, batch: readonly Due[]): Promise<Applied[]> {
  const outputs = new Map<Due, SectionResult>();
  const steps = batch.flatMap((due) => due.steps.map((step) => ({ due, step })));
  const failure = await runSteps(reached, steps, outputs);
  const failedAt = failure === undefined ? batch.length : batch.indexOf(failure.at.due);
  return batch.map((due, index) => {
    if (index < failedAt || failure === undefined) return { is: 'changed', output: outputs.get(due) };
    if (index > failedAt) return { is: 'not-run' };
    const isPartlyDone = due.steps.indexOf(failure.at.step) > 0;
    return { is: 'failed', error: failure.error, isPartlyDone };
  });
}

/** Fills `outputs` with what the last step of each item printed. */
async function runSteps(
  reached: ReachedHost,
  steps: readonly DueStep[],
  outputs: Map<Due, SectionResult>,
): Promise<Failure | undefined> {
  let rest = steps;
  let begun: Section[] = [beginning(reached, steps)];
  for (let next = rest[0]; next !== undefined; next = rest[0]) {
    const script = untilReboot(rest);
    const failure = await runScript(reached, { begun, script, outputs });
    begun = [];
    if (failure !== undefined) return failure;
    const reboot = rest[script.length];
    const rebootFailure = reboot === undefined ? undefined : await runReboot(reached, reboot);
    if (rebootFailure !== undefined) return rebootFailure;
    rest = rest.slice(script.length + 1);
  }
  return undefined;
}

function beginning(reached: ReachedHost, steps: readonly DueStep[]): Section {
  const items = new Set(steps.map(({ due }) => due.journaled));
  return reached.ledger.beginSection([...items].filter(({ isAction }) => !isAction));
}

function isReboot(one: DueStep): one is DueStep<RebootStep> {
  return one.step.do === 'reboot';
}

function untilReboot(steps: readonly DueStep[]): DueStep<ScriptStep>[] {
  const at = steps.findIndex(isReboot);
  return steps.slice(0, at === -1 ? undefined : at) as DueStep<ScriptStep>[];
}

interface Script {
  /** What the journal says before the first step. */
  readonly begun: readonly Section[];
  readonly script: readonly DueStep<ScriptStep>[];
  readonly outputs: Map<Due, SectionResult>;
}

async function runScript(
  reached: ReachedHost,
  { begun, script, outputs }: Script,
): Promise<Failure | undefined> {
  const parts: Part[] = [
    ...begun.map((section) => ({ section })),
    ...script.flatMap((of) => [{ section: toSection(of.step), of }, ...ending(reached, of)]),
  ];
  const results = await reached.shell.run(
    parts.map(({ section }) => section),
    { stopOnFailure: true },
  );
  for (const index of begun.keys()) reached.ledger.checkBegun(results[index]);
  for (const [index, { of }] of parts.entries()) {
    const result = results[index];
    if (of === undefined || result === undefined || result.code === null) continue;
    outputs.set(of.due, result);
    if (isSuccess(of.step, result.code)) continue;
    return { at: of, error: stepFailed(of.due.item, of.step, result, reached.readable.name) };
  }
  return undefined;
}

/** What the journal says behind the last step of an item. */
function ending(reached: ReachedHost, { due, step }: DueStep): Part[] {
  if (step !== due.steps.at(-1)) return [];
  const { id, isAction } = due.journaled;
  return [{ section: reached.ledger.endSection(id, isAction ? 'ran' : 'done') }];
}

async function runReboot(reached: ReachedHost, at: DueStep): Promise<Failure | undefined> {
  try {
    await reached.reboot(at.step as RebootStep);
    if (reached.isGone) return undefined;
    await reached.ledger.take();
    await reached.shell.run(ending(reached, at).map(({ section }) => section));
    return undefined;
  } catch (thrown) {
    const error = toHomelabError(thrown);
    if (error.code.startsWith('transport/')) throw error;
    return { at, error: locate(error, reached.readable.name, at.due.item) };
  }
}

/** Whether the step may end with this code. */
export function isSuccess(step: ScriptStep, code: number): boolean {
  return (step.do === 'run' ? (step.command.successCodes ?? [0]) : [0]).includes(code);
}

/** Lines of stderr that an error carries. */
const STDERR_TAIL_LINES = 12;
/** Characters of such a line; its end says most. */
const LINE_CHARACTERS = 1000;

/** The error of a step that ended with another code than it may, with the end of what it printed. */
export function stepFailed(item: Item, step: ScriptStep, result: SectionResult, host: string): HomelabError {
  const printed = result.stderr.toString('utf8') || result.stdout.toString('utf8');
  const output = item.sensitive ? '' : tail(printed);
  const shown = item.sensitive ? 'a step' : describeStep(step);
  const error = new HomelabError({
    code: 'engine/step-failed',
    message: `${shown}: exit code ${result.code}${output === '' ? '' : `\n${output}`}`,
    hint: stepHint(item, printed),
  });
  return locate(error, host, item);
}

function tail(text: string): string {
  // Before it is cut: the rest of a secret whose beginning was cut off is not found any more.
  const lines = redact(text).trimEnd().split('\n').slice(-STDERR_TAIL_LINES);
  return lines.map(shortened).join('\n');
}

function shortened(line: string): string {
  return line.length > LINE_CHARACTERS ? `…${line.slice(-LINE_CHARACTERS)}` : line;
}
