import { HomelabError, toHomelabError } from '../core/errors.js';
import type { Item } from '../core/item.js';
import type { Section, SectionResult } from '../core/shell.js';
import type { Change } from '../core/state.js';
import type { RebootStep, ScriptStep, Step } from '../core/step.js';
import type { ReachedHost } from './reached-host.js';
import { locate, type Probed } from './probe-item.js';
import { describeStep, toSection } from './step-script.js';

/** One item and what it is about to change. */
export interface Due {
  readonly item: Item;
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
}

/** How one item of a batch ended, and what its last step printed. `not-run`: an earlier one failed first. */
export type Applied =
  | { readonly is: 'changed'; readonly output?: SectionResult | undefined }
  | { readonly is: 'failed'; readonly error: HomelabError }
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
  return { item, changes, steps };
}

/** A step of a batch and the item that it belongs to. */
interface DueStep<Kind extends Step = Step> {
  readonly due: Due;
  readonly step: Kind;
}

interface Failure {
  readonly due: Due;
  readonly error: HomelabError;
}

/** Applies a batch in order, stopping at the first failure: in one round trip, but for the reboots in it. */
export async function applyBatch(reached: ReachedHost, batch: readonly Due[]): Promise<Applied[]> {
  const outputs = new Map<Due, SectionResult>();
  const steps = batch.flatMap((due) => due.steps.map((step) => ({ due, step })));
  const failure = await runSteps(reached, steps, outputs);
  const failedAt = failure === undefined ? batch.length : batch.indexOf(failure.due);
  return batch.map((due, index) => {
    if (index < failedAt || failure === undefined) return { is: 'changed', output: outputs.get(due) };
    return index === failedAt ? { is: 'failed', error: failure.error } : { is: 'not-run' };
  });
}

/** Fills `outputs` with what the last step of each item printed. */
async function runSteps(
  reached: ReachedHost,
  steps: readonly DueStep[],
  outputs: Map<Due, SectionResult>,
): Promise<Failure | undefined> {
  let rest = steps;
  for (let next = rest[0]; next !== undefined; next = rest[0]) {
    const reboot = isReboot(next) ? next : undefined;
    const script = untilReboot(rest);
    const failure =
      reboot === undefined ? await runScript(reached, script, outputs) : await runReboot(reached, reboot);
    if (failure !== undefined) return failure;
    rest = rest.slice(Math.max(1, script.length));
  }
  return undefined;
}

function isReboot(one: DueStep): one is DueStep<RebootStep> {
  return one.step.do === 'reboot';
}

function untilReboot(steps: readonly DueStep[]): DueStep<ScriptStep>[] {
  const at = steps.findIndex(isReboot);
  return steps.slice(0, at === -1 ? undefined : at) as DueStep<ScriptStep>[];
}

async function runScript(
  reached: ReachedHost,
  steps: readonly DueStep<ScriptStep>[],
  outputs: Map<Due, SectionResult>,
): Promise<Failure | undefined> {
  const sections: Section[] = steps.map(({ step }) => toSection(step));
  const results = await reached.shell.run(sections, { stopOnFailure: true });
  for (const [index, { due, step }] of steps.entries()) {
    const result = results[index];
    if (result === undefined || result.code === null) continue;
    outputs.set(due, result);
    if (isSuccess(step, result.code)) continue;
    return { due, error: stepFailed(due.item, step, result, reached.readable.name) };
  }
  return undefined;
}

async function runReboot(
  reached: ReachedHost,
  { due, step }: DueStep<RebootStep>,
): Promise<Failure | undefined> {
  try {
    await reached.reboot(step);
    return undefined;
  } catch (thrown) {
    const error = toHomelabError(thrown);
    if (error.code.startsWith('transport/')) throw error;
    return { due, error: locate(error, reached.readable.name, due.item) };
  }
}

function isSuccess(step: ScriptStep, code: number): boolean {
  return (step.do === 'run' ? (step.command.successCodes ?? [0]) : [0]).includes(code);
}

/** Lines of stderr that an error carries. */
const STDERR_TAIL_LINES = 12;

function stepFailed(item: Item, step: ScriptStep, result: SectionResult, host: string): HomelabError {
  const output = item.sensitive ? '' : tail(result.stderr.toString('utf8') || result.stdout.toString('utf8'));
  const shown = item.sensitive ? 'a step' : describeStep(step);
  const error = new HomelabError({
    code: 'engine/step-failed',
    message: `${shown}: exit code ${result.code}${output === '' ? '' : `\n${output}`}`,
    hint: item.sensitive ? 'Its command and output are hidden because the item is sensitive.' : undefined,
  });
  return locate(error, host, item);
}

function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-STDERR_TAIL_LINES).join('\n');
}
