/** Light first; what dark has instead is below. Text on its ground has a contrast of 4.5 or more (WCAG 2.2, 1.4.3). */
const COLOURS = `:root{color-scheme:light dark;
--ground:#f6f7f9;--surface:#ffffff;--edge:#d8dee4;--text:#1b2228;--muted:#545d66;--link:#0a56a3;
--in-sync:#116b34;--in-sync-ground:#e2f5e8;--drifted:#8a4700;--drifted-ground:#fff0d4;--lost:#b3261e;--lost-ground:#fde7e5;
--busy:#0a56a3;--busy-ground:#e2eefb;--off:#545d66;--off-ground:#e9ecef;
--added-ground:#e3f6e8;--removed-ground:#fde8e6;--bar-in-sync:#59b87b;--bar-drifted:#e08a00}
@media screen and (prefers-color-scheme:dark){:root{
--ground:#0d1115;--surface:#151a20;--edge:#2d353e;--text:#e6ebf0;--muted:#9ba6b2;--link:#7cb9ff;
--in-sync:#62d58d;--in-sync-ground:#11281a;--drifted:#f4ba4e;--drifted-ground:#2d2109;--lost:#ff938a;--lost-ground:#351715;
--busy:#7cb9ff;--busy-ground:#10243b;--off:#9ba6b2;--off-ground:#1f262d;
--added-ground:#10301c;--removed-ground:#3a1a18;--bar-in-sync:#2f8a54;--bar-drifted:#f4ba4e}}
`;

const PAGE = `*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;max-width:90rem;padding:2rem clamp(1rem,4vw,3rem) 3rem;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:anywhere}
code,pre,.subject,.item-name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
h1{display:flex;gap:.75rem;align-items:center;margin:.15rem 0 .35rem;font-size:clamp(1.5rem,4.2vw,2.25rem);line-height:1.2;letter-spacing:-.015em}
h2{margin:2.75rem 0 1rem;font-size:1.3rem;letter-spacing:-.01em}
h3{margin:0;font-size:1.05rem}
.kicker{margin:0;color:var(--muted);font-size:.85rem;font-weight:600;letter-spacing:.08em;text-transform:uppercase}
.meta,.legend,.age,.about,.when,.empty,footer{color:var(--muted)}
.meta{margin:0}
.legend{font-size:.85rem}
.age,.when{display:inline-block;font-size:.85rem;white-space:nowrap}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--edge);font-size:.85rem}
.sheet{position:absolute}
.icon{flex:none;width:1em;height:1em;vertical-align:-.125em;fill:none;stroke:currentColor;stroke-width:1.9;stroke-linecap:round;stroke-linejoin:round}
.mark{display:grid;flex:none;place-items:center;width:1.7em;height:1.7em;border-radius:.5em;color:var(--state);background:var(--state-ground)}
.in-sync{--state:var(--in-sync);--state-ground:var(--in-sync-ground)}
.drifted{--state:var(--drifted);--state-ground:var(--drifted-ground)}
.lost{--state:var(--lost);--state-ground:var(--lost-ground)}
.busy{--state:var(--busy);--state-ground:var(--busy-ground)}
.off{--state:var(--off);--state-ground:var(--off-ground)}
`;

const TILES = `.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:0 0 1.25rem;padding:0;list-style:none}
.tile{display:flex;flex-direction:column;padding:.9rem 1rem;border:1px solid var(--edge);border-top:4px solid var(--state);border-radius:.6rem;background:var(--surface)}
.tile.none{border-top-color:var(--edge)}
.count{font-size:2rem;font-weight:650;line-height:1.15;font-variant-numeric:tabular-nums}
.word{color:var(--state);font-weight:600}
.tile.none .count,.tile.none .word{color:var(--muted);font-weight:400}
.meaning{color:var(--muted);font-size:.82rem;line-height:1.35}
.badge{display:inline-block;padding:.05rem .55rem;border-radius:1rem;color:var(--state,var(--text));background:var(--state-ground,var(--off-ground));font-size:.85rem;font-weight:600;white-space:nowrap}
.cause-host{color:var(--drifted);background:var(--drifted-ground)}
.cause-inventory{color:var(--busy);background:var(--busy-ground)}
.cause-both{color:var(--lost);background:var(--lost-ground)}
`;

const TABLES = `table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.5rem .75rem;border-top:1px solid var(--edge);text-align:left;vertical-align:top}
thead th{border-top:0;color:var(--muted);font-size:.82rem;font-weight:600;white-space:nowrap}
tbody th{font-weight:600}
time{white-space:nowrap}
.number{text-align:right}
.fleet,.scroll{border:1px solid var(--edge);border-radius:.6rem;background:var(--surface)}
.fleet{border-collapse:separate;border-spacing:0}
.scroll{overflow-x:auto}
.list{font-size:.9rem}
@media screen{.list{min-width:56rem}}
.list .item-name{min-width:14rem;font-size:.85rem}
.item-name .about{font-family:system-ui,sans-serif}
.cause{display:block;min-width:11.5rem}
.mark-line{display:block;font-size:.85rem;line-height:1.4}
.fleet tbody th{min-width:11rem}
.cause b{font-weight:650}
.episodes td:last-child{white-space:nowrap}
.episodes td:nth-child(3){min-width:9rem}
.strip{display:block;max-width:100%;height:auto}
@media (min-width:88rem){.fleet .strip{min-width:15rem}}
@media (max-width:88rem){.fleet .strip{width:9rem}.fleet tbody th{min-width:6rem}}
.strip .base,.chart .base{stroke:var(--edge)}
rect.in-sync{fill:var(--bar-in-sync)}
rect.drifted{fill:var(--bar-drifted)}
rect.lost{fill:none;stroke:var(--lost);stroke-width:1.5}
rect.busy{fill:var(--busy)}
rect.off{fill:var(--off)}
.key{display:inline-block;width:.55em;height:.95em;vertical-align:-.1em}
.key.in-sync{height:.25em;vertical-align:0;background:var(--bar-in-sync)}
.key.drifted{background:var(--bar-drifted)}
.key.lost{border:1.5px solid var(--lost)}
.key.busy{height:.55em;vertical-align:0;background:var(--busy)}
.key.off{height:.15em;vertical-align:0;background:var(--off)}
.chart{margin:0 0 1.25rem;padding:1rem;border:1px solid var(--edge);border-radius:.6rem;background:var(--surface)}
.chart figcaption{margin-bottom:.75rem;color:var(--muted);font-size:.9rem}
.plot{display:inline-block;max-width:100%}
.chart svg{display:block;height:auto;max-width:100%}
.axis{display:flex;justify-content:space-between;gap:1rem;margin:.4rem 0 0;color:var(--muted);font-size:.82rem}
.checks{margin-bottom:1.75rem}
.checks summary{padding:.25rem 0;cursor:pointer;color:var(--link)}
#history~h3{margin:0 0 .75rem}
`;

const DIFFS = `.host{margin:0 0 1.25rem;border:1px solid var(--edge);border-radius:.6rem;background:var(--surface);overflow:hidden}
.host>header{display:flex;flex-wrap:wrap;gap:.5rem .75rem;align-items:center;padding:.8rem 1rem}
.host>header h3 span{scroll-margin-top:1rem}
.note,.error p{margin:0;padding:0 1rem .6rem;color:var(--muted);font-size:.92rem}
.error{border-top:1px solid var(--edge);background:var(--lost-ground);color:var(--text)}
.error pre{margin:0;padding:.7rem 1rem .4rem;white-space:pre-wrap}
.error p{color:var(--text)}
.item{border-top:1px solid var(--edge)}
.item summary{display:flex;flex-wrap:wrap;gap:.15rem .6rem;align-items:baseline;padding:.55rem 1rem;cursor:pointer;list-style:none}
.item summary::-webkit-details-marker{display:none}
.item summary:hover{background:var(--ground)}
.sign{flex:none;width:1.3em;border-radius:.3em;font-family:ui-monospace,"DejaVu Sans Mono",monospace;font-weight:700;text-align:center;color:var(--off);background:var(--off-ground)}
.sadded{color:var(--in-sync);background:var(--in-sync-ground)}
.schanged{color:var(--drifted);background:var(--drifted-ground)}
.sremoved,.sfailed{color:var(--lost);background:var(--lost-ground)}
.subject{font-weight:600;font-size:.95rem}
.about{font-size:.85rem}
.diff{max-height:32rem;overflow:auto;margin:0 1rem .9rem;border:1px solid var(--edge);border-radius:.4rem}
.diff pre{width:max-content;min-width:100%;margin:0;padding:.35rem 0;font-size:.82rem;line-height:1.5;tab-size:4}
.line{display:block;padding:0 .75rem;overflow-wrap:normal}
.added{background:var(--added-ground)}
.removed{background:var(--removed-ground)}
.hunk,.note.line{color:var(--muted)}
.line.note{padding:0 .75rem;font-size:inherit;color:var(--muted)}
.hunk{color:var(--busy)}
.heading{font-weight:700}
`;

const NARROW = `@media screen and (max-width:80rem){
.fleet,.fleet tbody,.fleet tr,.fleet td,.fleet tbody th{display:block}
.fleet{border:0;background:none}
.fleet thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.fleet tr{margin-bottom:.75rem;padding:.6rem 0;border:1px solid var(--edge);border-radius:.6rem;background:var(--surface)}
.fleet td,.fleet tbody th{padding:.15rem 1rem;border:0}
.fleet tbody th{font-size:1.05rem}
.fleet .strip{width:auto}
.fleet td{display:grid;grid-template-columns:6.5rem 1fr;gap:.5rem}
.fleet td.none{display:none}
.fleet td::before{content:attr(data-label);color:var(--muted);font-size:.85rem}
.when,.age{white-space:normal}
.tiles{grid-template-columns:repeat(auto-fit,minmax(7.5rem,1fr))}
.diff{margin:0 .5rem .75rem}
}
`;

const PRINT = `@media print{
body{max-width:none;padding:0;background:#fff;font-size:10pt}
.fleet,.host,.scroll,.chart{break-inside:auto;border-color:#bbb}
.fleet,.list{font-size:8pt}
.fleet th,.fleet td,.list th,.list td{padding:.25rem .4rem}
.fleet tbody th{min-width:5.5rem}
.list .item-name{min-width:0}
.fleet .badge,.fleet .age,.fleet .mark-line,.list .item-name{font-size:7pt}
.fleet .cause{min-width:0}
.tiles{grid-template-columns:repeat(5,1fr)}
.strip{width:7rem}
.tile,tr,.item summary,h2,h3,.chart{break-inside:avoid}
h2,h3,.host>header,.item summary{break-after:avoid}
.diff{max-height:none;overflow:visible}
.diff pre{width:auto;white-space:pre-wrap}
.line{overflow-wrap:anywhere;-webkit-print-color-adjust:exact;print-color-adjust:exact}
rect,.key,.badge,.mark,.sign,.tile{-webkit-print-color-adjust:exact;print-color-adjust:exact}
.scroll{overflow:visible}
a{color:inherit;text-decoration:none}
.checks{display:none}
}
`;

/** The style sheet of the page of a drift check. */
export const DRIFT_PAGE_STYLE = COLOURS + PAGE + TILES + TABLES + DIFFS + NARROW + PRINT;
