import { PHASES, type Phase, type Timing } from '../core/timings.js';
import { PLAIN_PALETTE } from './palette.js';
import { visibleLine } from './sanitize.js';
import { renderTable, type TableStyle } from './tables.js';
import { textWidth } from './text-width.js';

const NO_STYLE: TableStyle = { palette: PLAIN_PALETTE, width: undefined };

/** What each phase is, for a person who reads the table the first time. */
const MEANING: Readonly<Record<Phase, string>> = {
  start: 'Node starts, the command is loaded',
  project: 'settings and inventory are read',
  compile: 'playbooks are checked for every host',
  jump: 'waits for the jump host before it',
  connect: 'TCP, or the way through the jump host',
  handshake: 'key exchange and host key',
  login: 'keys are offered until one is taken',
  shell: 'the host opens a session',
  facts: 'sudo, the first answer',
  items: 'what depends on facts is checked',
  probe: 'what the items look at',
};

/** Where the time of a run went: the controller's phases in a line, those of hosts in a table. Milliseconds. */
export function timingsText(timings: readonly Timing[], style: TableStyle): string {
  const { palette } = style;
  const phases = PHASES.filter((phase) => timings.some((one) => one.phase === phase));
  const own = timings.filter(({ host }) => host === null);
  const ofHosts = phases.filter((phase) => timings.some((one) => one.phase === phase && one.host !== null));
  const hosts = [...new Set(timings.flatMap(({ host }) => host ?? []))];
  const rows = hosts.map((host) => {
    const spent = timings.filter((one) => one.host === host);
    const since = Math.min(...spent.map(({ startMs }) => startMs));
    const until = Math.max(...spent.map(({ startMs, durationMs }) => startMs + durationMs));
    return [host, ...ofHosts.map((phase) => spentOn(phase, spent)), String(Math.round(until - since))];
  });
  return [
    `${palette.bold('where the time went, in ms')}\n`,
    `${own.map(({ phase, durationMs }) => `${phase} ${Math.round(durationMs)}`).join(', ')}\n`,
    ...(rows.length === 0 ? [] : [hostsText(['', ...ofHosts, 'in all'], rows, style)]),
    palette.dim(`${phases.map((phase) => `${phase}: ${MEANING[phase]}`).join('\n')}\n`),
  ].join('');
}

/** A table; where it does not fit, a line for each host. */
function hostsText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { palette, width }: TableStyle,
): string {
  const table = renderTable(head, rows, { palette, width: undefined });
  const isFitting =
    width === undefined ||
    renderTable(head, rows, NO_STYLE)
      .split('\n')
      .every((line) => textWidth(line) <= width);
  if (isFitting) return table;
  const lineOf = ([host = '', ...cells]: readonly string[]): string => {
    const spent = cells.flatMap((cell, index) => (cell === '' ? [] : [`${head[index + 1]} ${cell}`]));
    return `${visibleLine(host)}: ${spent.join(', ')}\n`;
  };
  return rows.map(lineOf).join('');
}

/** A host that was dialled again has more than one of a phase. */
function spentOn(phase: Phase, timings: readonly Timing[]): string {
  const found = timings.filter((one) => one.phase === phase);
  if (found.length === 0) return '';
  return String(Math.round(found.reduce((sum, { durationMs }) => sum + durationMs, 0)));
}
