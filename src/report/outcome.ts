import type { HostResult, RunResult } from '../core/result.js';
import { isFailure, summarize, summaryLine } from './counts.js';
import { checkedHosts, offText } from './drift-text.js';
import { failuresText } from './failure-text.js';
import { findingsText } from './findings-text.js';
import type { Palette } from './palette.js';
import { differenceText, planText, type TextStyle } from './plan-text.js';
import { visibleLine } from './sanitize.js';
import { timingsText } from './timings-text.js';
import { isReadOnly } from './report.js';
import { upgradeText } from './upgrade-text.js';

const EXIT_INTERRUPTED = 130;

function paintSummary(result: RunResult, { palette }: TextStyle): string {
  const line = summaryLine(result.hosts);
  const counts = summarize(result.hosts);
  if (result.hosts.some((host) => isFailure(host.status))) return palette.red(line);
  return counts.pending + counts.changed + counts.skipped > 0 ? palette.yellow(line) : palette.green(line);
}

/** A line for each preview that an apply found otherwise; empty where the plan was true. */
function differencesText(hosts: readonly HostResult[], palette: Palette): string {
  return hosts
    .flatMap(({ host, tasks }) => tasks.map((task) => ({ host, task })))
    .filter(({ task }) => task.differsFromPlan !== undefined)
    .map(({ host, task }) => {
      const place = palette.bold(`${visibleLine(host)}: ${visibleLine(task.name)}`);
      return `${palette.yellow('~')} ${place}: ${differenceText(task.differsFromPlan ?? '')}\n`;
    })
    .join('');
}

/** The end of a run as text: the diff where the command is for that, what failed and what to do, and the last line. */
export function outcome(result: RunResult, style: TextStyle): string {
  const isPlan = isReadOnly(result.command) && result.drift?.isFixed !== true;
  const plan = isPlan ? planText(checkedHosts(result.hosts, result.drift), style) : '';
  const off = result.drift === undefined ? '' : offText(result.drift, style.palette);
  const failures = failuresText(result.hosts, style.palette);
  const differences = differencesText(result.hosts, style.palette);
  const notice = result.exitCode === EXIT_INTERRUPTED ? 'interrupted: what had not begun was skipped\n' : '';
  const timings = result.timings === undefined ? '' : timingsText(result.timings, style);
  const findings = result.findings === undefined ? '' : findingsText(result.findings, style);
  const upgrade = result.upgrade === undefined ? '' : upgradeText(result.upgrade, style);
  return [
    plan,
    off,
    findings,
    differences,
    failures,
    upgrade,
    timings,
    `${notice}${paintSummary(result, style)}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}
