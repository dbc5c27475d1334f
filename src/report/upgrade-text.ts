import type { UpgradeOutcome } from '../core/downtime.js';
import type { RunResult } from '../core/result.js';
import { downtimeText } from './downtime-text.js';
import { planText, type TextStyle } from './plan-text.js';
import { visibleLine } from './sanitize.js';
import { wavesText } from './waves-text.js';

/** What would change on the hosts, and of an upgrade in which waves. Ends with a newline; empty for no hosts. */
export function wholePlanText(
  { hosts, upgrade }: Pick<RunResult, 'hosts' | 'upgrade'>,
  style: TextStyle,
): string {
  const plan = planText(hosts, style);
  return upgrade === undefined ? plan : `${plan}\n${wavesText(upgrade.plan, style)}`;
}

/** The end of an upgrade: what was away for how long, and where it stopped what stands and how to go on. */
export function upgradeText({ downtimes, promises, standing }: UpgradeOutcome, style: TextStyle): string {
  const measured = downtimes === undefined ? '' : downtimeText(downtimes, promises, style);
  if (standing === undefined) return measured;
  const { palette } = style;
  const lines = [
    ...(standing.up.length === 0 ? [] : [`${palette.green('up:')} ${names(standing.up)}`]),
    ...(standing.down.length === 0 ? [] : [`${palette.red('not up:')} ${names(standing.down)}`]),
    ...(standing.drained.length === 0 ? [] : [`${palette.yellow('drained:')} ${names(standing.drained)}`]),
    `to go on: ${palette.bold(standing.next)}`,
  ];
  return [measured, lines.map((line) => `${line}\n`).join('')].filter((part) => part !== '').join('\n');
}

function names(list: readonly string[]): string {
  return list.map(visibleLine).join(', ');
}
