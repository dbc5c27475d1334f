import type { DriftResult, RunResult } from '../../core/result.js';
import { checkOutcome } from '../../drift/compare/check-outcome.js';
import { rememberApplied, rememberCheck } from '../../drift/remember.js';
import { keepHistory } from './keep-history.js';
import type { OpenProject } from './project-command.js';
import { applyPlan, type Planned } from './run-command.js';

export interface DriftCheck {
  readonly project: OpenProject;
  /** When it began. */
  readonly at: Date;
  /** Whether it looks at all items of its hosts: no tags, no other playbooks than usual. */
  readonly isWhole: boolean;
  /** Apply what is found once it is shown; undefined: it is only told. */
  readonly fix?: { readonly isAgreed: boolean } | undefined;
}

/** Makes of a plan what a drift check found, remembers it and, where that is wanted, puts it right. */
export async function checkDrift(planned: Planned, check: DriftCheck): Promise<DriftResult> {
  const { run } = planned;
  const { project, at, isWhole, fix } = check;
  const { busy, plan } = await run.leaveBusy();
  const { hosts: known } = project.inventory;
  const hosts = [...known.values()];
  const outcomeOf = (result: RunResult): DriftResult => checkOutcome(result, { hosts, busy, at });
  const seen = outcomeOf(plan);
  // Variables set by hand may take items away that are wanted.
  const isAll = isWhole && project.instead.variables.length === 0;
  const observed = { observations: run.observations(), at, isWhole: isAll, inventory: new Set(known.keys()) };
  const remembered = await keepHistory(project, seen.run, (place) => rememberCheck(place, seen, observed));
  const found = remembered ?? seen;
  if (fix === undefined) return found;
  const result = await applyPlan({ ...planned, plan: found }, { ...fix, question: questionOf });
  // Nothing was to be done, or nobody wanted it.
  if (result === found) return found;
  const applied = { result, observations: run.observations(), at: new Date() };
  await keepHistory(project, result.run, (place) => rememberApplied(place, applied));
  const fixed = outcomeOf(result);
  return { ...fixed, drift: { ...fixed.drift, isFixed: true } };
}

function questionOf(count: string): string {
  return `Put this right on ${count}?`;
}
