import { HomelabError } from '../core/errors.js';
import type { Item } from '../core/item.js';
import type { Section, SectionResult } from '../core/shell.js';
import type { Change } from '../core/state.js';
import type { Step } from '../core/step.js';
import type { ReachedHost } from './host-session.js';
import { locate, type Probed } from './probe-item.js';
import { describeStep, toSection } from './step-script.js';

/** One item and what it is about to change. */
export interface Due {
  readonly item: Item;
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
}

/** How one item of a batch ended. `not-run`: an earlier one failed first. */
export type Applied =
  | { readonly is: 'changed' }
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

/** Applies a batch in one round trip, in order, stopping at the first failure. */
export async function applyBatch(reached: ReachedHost, batch: readonly Due[]): Promise<Applied[]> {
  const sections: Section[] = batch.flatMap((due) => due.steps.map(toSection));
  if (sections.length === 0) return batch.map(() => ({ is: 'changed' }));
  const results = await reached.shell.run(sections, { stopOnFailure: true });
  let next = 0;
  return batch.map((due) => {
    const own = results.slice(next, next + due.steps.length);
    next += due.steps.length;
    return appliedFrom(due, own, reached.readable.name);
  });
}

function appliedFrom(due: Due, results: readonly SectionResult[], host: string): Applied {
  for (const [index, result] of results.entries()) {
    const step = due.steps[index] as Step;
    if (result.code === null) return { is: 'not-run' };
    if (isSuccess(step, result.code)) continue;
    return { is: 'failed', error: stepFailed(due.item, step, result, host) };
  }
  return { is: 'changed' };
}

function isSuccess(step: Step, code: number): boolean {
  return (step.do === 'run' ? (step.command.successCodes ?? [0]) : [0]).includes(code);
}

/** Lines of stderr that an error carries. */
const STDERR_TAIL_LINES = 12;

function stepFailed(item: Item, step: Step, result: SectionResult, host: string): HomelabError {
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
