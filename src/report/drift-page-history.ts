import { counted } from '../core/counted.js';
import type { DriftEpisode, DriftState, EpisodeEnd, PastCheck } from '../core/drift.js';
import type { PageModel } from './drift-page-model.js';
import { spanText, timeMarkup, timeText } from './drift-page-time.js';
import { CAUSE_WORDS, STATE_ORDER, STATE_WORDS } from './drift-words.js';
import { markup, type Markup } from './markup.js';

/** Episodes that are shown; the rest is counted. */
const MOST_EPISODES = 60;

/** All lengths in pixels. */
const STEP = 24;
const BAR = 18;
const HEIGHT = 100;

/** How the checks went, and what has differed from when to when. */
export function historySection(model: PageModel): Markup {
  const { history, at } = model.result.drift;
  if (history === undefined)
    return markup`<p class="empty">The history of the checks was not read.</p>
`;
  return markup`${chart(model.checks)}${checksTable(model.checks)}${episodesTable(history.episodes, at)}`;
}

function count({ hosts }: PastCheck, state: DriftState): number {
  return hosts.filter((host) => host.state === state).length;
}

/** A bar for each check: hosts that had drifted, and above them those that were lost. */
function chart(checks: readonly PastCheck[]): Markup {
  const most = Math.max(1, ...checks.map((check) => count(check, 'drifted') + count(check, 'lost')));
  const width = checks.length * STEP;
  const label = `Hosts that were not in sync, by check: at most ${most}`;
  return markup`<figure class="chart"><figcaption>Hosts that had <span class="key drifted"></span> drifted or were <span class="key lost"></span> lost, by check (at most ${most})</figcaption>
<div class="plot"><svg viewBox="0 0 ${width} ${HEIGHT + 1}" width="${width}" height="${HEIGHT + 1}" role="img" aria-label="${label}">${checks.map((check, index) => column(check, index, most))}<path class="base" d="M0 ${HEIGHT + 0.5}H${width}"/></svg>
${axis(checks)}</div></figure>
`;
}

/** When the first check began, and the last where that is another. */
function axis(checks: readonly PastCheck[]): Markup {
  const ends = checks.length > 1 ? [checks[0], checks.at(-1)] : checks;
  return markup`<p class="axis">${ends.map((check) => markup`<span>${check === undefined ? '' : timeText(check.at)}</span> `)}</p>`;
}

function column(check: PastCheck, index: number, most: number): Markup {
  const [drifted, lost] = [count(check, 'drifted'), count(check, 'lost')];
  const x = index * STEP + (STEP - BAR) / 2;
  const high = Math.round((drifted / most) * (HEIGHT - 4));
  const above = Math.round((lost / most) * (HEIGHT - 4));
  const title = markup`<title>${timeText(check.at)}: ${drifted} drifted, ${lost} lost of ${check.hosts.length}</title>`;
  const lower = markup`<rect class="drifted" x="${x}" y="${HEIGHT - high}" width="${BAR}" height="${high}"/>`;
  const upper = markup`<rect class="lost" x="${x + 1}" y="${HEIGHT - high - above + 1}" width="${BAR - 2}" height="${Math.max(1, above - 2)}"/>`;
  const dot = markup`<rect class="in-sync" x="${x}" y="${HEIGHT - 2}" width="${BAR}" height="2"/>`;
  return markup`<g>${title}${drifted + lost === 0 ? dot : undefined}${drifted > 0 ? lower : undefined}${lost > 0 ? upper : undefined}</g>`;
}

function checksTable(checks: readonly PastCheck[]): Markup {
  const rows = checks.toReversed().map(
    (check) => markup`<tr><th scope="row">${timeMarkup(check.at)}</th>
${STATE_ORDER.map((state) => markup`<td class="number">${count(check, state)}</td>`)}<td class="number">${(check.durationMs / 1000).toFixed(1)} s</td></tr>
`,
  );
  const heads = [...STATE_ORDER.map((state) => STATE_WORDS[state]), 'took'];
  return markup`<details class="checks"><summary>${counted(checks.length, 'check')} in numbers</summary>
<div class="scroll" role="region" tabindex="0" aria-label="checks in numbers"><table class="list"><thead><tr><th scope="col">Check</th>${heads.map((head) => markup`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody></table></div></details>
`;
}

function episodesTable(episodes: readonly DriftEpisode[], at: string): Markup {
  if (episodes.length === 0)
    return markup`<p class="empty">Nothing has ever differed, as far as the history goes.</p>
`;
  const left = episodes.length - MOST_EPISODES;
  return markup`<h3>What has differed, and for how long</h3>
<div class="scroll" role="region" tabindex="0" aria-label="what has differed"><table class="list episodes"><thead><tr>${['Host', 'Item', 'Why', 'From', 'Until', 'For'].map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${episodes.slice(0, MOST_EPISODES).map((episode) => episodeRow(episode, at))}</tbody></table></div>
${left > 0 ? markup`<p class="empty">… and ${left} before these.</p>\n` : undefined}`;
}

const ENDS: Readonly<Record<EpisodeEnd, string | undefined>> = {
  'in-sync': undefined,
  'not-wanted': 'no longer wanted',
  'host-gone': 'no longer in the inventory',
};

/** When it ended, and how where it was not put right. */
function endCell({ until, ended }: DriftEpisode): Markup {
  if (until === null) return markup`<b>still</b>`;
  const how = ended === null ? undefined : ENDS[ended];
  return how === undefined
    ? timeMarkup(until)
    : markup`${timeMarkup(until)} <span class="about">${how}</span>`;
}

function episodeRow(episode: DriftEpisode, at: string): Markup {
  const { host, name, kind, subject, cause, since, until } = episode;
  return markup`<tr><th scope="row">${host}</th><td class="item-name">${subject ?? name} <span class="about">${kind}</span></td><td>${CAUSE_WORDS[cause]}</td>
<td>${timeMarkup(since)}</td><td>${endCell(episode)}</td><td>${spanText(since, until ?? at)}</td></tr>
`;
}
