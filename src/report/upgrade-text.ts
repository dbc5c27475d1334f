import type { Abandoned, Standing, UpgradeOutcome } from '../core/downtime.js';
import type { RunResult } from '../core/result.js';
import { downtimeText } from './downtime-text.js';
import { planText, type TextStyle } from './plan-text.js';
import { visibleLine } from './sanitize.js';
import { wavesText } from './waves-text.js';
import { wrapWords } from './wrap-text.js';

/** What would change on the hosts, and of an upgrade in which waves. Ends with a newline; empty for no hosts. */
export function wholePlanText(
  { hosts, upgrade }: Pick<RunResult, 'hosts' | 'upgrade'>,
  style: TextStyle,
): string {
  const plan = planText(hosts, style);
  if (upgrade === undefined) return plan;
  const left = abandonedText(upgrade.abandoned, style);
  return `${plan}\n${wavesText(upgrade.plan, style)}${left === '' ? '' : `\n${left}`}`;
}

/**
 * The end of an upgrade: what was away for how long, what an upgrade before it has left, and where it stopped what stands and how to
 * go on. Of a plan, which tells what is left itself, nothing.
 */
export function upgradeText(outcome: UpgradeOutcome, style: TextStyle): string {
  const { downtimes, promises, standing, abandoned } = outcome;
  if (downtimes === undefined && standing === undefined) return '';
  const measured = downtimes === undefined ? '' : downtimeText(downtimes, promises, style);
  return [measured, abandonedText(abandoned, style), standingText(standing, style)]
    .filter((part) => part !== '')
    .join('\n');
}

/** What nobody goes on with, and what stays drained by that: somebody has to bring it back. */
function abandonedText(abandoned: Abandoned | undefined, { palette, width }: TextStyle): string {
  if (abandoned === undefined) return '';
  const { run, hosts, drained } = abandoned;
  const left = `left in the middle by the upgrade ${visibleLine(run)}: ${names(hosts)}`;
  const still = `drained by it, and not brought back: ${names(drained)}`;
  const lines = [left, ...(drained.length === 0 ? [] : [still])];
  return lines
    .flatMap((line) => wrapWords(line, width))
    .map((line) => `${palette.yellow(line)}\n`)
    .join('');
}

function standingText(standing: Standing | undefined, style: TextStyle): string {
  if (standing === undefined) return '';
  const { palette } = style;
  const lines = [
    ...(standing.up.length === 0 ? [] : [`${palette.green('up:')} ${names(standing.up)}`]),
    ...(standing.down.length === 0 ? [] : [`${palette.red('not up:')} ${names(standing.down)}`]),
    ...(standing.drained.length === 0 ? [] : [`${palette.yellow('drained:')} ${names(standing.drained)}`]),
    `to go on: ${palette.bold(standing.next)}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function names(list: readonly string[]): string {
  return list.map(visibleLine).join(', ');
}
