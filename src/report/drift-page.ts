import { createHash } from 'node:crypto';
import type { DriftResult } from '../core/result.js';
import { createDiffer } from './change-lines.js';
import { fleetTable, hasDetails, tiles, verdict, worstState } from './drift-page-fleet.js';
import { historySection } from './drift-page-history.js';
import { hostSections } from './drift-page-hosts.js';
import { icon, iconSheet } from './drift-page-icons.js';
import { pageModel, type PageModel } from './drift-page-model.js';
import { DRIFT_PAGE_STYLE } from './drift-page-style.js';
import { timeMarkup } from './drift-page-time.js';
import { markup, rawMarkup, type Markup } from './markup.js';

/** Nothing is loaded and nothing is run: the one style sheet is allowed by its sum (CSP Level 3, 6.7.3.3). */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(DRIFT_PAGE_STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/**
 * A drift check as one page of HTML that needs nothing else: the fleet at a glance, what differs on each host, and the history.
 * Values are masked as in text and JSON; everything from hosts is escaped. Times are UTC. Ends with a newline.
 */
export function driftPage(result: DriftResult): string {
  const model = pageModel(result);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${rawMarkup(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${verdict(model)}</title>
<style>${rawMarkup(DRIFT_PAGE_STYLE)}</style>
</head>
<body>
${iconSheet()}
${head(model)}<main>
${fleet(model)}${differences(model)}${past(model)}</main>
<footer><p>Made by <code>homelab drift --html</code>. Times are in UTC. Run ${result.run}.</p></footer>
</body>
</html>
`;
  return page.text;
}

function head(model: PageModel): Markup {
  const { drift, durationMs } = model.result;
  const state = worstState(model);
  return markup`<header class="top ${state}">
<p class="kicker">Drift</p>
<h1><span class="mark">${icon(state)}</span>${verdict(model)}</h1>
<p class="meta">Checked ${timeMarkup(drift.at)} UTC in ${(durationMs / 1000).toFixed(1)} s</p>
</header>
`;
}

function fleet(model: PageModel): Markup {
  return markup`<section aria-labelledby="fleet"><h2 id="fleet">The fleet</h2>
${tiles(model)}${fleetTable(model)}
<p class="legend">Bars of a check: <span class="key in-sync"></span> low: in sync · <span class="key drifted"></span> the higher, the more items differ · <span class="key lost"></span> hollow: lost · <span class="key busy"></span> half: busy · <span class="key off"></span> flat: off</p>
</section>
`;
}

function differences(model: PageModel): Markup {
  const isAny = model.hosts.some(hasDetails);
  const legend = markup`<p class="legend"><code>-</code> is on the host, <code>+</code> is what the inventory says.</p>
`;
  const none = markup`<p class="empty">Nothing differs.</p>
`;
  return markup`<section aria-labelledby="hosts"><h2 id="hosts">What differs</h2>
${isAny ? markup`${legend}${hostSections(model, createDiffer())}` : none}</section>
`;
}

function past(model: PageModel): Markup {
  return markup`<section aria-labelledby="history"><h2 id="history">History</h2>
${historySection(model)}</section>
`;
}
