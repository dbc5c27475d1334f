import { counted } from '../core/counted.js';
import { ageText } from '../core/age-text.js';
import { DRIFT_CAUSES, type DriftState } from '../core/drift.js';
import type { HostView, PageModel } from './drift-page-model.js';
import { icon } from './drift-page-icons.js';
import { stripSvg } from './drift-page-strip.js';
import { spanText, timeMarkup } from './drift-page-time.js';
import { CAUSE_WORDS, STATE_MEANINGS, STATE_ORDER, STATE_WORDS } from './drift-words.js';
import { markup, type Markup } from './markup.js';

/** How the fleet is, in one sentence without its full stop. */
export function verdict({ counts, hosts }: Pick<PageModel, 'counts' | 'hosts'>): string {
  const total = hosts.length;
  const { drifted, lost } = counts;
  const looked = drifted + counts['in-sync'];
  if (total === 0) return 'No host was checked';
  if (looked === 0) return lost === 0 ? 'No host could be looked at' : 'No host could be checked';
  const ofAll = (count: number): string => `${count} of ${counted(total, 'host')}`;
  const has = drifted === 1 ? 'has' : 'have';
  if (drifted > 0 && lost > 0) return `${ofAll(drifted)} ${has} drifted, ${lost} could not be checked`;
  if (drifted > 0) return `${ofAll(drifted)} ${has} drifted`;
  if (lost > 0) return `${ofAll(lost)} could not be checked, the others are in sync`;
  if (looked === total)
    return total === 1 ? 'The host is as its inventory says' : `All ${total} hosts are as the inventory says`;
  return `The ${counted(looked, 'host')} that could be looked at ${looked === 1 ? 'is' : 'are'} as the inventory says`;
}

/** The state that the whole fleet is shown in: the worst there is. */
export function worstState({ counts }: Pick<PageModel, 'counts'>): DriftState {
  if (counts.lost > 0) return 'lost';
  return STATE_ORDER.find((state) => counts[state] > 0) ?? 'off';
}

/** A tile for each state with how many hosts are in it. */
export function tiles({ counts }: PageModel): Markup {
  const each = STATE_ORDER.map(
    (state) => markup`<li class="tile ${state}${counts[state] === 0 ? ' none' : ''}">
<span class="count">${counts[state]}</span><span class="word">${icon(state)} ${STATE_WORDS[state]}</span><span class="meaning">${STATE_MEANINGS[state]}</span></li>
`,
  );
  return markup`<ul class="tiles" aria-label="Hosts by state">
${each}</ul>
`;
}

/** All hosts: state, since when, items by cause, last in sync, the last checks. */
export function fleetTable(model: PageModel): Markup {
  const hasMarks = model.result.drift.marks !== undefined;
  const heads = [
    'Host',
    'State',
    'Since',
    'Items',
    'Last in sync',
    ...(hasMarks ? ['Reboot, backup'] : []),
    `Last ${counted(model.checks.length, 'check')}`,
  ];
  return markup`<table class="fleet" role="table">
<thead role="rowgroup"><tr role="row">${heads.map((head) => markup`<th scope="col" role="columnheader">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">
${model.hosts.map((host) => fleetRow(host, model))}</tbody>
</table>
`;
}

function fleetRow(host: HostView, model: PageModel): Markup {
  const { name, check, since, inSyncAt } = host;
  const { at, marks } = model.result.drift;
  const link = hasDetails(host) ? markup`<a href="#host-${model.hosts.indexOf(host)}">${name}</a>` : name;
  const inSync =
    check.state === 'in-sync' ? 'now' : inSyncAt === undefined ? 'not known' : timeMarkup(inSyncAt);
  return markup`<tr role="row"><th scope="row" role="rowheader">${link}</th>
${cell('State', stateBadge(check.state))}
${cell('Since', markup`${timeMarkup(since)} <span class="age">${forText(since, at)}</span>`)}
${cell('Items', causeCounts(host))}
${cell('Last in sync', inSync)}
${marks === undefined ? undefined : marksCell(host, at)}${cell('History', stripSvg(host, model.checks))}</tr>
`;
}

/** A cell without content is left out where the table has no columns for want of room. */
function cell(label: string, content: string | Markup | undefined): Markup {
  if (content === undefined) return markup`<td role="cell" class="none">–</td>`;
  return markup`<td role="cell" data-label="${label}"><div>${content}</div></td>`;
}

function marksCell({ marks }: HostView, at: string): Markup {
  if (marks === undefined) return cell('Reboot, backup', 'not known');
  const { rebootReason, lastBackupSeconds } = marks;
  const told = [
    ...(rebootReason === null ? [] : [markup`<span class="mark-line">reboot ${rebootReason}</span>`]),
    ...(lastBackupSeconds === undefined
      ? []
      : [markup`<span class="mark-line">${backupText(lastBackupSeconds, at)}</span>`]),
  ];
  return cell('Reboot, backup', told.length === 0 ? undefined : markup`${told}`);
}

function backupText(seconds: number | null, at: string): string {
  if (seconds === null) return 'no backup found';
  return `backup ${ageText(Math.max(0, Date.parse(at) / 1000 - seconds))} ago`;
}

export function stateBadge(state: DriftState): Markup {
  return markup`<span class="badge ${state}">${icon(state)} ${STATE_WORDS[state]}</span>`;
}

/** `for 3 days`; empty right at its beginning. */
export function forText(since: string, at: string): string {
  const span = spanText(since, at);
  return span === undefined || span === '0 seconds' ? '' : `for ${span}`;
}

function causeCounts({ check: { items } }: HostView): Markup | undefined {
  const told = DRIFT_CAUSES.filter((cause) => items[cause] > 0).map(
    (cause) => markup`<span class="cause"><b>${items[cause]}</b> ${CAUSE_WORDS[cause]}</span> `,
  );
  return told.length === 0 ? undefined : markup`${told}`;
}

/** Whether there is more to say of a host than its row does. */
export function hasDetails({ check: { state }, result }: HostView): boolean {
  return (
    state === 'drifted' || (state === 'lost' && result !== undefined) || (result?.notes ?? []).length > 0
  );
}
