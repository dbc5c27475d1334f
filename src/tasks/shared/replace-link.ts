import type { Facts } from '../../core/facts.js';
import { runStep, type Step } from '../../core/step.js';
import { hasBusyboxAccounts } from './account-commands.js';

/**
 * Points the link at `path` to `target`, whether it is there or not: old or new at every moment. GNU `ln` makes the new
 * one beside the old one and renames it; busybox would remove the old one first. -n, -T: a link to a directory is
 * replaced, not entered.
 */
export function replaceLink(path: string, target: string, facts: Facts): Step[] {
  if (!hasBusyboxAccounts(facts)) return [runStep(['ln', '-sfn', '--', target, path])];
  const candidate = `${path.slice(0, path.lastIndexOf('/'))}/.homelab-link`;
  return [runStep(['ln', '-sfn', '--', target, candidate]), runStep(['mv', '-fT', '--', candidate, path])];
}
